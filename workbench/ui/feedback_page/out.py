"""Feedback out as data sets: how much there is, what is in it, and the file."""

import streamlit as st

from workbench.exchange.datasets import FORMS, packed, render
from workbench.lab.sets import KINDS, Chosen, DataSet, build, enough
from workbench.ui.resources import desk
from workbench.ui.words import counted, plain

WORDS = {
    "sft": ("Good answers (SFT)", "kept and corrected answers, to learn to answer like that"),
    "kto": ("Good and bad ones (KTO)", "thumbs, kept and dropped answers"),
    "dpo": ("Better and worse (DPO)", "votes, corrections, edits, rewrites without the changes that were rejected"),
    "raw": ("Everything (raw)", "each answer with all that is known of it"),
}
TASKS = ("brainstorm", "refine", "evaluate")


def show(people: list[str]) -> None:
    """Draw the choice, a line for each set, and the file to save."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        tasks = st.multiselect("Tasks", TASKS, key="sets_tasks", placeholder="all", width=260)
        without = st.multiselect("Leave out what they said", people, key="sets_without", placeholder="nobody")
        form = st.segmented_control("As", list(FORMS), default="jsonl", required=True, key="sets_form")
    with st.container(horizontal=True):
        comments = st.toggle("With comments", key="sets_comments")
        names = st.toggle("With names", key="sets_names")
    chosen = Chosen(tasks=tuple(tasks), without=tuple(without), names=names, comments=comments)
    sets = [build(desk().store, kind, chosen) for kind in KINDS]
    with st.grid(2, min_column_width=320):
        for data in sets:
            with st.container(border=True, height="stretch", key=f"set_{data.kind}"):
                _set(data)
    if any(data.rows for data in sets):
        st.download_button(
            "Save the data set (ZIP)", lambda: packed(render(sets, chosen, form)), f"feedback-{form}.zip",
            "application/zip", key="sets_save", icon=":material/download:", type="primary", on_click="ignore",
        )  # fmt: skip
    st.caption(
        "The prompts stand in it as the app serves them, with a manifest of counts, sources and hashes. For versions "
        "side by side, or to send one to a hub: `python -m workbench feedback export --help`."
    )


def _set(data: DataSet) -> None:
    title, what = WORDS[data.kind]
    st.markdown(f"**{title}**  \n:gray[{what}]")
    if data.kind == "raw":
        st.markdown(f"{counted(len(data.rows), 'answer')}.")
    else:
        st.markdown(plain(enough(data).words))
    if data.sources and data.kind != "raw":
        st.caption("From: " + ", ".join(f"{n:,} {source}" for source, n in data.sources.items()))
    if data.left_out:
        st.caption("Left out: " + ", ".join(f"{n:,} {why}" for why, n in data.left_out.items()))
