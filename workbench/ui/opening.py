"""How Refine and Evaluate begin: the board, the idea at hand, and its wording."""

import streamlit as st

from workbench.records import Board, Idea
from workbench.ui import empty, header
from workbench.ui.choice import IDEA, choose, chosen_idea
from workbench.ui.resources import desk
from workbench.ui.words import distinct, plain, short


def board_and_idea(title: str) -> tuple[Board, Idea]:
    """Draw the page's beginning and return what to work on; without a board or an idea, say so and end the page."""
    board, ideas = board_with_ideas(title)
    return board, idea_at_hand(ideas, title)


def board_with_ideas(title: str) -> tuple[Board, list[Idea]]:
    """Draw the header and return the board with its ideas; without a board or an idea, say so and end the page."""
    board = header.show(title)
    if board is None:
        empty.no_board()
        st.stop()
    header.question(board)
    ideas = desk().store.list_ideas(board.id)
    if not ideas:
        empty.no_idea(board, title.lower())
        st.stop()
    return board, ideas


def idea_at_hand(ideas: list[Idea], title: str) -> Idea:
    """Draw the choice of an idea and its wording; return it."""
    idea = _pick(ideas, chosen_idea(ideas), title.lower())
    with st.container(border=True, key="idea_wording"):
        st.markdown(f"**{plain(idea.title)}**  \n{plain(idea.body)}" if idea.title else plain(idea.body))
    return idea


def _pick(ideas: list[Idea], chosen: Idea | None, page: str) -> Idea:
    """Draw the choice of an idea and return it."""
    names = distinct({idea.id: short(idea.title or idea.body, 80) for idea in ideas})
    idea = chosen or ideas[0]
    key = f"{page}_idea"
    st.session_state[key] = idea.id
    options: list[int] = list(names)
    st.selectbox(
        "Idea", options, key=key, on_change=lambda: choose(IDEA, st.session_state[key]),
        format_func=lambda row_id: names.get(row_id, ""),
    )  # fmt: skip
    choose(IDEA, idea.id)
    return idea
