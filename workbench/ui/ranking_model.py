"""Duels by the model: started here, they live in the desk like every other run."""

import time

import streamlit as st

from workbench.assist import Run, RunView
from workbench.assist.duelling import TASK, DuelRun
from workbench.engine.interface import State
from workbench.lab import BoardVotes, position_bias
from workbench.records import Board, Idea
from workbench.ui import empty, running
from workbench.ui.faults import act
from workbench.ui.resources import desk
from workbench.ui.words import counted, plain


def show(board: Board, votes: BoardVotes) -> None:
    """Draw what the model's duels are worth, the button that starts them, and those at work."""
    st.subheader("Duels by the model", anchor=False)
    st.caption(
        "No model here was trained to compare two ideas: see how far it agrees with you before you go by it. Each "
        "pair is asked in both orders; where the order changes the answer, it counts as a tie. Each idea has six "
        f"duels, and the pairs that you have decided come first. {_bias(votes)}"
    )
    runs = running.at_hand(desk().runs(board_id=board.id, task=TASK))
    pairs = votes.to_ask()
    if not any(running.is_live(run) for run in runs):
        st.button(
            f"Let the model compare: {counted(len(pairs), 'duel')}" if pairs else "The model has compared enough",
            key="duels_go", icon=":material/neurology:", disabled=not pairs or not empty.model_ready(),
            on_click=_start, args=(board, pairs),
        )  # fmt: skip
    for run in runs:
        running.watch(run, _progress)


def _start(board: Board, pairs: list[tuple[Idea, Idea]]) -> None:
    act(desk().duel, board.question, pairs, board_id=board.id)


def _bias(votes: BoardVotes) -> str:
    n, share = position_bias(votes.model)
    if share is None:
        return ""
    return f"It took the idea shown first in {100 * share:.0f} % of {n} answers; without a leaning that would be 50 %."


def _progress(run: Run, view: RunView) -> None:
    """Draw how far a live run is with its Stop, or how an ended one ended."""
    assert isinstance(run, DuelRun), run
    total = len(run.pairs)
    if running.is_live(run):
        with st.container(horizontal=True, vertical_alignment="center", key=f"progress_{run.id}"):
            with st.container(width="stretch"):
                st.progress(run.judged / total, text=_so_far(run, view))
            st.button("Stop", key=f"stop_{run.id}", icon=":material/stop_circle:", on_click=run.stop)
    elif view.state is State.FAILED or view.error:
        st.error(plain(view.error or "It failed; the log says why."), icon=":material/error:")
    elif run.stopped:
        st.caption(f":material/stop_circle: Stopped by you after {counted(run.judged, 'duel')}; they are kept.")


def _so_far(run: DuelRun, view: RunView) -> str:
    if view.state is State.QUEUED:
        return f"waiting, {counted(view.position, 'run')} ahead" if view.position else "starting"
    left = ""
    if run.judged:
        seconds = (len(run.pairs) - run.judged) * (time.monotonic() - run.clock) / run.judged
        left = f" · about {max(1, round(seconds))} s left"
    return f"{run.judged} of {len(run.pairs)} duels{left}"
