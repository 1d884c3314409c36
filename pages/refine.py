"""One idea, rewritten toward one goal; nothing is applied until it is accepted."""

from functools import partial

import streamlit as st

from workbench.ui import clicks, empty, header, refining, running
from workbench.ui.choice import chosen_idea
from workbench.ui.faults import failures
from workbench.ui.resources import desk

with failures():
    board = header.show("Refine")
    if board is None:
        empty.no_board()
        st.stop()
    header.question(board)
    ideas = desk().store.list_ideas(board.id)
    if not ideas:
        empty.no_idea(board, "refine")
        st.stop()

    idea = refining.pick_idea(ideas, chosen_idea(ideas), "refine")
    refining.wording(idea)
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
