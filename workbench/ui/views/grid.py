"""Cards: a page of them at a time."""

import streamlit as st

from workbench.records import Board, Idea
from workbench.ui.cards import Family, idea_card

CARD_WIDTH = 270
PER_PAGE = 24


def grid(board: Board, ideas: list[Idea], around: Family) -> None:
    """Draw a page of cards."""
    page = 1
    if len(ideas) > PER_PAGE:
        page = st.pagination(-(-len(ideas) // PER_PAGE), key="ideas_page")
    with st.grid(min_column_width=CARD_WIDTH):
        for idea in ideas[(page - 1) * PER_PAGE : page * PER_PAGE]:
            idea_card(board, idea, around, select=True)
