"""Runs that go on now, looked at every other second; the page only reads what the scripts write."""

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from workbench.training import Run, State, runs
from workbench.ui import training
from workbench.ui.words import lasting

EVERY = 2.0  # seconds between two looks
Seen = frozenset[tuple[str, State]]


def watch(root: Path, found: Sequence[Run]) -> None:
    """Draw the runs at work as they go on, and the page anew when one begins or ends."""
    known = states(found)

    @st.fragment(run_every=EVERY)
    def panel() -> None:
        now = runs.find(root)
        if states(now) != known:
            st.rerun()
        at_work = [run for run in now if run.state is State.RUNNING]
        if at_work:
            with st.grid(min_column_width=300, key="training_live"):
                for run in at_work:
                    progress(run)

    panel()


def states(found: Sequence[Run]) -> Seen:
    """Return what the page must be drawn anew for when it changes."""
    return frozenset((run.name, run.state) for run in found)


def progress(run: Run) -> None:
    """Draw how far a run is: a bar with the loss, the speed and the time left."""
    with st.container(border=True, gap="xsmall", key=f"live_{run.name.replace('/', '_')}"):
        at = runs.progress(run)
        st.markdown(f"**{training.title(run.name)}**")
        st.progress(min(1.0, at.step / at.steps) if at else 0.0, text=" · ".join(_words(at)))


def _words(at: runs.Progress | None) -> list[str]:
    if at is None:
        return ["getting ready: rows, base, a look at the held-out rows"]
    said = [f"step {at.step:,} of {at.steps:,}"]
    if at.loss is not None:
        said.append(f"loss {at.loss:.4f}")
    if at.tokens_per_s:
        said.append(f"{at.tokens_per_s:,.0f} tokens/s")
    if at.step >= at.steps:
        said.append("a last look at the held-out rows")
    elif at.seconds_left is not None:
        said.append(f"about {lasting(at.seconds_left)} left")
    return said
