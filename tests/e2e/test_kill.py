"""kill -9 in the middle of a generation: nothing is lost, and the partial text is there after the restart."""

import sqlite3
import time

from playwright.sync_api import expect

from tests.e2e import steps


def test_what_was_written_by_then_is_there_after_a_power_cut(slow_app, open_tab):
    app = slow_app
    page = open_tab(app.url)
    steps.create_board(page)
    steps.write_idea(page)
    steps.go(page, "Brainstorm")
    steps.ask_for(page, 4)
    page.locator(".st-key-brainstorm_go button").click()
    written = wait_for_partial_text(app)
    app.kill()

    app.start()
    page = open_tab(f"{app.url}/brainstorm?board=1")
    expect(page.get_by_text("interrupted").first).to_be_visible()
    for text in written:
        expect(page.get_by_text(" ".join(text.split())[:12]).first).to_be_visible()
    page.locator("[class*='st-key-partial_keep_'] button").first.click()
    steps.go(page, "Ideas")
    expect(page.locator("strong", has_text="Homework supper")).to_be_visible()
    expect(page.get_by_text("kept 2")).to_be_visible()


def wait_for_partial_text(app) -> list[str]:
    """Return the texts of sequences that are saved and not finished."""
    database = sqlite3.connect(f"file:{app.folder / 'workbench.db'}?mode=ro", uri=True)
    for _ in range(1000):
        found = database.execute("select text from generations where finish is null and length(text) > 3").fetchall()
        if found:
            return [text for (text,) in found]
        time.sleep(0.02)
    raise AssertionError("no partial text was saved")
