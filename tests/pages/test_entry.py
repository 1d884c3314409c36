"""A session's page: each script thread shows the one it was asked for, whichever thread wrote last."""

import threading

from streamlit.runtime.pages_manager import PagesManager

from workbench.ui import entry


def test_an_older_run_does_not_change_the_page_of_a_newer_one(tmp_path):
    manager = PagesManager(str(tmp_path / "app.py"))
    manager.set_script_intent("first", "")
    entry.keep_to_the_page_asked_for()
    entry.keep_to_the_page_asked_for()
    assert manager.intended_page_script_hash == "first"  # written before the repair

    def older() -> None:
        manager.set_script_intent("brainstorm", "")

    manager.set_script_intent("ideas", "")
    thread = threading.Thread(target=older)
    thread.start()
    thread.join()
    assert (manager.intended_page_script_hash, manager.intended_page_name) == ("ideas", "")
