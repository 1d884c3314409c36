"""One idea under the checks, with the model's doubt in view; or the whole board: in charts, ranked, and the checks."""

from functools import partial

import streamlit as st

from workbench.ui import empty, judging, judging_board, judging_clicks, opening, ranking, rubrics, running
from workbench.ui.faults import failures
from workbench.ui.resources import desk

PARTS = {"All ideas": judging_board.show, "Ranking": ranking.show, "Checks": rubrics.show}

with failures():
    board, ideas = opening.board_with_ideas("Evaluate")
    part = st.segmented_control(
        "What to look at", ("One idea", *PARTS), default="One idea", required=True, key="evaluate_part",
        persist_state="session", label_visibility="collapsed",
    )  # fmt: skip
    if part in PARTS:
        PARTS[part](board)
        st.stop()
    idea = opening.idea_at_hand(ideas, "Evaluate")
    evaluations = judging.of(idea)
    st.button(
        "Evaluate again" if evaluations else "Evaluate", key="evaluate_go", type="primary", icon=":material/balance:",
        disabled=not empty.model_ready(), on_click=judging_clicks.evaluate, args=(board, idea),
    )  # fmt: skip
    for run in running.at_hand(desk().runs(idea_id=idea.id, task="evaluate")):
        running.watch(run, partial(judging.live, board, idea))
    if evaluations:
        judging.latest(board, idea, evaluations[0])
        judging.earlier(board, idea, evaluations[1:])
