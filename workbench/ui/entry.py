"""Every page runs through app.py, and a run shows the page it was asked for: two repairs of Streamlit's page switch."""

import threading
from typing import Any

import streamlit as st
from streamlit.runtime.pages_manager import PagesManager


def through_app() -> None:
    """Have app.py run the page that Streamlit began to run alone.

    Next to a folder called `pages`, Streamlit takes an app for one of the time before st.navigation until app.py has
    called that once. When the first visitor of a process comes by a page's own address (a reload after a restart), it
    runs that file past app.py. There is no setting for it; this is the flag that st.navigation sets.
    """
    if PagesManager.uses_pages_directory:
        PagesManager.uses_pages_directory = False
        st.rerun()


class _OfThisThread:
    """An attribute that each thread sees as it last set it itself."""

    def __init__(self, name: str) -> None:
        self._name, self._own = name, threading.local()

    def __get__(self, holder: Any, _: type | None = None) -> Any:
        return getattr(self._own, "value", holder.__dict__.get(self._name))

    def __set__(self, holder: Any, value: Any) -> None:
        self._own.value = holder.__dict__[self._name] = value


def keep_to_the_page_asked_for() -> None:
    """Let no earlier run of a session decide which page the newest one shows; does nothing the second time.

    A click on another page starts a thread of its own while the old one is still on its way out. Both write which page
    they are for to the same attribute of the session; when the old thread, sent round once more by st.rerun, writes
    last, the click is lost: the new run shows the old page. One click in twenty at the end of a brainstorm was.
    """
    for name in ("_intended_page_script_hash", "_intended_page_name"):
        if not isinstance(PagesManager.__dict__.get(name), _OfThisThread):
            setattr(PagesManager, name, _OfThisThread(name))
