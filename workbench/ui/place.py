"""One line under the title of every page: that the model is elsewhere, or is another one than was chosen."""

import streamlit as st

from workbench.engine.remote.place import prompts_go
from workbench.ui.resources import desk
from workbench.ui.words import plain


def show() -> None:
    """Draw the line; nothing for a model of this process that is what was chosen."""
    status = desk().engine.status()
    if status.notice:
        st.warning(plain(status.notice), icon=":material/warning:")
    if where := prompts_go(status):
        address = f"`{status.server}`"  # as code: the browser would make a link of it
        st.caption(f":material/dns: {plain(where).replace(plain(status.server), address)}")
