"""Carry over: where an idea written for one question is to be written anew, for another board's or a new one."""

from collections.abc import Sequence

import streamlit as st

from workbench.assist import Run
from workbench.records import Board, Idea, Origin
from workbench.ui import clicks
from workbench.ui.choice import BOARD
from workbench.ui.editing import close
from workbench.ui.faults import act
from workbench.ui.resources import desk
from workbench.ui.words import distinct, plain, short

SEVERAL = "several"  # in the key of the form for all that are selected


def form(ideas: Sequence[Idea], key: object) -> None:
    """Draw the form that asks for the other question; in a card it can be cancelled."""
    names = distinct({board.id: short(board.question, 70) for board in _boards(ideas)})
    error = desk().engine.status().error
    with st.form(f"carry_{key}", border=False):
        if names:
            st.selectbox(
                "To the question", list(names), key=f"carry_to_{key}", format_func=lambda row_id: names.get(row_id, "")
            )
        st.text_input(
            "Or to a new one" if names else "To a new question", key=f"carry_question_{key}",
            placeholder="It becomes a board" if names else "What do you want ideas for?",
        )  # fmt: skip
        with st.container(horizontal=True):
            st.form_submit_button(
                "Carry over", key=f"carry_go_{key}", type="primary", disabled=bool(error), on_click=_carry,
                args=(ideas, key), help="The model writes it anew for that question; the idea here stays as it is.",
            )  # fmt: skip
            if key != SEVERAL:
                st.form_submit_button("Cancel", key=f"carry_cancel_{key}", type="tertiary", on_click=close)
        if error:
            st.caption(plain(error))


def _boards(ideas: Sequence[Idea]) -> list[Board]:
    """Return the boards that all of the ideas can go to, the one in use first, then those used last."""
    own = {idea.board_id for idea in ideas if idea.origin is not Origin.LIBRARY}
    found = [board for board in desk().store.recent_boards() if board.id not in own]
    return sorted(found, key=lambda board: board.id != st.session_state.get(BOARD))


def _carry(ideas: Sequence[Idea], key: object) -> None:
    """Start it, and open the page of the other board where it appears."""
    question, board_id = st.session_state[f"carry_question_{key}"], st.session_state.get(f"carry_to_{key}")
    runs: list[Run] = []
    if act(lambda: runs.append(_start(ideas, question, board_id))):
        close()
        clicks.open_board(runs[0].board_id)
        clicks.go("brainstorm")


def _start(ideas: Sequence[Idea], question: str, board_id: int | None) -> Run:
    known = desk().store.board(board_id) if board_id is not None and not question.strip() else None
    return desk().carry(ideas, known or question)
