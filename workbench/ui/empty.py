"""What a page says when something is not there: no board, no idea, no model; and what was cut off."""

import streamlit as st

from workbench.records import Board, Generation
from workbench.ui.resources import desk
from workbench.ui.words import plain

INTERRUPTED = "interrupted"


def no_board() -> None:
    """Say that a question comes first, with the one button that leads there."""
    st.markdown("Every idea belongs to a question. Write one down, or take an example.")
    if st.button("Start a board", key="empty_start", type="primary", icon=":material/add:"):
        st.switch_page("pages/ideas.py")


def no_ideas(board: Board) -> None:
    """Say what a new board is for."""
    st.caption("Nothing here yet. Write your own first idea above, or let eight come: your words come first.")


def no_idea(board: Board, what: str) -> None:
    """Say that there is no idea to work on yet, with the one button that leads to some."""
    st.markdown(f"There is no idea on this board to {what} yet. Write one, or let some come.")
    if st.button("Brainstorm some", key="empty_brainstorm", type="primary", icon=":material/bolt:"):
        st.switch_page("pages/brainstorm.py")


def model_ready() -> bool:
    """Return whether a model is loaded; if not, say why and where to look."""
    error = desk().engine.status().error
    if not error:
        return True
    st.warning(plain(error), icon=":material/warning:")
    st.page_link("pages/models.py", label="What to do about it", icon=":material/memory:")
    return False


def interrupted(*, board_id: int | None = None, idea_id: int | None = None, task: str) -> list[Generation]:
    """Return the texts that the end of the app cut off and nobody has decided on."""
    found = desk().store.generations(board_id=board_id, idea_id=idea_id, task=task, unlabelled=True, limit=200)
    return [each for each in found if each.finish == INTERRUPTED and each.text.strip()]
