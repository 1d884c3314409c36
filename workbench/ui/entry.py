"""Every page runs through app.py, also for somebody who comes by a page's own address first."""

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
