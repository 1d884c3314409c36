"""Where prompts go: one line under the title of every page when the model is not in this process."""

import streamlit as st

from workbench.engine.remote.place import prompts_go
from workbench.ui.resources import desk
from workbench.ui.words import plain


def show() -> None:
    """Draw the line; nothing for the model of this process."""
    if where := prompts_go(desk().engine.status()):
        st.caption(f":material/dns: {plain(where)}")
