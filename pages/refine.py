"""One idea, rewritten toward one goal; nothing is applied until it is accepted."""

from functools import partial

import streamlit as st

from workbench.ui import clicks, empty, opening, refining, running
from workbench.ui.faults import failures
from workbench.ui.resources import desk

with failures():
    board, idea = opening.board_and_idea("Refine")
    goal = refining.goal()
    ready = empty.model_ready()
    st.button(
        "Refine", key="refine_go", type="primary", icon=":material/edit_note:", disabled=not (ready and goal),
        help=None if goal else "Pick a goal first.", on_click=clicks.refine, args=(board, idea, goal),
    )  # fmt: skip
    for run in running.at_hand(desk().runs(idea_id=idea.id, task="refine")):
        running.watch(run, partial(refining.live, idea))
    refining.waiting(board, idea)
    refining.history(idea)
