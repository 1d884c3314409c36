"""One idea under eight checks, with the model's doubt in view."""

from functools import partial

import streamlit as st

from workbench.ui import clicks, empty, header, judging, refining, running
from workbench.ui.choice import chosen_idea
from workbench.ui.faults import failures
from workbench.ui.resources import desk

with failures():
    board = header.show("Evaluate")
    if board is None:
        empty.no_board()
        st.stop()
    header.question(board)
    ideas = desk().store.list_ideas(board.id)
    if not ideas:
        empty.no_idea(board, "evaluate")
        st.stop()

    idea = refining.pick_idea(ideas, chosen_idea(ideas), "evaluate")
    refining.wording(idea)
    evaluations = judging.of(idea)
    st.button(
        "Evaluate again" if evaluations else "Evaluate", key="evaluate_go", type="primary", icon=":material/balance:",
        disabled=not empty.model_ready(), on_click=clicks.evaluate, args=(board, idea),
    )  # fmt: skip
    for run in running.at_hand(desk().runs(idea_id=idea.id, task="evaluate")):
        running.watch(run, partial(judging.live, idea))
    if evaluations:
        judging.latest(idea, evaluations[0])
        judging.earlier(idea, evaluations[1:])
