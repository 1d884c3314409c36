"""One idea under eight checks, with the model's doubt in view; or all ideas of the board, ranked by duels."""

from functools import partial

import streamlit as st

from workbench.ui import clicks, empty, judging, opening, ranking, running
from workbench.ui.faults import failures
from workbench.ui.resources import desk

with failures():
    board, ideas = opening.board_with_ideas("Evaluate")
    part = st.segmented_control(
        "What to look at", ("One idea", "Ranking"), default="One idea", required=True, key="evaluate_part",
        persist_state="session", label_visibility="collapsed",
    )  # fmt: skip
    if part == "Ranking":
        ranking.show(board)
        st.stop()
    idea = opening.idea_at_hand(ideas, "Evaluate")
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
