"""Expected failures on the screen: one sentence, and the rest of the page works."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import ParamSpec

import streamlit as st

from workbench.errors import WorkbenchError
from workbench.ui.words import plain

FAULT = "ui_fault"
P = ParamSpec("P")


@contextmanager
def failures() -> Iterator[None]:
    """Show a WorkbenchError raised inside as one sentence."""
    try:
        yield
    except WorkbenchError as error:
        st.error(plain(str(error)), icon=":material/error:")


def act(action: Callable[P, object], *args: P.args, **kwargs: P.kwargs) -> bool:
    """Run one action of a click; a WorkbenchError is kept for `show_fault`. Return whether it worked."""
    try:
        action(*args, **kwargs)
    except WorkbenchError as error:
        st.session_state[FAULT] = str(error)
        return False
    return True


def show_fault() -> None:
    """Show what the last click failed with, once."""
    fault = st.session_state.pop(FAULT, None)
    if fault:
        st.error(plain(fault), icon=":material/error:")
