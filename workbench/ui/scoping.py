"""Before anything is answered: the question in other words, and the person's own ideas first."""

from collections.abc import Mapping
from functools import partial

import streamlit as st

from workbench.assist import Run, RunView, split_line
from workbench.assist.scoping import plain_rewordings, rewordings
from workbench.engine.interface import State
from workbench.records import Board
from workbench.settings import settings
from workbench.ui import feedback, running
from workbench.ui.faults import act
from workbench.ui.resources import desk
from workbench.ui.words import counted, label

OWN = "brainstorm_mine"


def show(board: Board, *, fresh: bool, ready: bool) -> None:
    """Draw both side by side: the person's own ideas first, on a fresh board open, and other ways to ask."""
    left, right = st.columns(2)
    with left:
        own_ideas(board, fresh=fresh)
    with right:
        question(board, ready=ready)


def own_ideas(board: Board, *, fresh: bool) -> None:
    """Draw the box for the person's own ideas, one a line; open on a board that has none yet."""
    with (
        st.expander("Your own ideas first", icon=":material/person:", expanded=fresh, key="own_first"),
        st.form("brainstorm_mine_form", border=False, clear_on_submit=True),
    ):
        st.text_area(
            "One idea a line", key=OWN, height=75,
            placeholder="Homework supper — Two librarians serve soup at six\nNight desk",
            help="Yours come before the model's: people who write first think wider. A title alone will do.",
        )  # fmt: skip
        st.form_submit_button("Put them on the board", key="brainstorm_mine_add", on_click=_write, args=(board,))


def _write(board: Board) -> None:
    lines = [split_line(line) for line in st.session_state[OWN].splitlines() if line.strip()]
    if lines and act(_add_all, board, lines):
        st.toast(f"{counted(len(lines), 'idea')} of yours on the board", icon=":material/check:")


def _add_all(board: Board, lines: list[tuple[str, str]]) -> None:
    store = desk().store
    with store.as_one(f"adding of {counted(len(lines), 'idea')}"):
        for title, body in reversed(lines):  # boards show the newest first
            store.add_idea(board.id, title, body, owner=settings().owner)


def question(board: Board, *, ready: bool) -> None:
    """Draw other ways to ask the board's question, and what it asked before."""
    runs = desk().runs(board_id=board.id, task="reword")
    with st.expander("Ask it in another way", icon=":material/contact_support:", key="reword_box"):
        with st.container(horizontal=True):
            if not desk().small:
                st.button(
                    "Five ways by the model", key="reword_go", icon=":material/bolt:", disabled=not ready,
                    on_click=_reword, args=(board,),
                )  # fmt: skip
            with_patterns = st.toggle("By patterns, without a model", value=desk().small, key="reword_plain")
        if with_patterns:
            _pick(board, plain_rewordings(board.question), "plain")
        for run in running.at_hand(runs) if not desk().small else ():
            running.watch(run, partial(_answers, board))
        if board.earlier:
            st.caption("Asked before")
            _pick(board, list(board.earlier), "earlier")


def _reword(board: Board) -> None:
    act(
        desk().reword, board.question, board_id=board.id, context=board.context, constraints=board.constraints,
        audience=board.audience,
    )  # fmt: skip


def _answers(board: Board, run: Run, view: RunView) -> None:
    if view.state is not State.DONE:
        running.progress(run, view, noun="question")
    found = rewordings(run.topic, [item.text for item in view.items if item.finish])
    came_from = {each: item.generation_id for item in view.items for each in rewordings(run.topic, [item.text])}
    _pick(board, [each for each in found if each != board.question], f"model_{run.id}", came_from)
    if view.ended and not found:
        st.caption("Nothing came that says it in another way. Try again, or use the patterns.")


def _pick(board: Board, questions: list[str], prefix: str, came_from: Mapping[str, int | None] | None = None) -> None:
    for number, each in enumerate(questions):
        with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
            st.button(
                label(each, 200), key=f"reword_{prefix}_{number}", type="tertiary", icon=":material/arrow_forward:",
                on_click=_ask, args=(board, each), wrap=True,
            )  # fmt: skip
            answer = (came_from or {}).get(each)
            if answer is not None:
                feedback.thumbs(answer, "reword")


def _ask(board: Board, words: str) -> None:
    if act(desk().store.update_board, board.id, question=words):
        st.toast("The board asks this now; undo brings the old question back.", icon=":material/check:")
