"""Columns by what was decided. Keep, drop and archive, by button or key, move a card from one to another."""

import streamlit as st

from workbench.records import Board, Idea, Status
from workbench.ui.cards import Family, idea_card
from workbench.ui.words import STATUS_WORDS

AT_FIRST = 10  # cards in a column
ICONS = {
    Status.NEW: ":material/help:", Status.KEPT: ":material/check:", Status.DROPPED: ":material/close:",
    Status.ARCHIVED: ":material/archive:",
}  # fmt: skip


def columns(board: Board, ideas: list[Idea], around: Family) -> None:
    """Draw a column for each status, the newest ideas first; on a narrow screen they lie side by side to be pushed."""
    with st.container(key="columns"):
        for status, column in zip(Status, st.columns(len(Status), gap="small", wrap=False), strict=True):
            with column, st.container(key=f"column_{status.value}", gap="small"):
                _column(board, status, [idea for idea in ideas if idea.status is status], around)


def _column(board: Board, status: Status, ideas: list[Idea], around: Family) -> None:
    st.markdown(f"{ICONS[status]} **{STATUS_WORDS[status].capitalize()}** :gray[{len(ideas):,}]")
    shown = st.session_state.get(f"column_shown_{status.value}", AT_FIRST)
    for idea in ideas[:shown]:
        idea_card(board, idea, around, select=True, compact=True)
    if len(ideas) > shown:
        st.button(
            f"{len(ideas) - shown:,} more", key=f"column_more_{status.value}", type="tertiary", on_click=_more,
            args=(status, shown),
        )  # fmt: skip


def _more(status: Status, shown: int) -> None:
    st.session_state[f"column_shown_{status.value}"] = shown + AT_FIRST
