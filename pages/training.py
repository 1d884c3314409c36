"""What the training scripts do: runs at work, any one, any two, what a sweep says to choose, rounds of improvement."""

import streamlit as st

from workbench.settings import settings
from workbench.training import improvements, runs, sweeps
from workbench.ui import (
    header,
    training,
    training_compare,
    training_live,
    training_rounds,
    training_run,
    training_sweep,
)
from workbench.ui.faults import failures
from workbench.ui.words import distinct

with failures():
    header.show("Training")
    root = settings().runs
    found = runs.find(root)
    training_live.watch(root, found)
    rounds = improvements.find(root)
    if not found:
        if rounds:  # one that found too little to learn from
            training_rounds.show(training_rounds.pick(rounds))
        else:
            training.nothing(root)
        st.stop()
    names = distinct({run.name: run.name for run in found})
    part = st.segmented_control(
        "What to look at", ("Runs", "Compare", "Sweeps", "Improvement"), default="Runs", required=True,
        key="training_part", persist_state="session", label_visibility="collapsed",
    )  # fmt: skip
    if part == "Compare":
        one, other = training_compare.pick(found, names)
        training_compare.show(one, other, names)
    elif part == "Sweeps":
        all_sweeps = sweeps.find(root)
        if all_sweeps:
            training_sweep.show(training_sweep.pick(all_sweeps), {run.name: run for run in found})
        else:
            training_sweep.nothing()
    elif part == "Improvement":
        if rounds:
            training_rounds.show(training_rounds.pick(rounds))
        else:
            training_rounds.nothing()
    else:
        training.table(found)
        training_run.show(training_run.pick(found, names))
