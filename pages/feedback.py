"""What people said about answers: looked at, counted, compared between topics, out as data sets, forgotten."""

import streamlit as st

from workbench.ui import header
from workbench.ui.faults import failures
from workbench.ui.feedback_page import answers, fairness, filters, out, overview
from workbench.ui.resources import desk

LOOKS = {"Answers": answers.show, "Counts": overview.show, "Fairness": fairness.show}

with failures():
    header.show("Feedback")
    answers.gone()
    rows = desk().store.feedback()
    part = st.segmented_control(
        "What to look at", (*LOOKS, "Data sets", "People"), default="Answers", required=True, key="feedback_part",
        persist_state="session", label_visibility="collapsed",
    )  # fmt: skip
    if part == "Data sets":
        out.show(list(desk().store.people()))
    elif part == "People":
        filters.name()
        answers.people()
    elif rows:
        LOOKS[part](filters.choose(rows))
    else:
        filters.empty()
