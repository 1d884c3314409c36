"""What a click on the Evaluate page does."""

import streamlit as st

from workbench.assist import idea_line
from workbench.assist.goals import failure
from workbench.assist.prompts import EIGHT
from workbench.records import Board, Check, Evaluation, Idea
from workbench.ui import clicks
from workbench.ui.faults import act
from workbench.ui.resources import desk


def evaluate(board: Board, idea: Idea) -> None:
    """Start a judgement of the idea by the board's checks."""
    rubric = desk().store.rubric_of_board(board.id) or EIGHT
    act(
        desk().evaluate, board.question, idea_line(idea.title, idea.body), idea_id=idea.id, board_id=board.id,
        rubric=rubric,
    )  # fmt: skip


def go_on(board: Board, idea: Idea, evaluation: Evaluation) -> None:
    """Ask what a judgement still lacks: ways of asking, or its words."""
    act(
        desk().evaluate, board.question, idea_line(idea.title, idea.body), idea_id=idea.id, board_id=board.id,
        rubric=evaluation.rubric, going_on=evaluation,
    )  # fmt: skip


def answer(idea: Idea, check: Check, revision_id: int | None, key: str) -> None:
    """Write the person's own answer down as the control `key` has it; none picked takes it away."""
    said = st.session_state[key]
    act(desk().store.label_check, idea.id, check, None if said is None else said == "yes", revision_id=revision_id)


def fix_check(idea: Idea, check: Check) -> None:
    """Open Refine with what a check found wrong as the goal."""
    clicks.fix(idea, failure(check.text))


def evaluate_board(board: Board) -> None:
    """Judge every idea of the board that has no judgement yet."""
    act(desk().evaluate_board, board)
