"""The Refine page's runs: rewrites while they come, side by side, and what to do when one ended too early."""

import streamlit as st

from workbench.assist import Item, Run, RunView
from workbench.engine.interface import State
from workbench.records import Board, Idea
from workbench.ui import clicks, feedback
from workbench.ui.running import is_live, progress
from workbench.ui.words import label, plain

NOTHING = "The model wrote nothing this time. Try again, or pick another goal."


def live(board: Board, idea: Idea, run: Run, view: RunView) -> None:
    """Draw rewrites while they come; of an ended run only what went wrong."""
    if not is_live(run):
        _ended(board, idea, run, view)
        return
    progress(run, view, noun="rewrite")
    with st.grid(min(3, max(1, len(view.items))), min_column_width=280):
        for number, item in enumerate(view.items):
            _growing(item, f"growing_{run.id}_{number}")


def _growing(item: Item, key: str) -> None:
    with st.container(border=True, height="stretch", key=key):
        st.caption(f"Toward: {label(item.goal, 100)}")
        if item.text.strip():
            st.markdown(f"**{plain(item.title)}**  \n{plain(item.body)}" if item.body else plain(item.text))
        else:
            st.skeleton(height=64)
        if item.text.strip() and item.generation_id is not None:
            feedback.thumbs(item.generation_id, "refine", growing=True)


def _ended(board: Board, idea: Idea, run: Run, view: RunView) -> None:
    nothing = not any(item.text.strip() for item in view.items)
    if view.state is not State.DONE:
        progress(run, view, noun="rewrite")
    elif nothing:
        st.caption(NOTHING)
    if view.items and (nothing or view.state is State.FAILED):
        st.button(
            "Try again", key=f"again_{run.id}", icon=":material/refresh:", on_click=clicks.refine,
            args=(board, idea, view.items[0].goal, len(view.items)),
        )  # fmt: skip
