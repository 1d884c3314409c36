"""The one idea that is open in a view that shows more of them than fit as cards."""

from collections.abc import Sequence

import streamlit as st

from workbench.records import Board, Idea
from workbench.ui.cards import Family, idea_card

OPEN = "ideas_open"


def open_idea(idea_id: int | None) -> None:
    """Open an idea's card; the open one is closed."""
    st.session_state[OPEN] = None if st.session_state.get(OPEN) == idea_id else idea_id


def is_open(idea: Idea) -> bool:
    """Tell whether the idea is the open one."""
    return bool(st.session_state.get(OPEN) == idea.id)


def card(board: Board, ideas: Sequence[Idea], around: Family) -> None:
    """Draw the open idea's card, if it is one of these."""
    for idea in ideas:
        if is_open(idea):
            idea_card(board, idea, around, select=True)
