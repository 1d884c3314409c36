"""Where prompts go: one line under the title of every page when the model is not in this process."""

import streamlit as st

from workbench.engine.remote.place import prompts_go
from workbench.ui.resources import desk
from workbench.ui.words import plain


def show() -> None:
    """Draw the line; nothing for the model of this process."""
    status = desk().engine.status()
    if where := prompts_go(status):
        address = f"`{status.server}`"  # as code: the browser would make a link of it
        st.caption(f":material/dns: {plain(where).replace(plain(status.server), address)}")
