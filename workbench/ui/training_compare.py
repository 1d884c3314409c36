"""Two runs beside each other: their curves, where their settings differ, what each came to."""

from collections.abc import Mapping, Sequence

import streamlit as st

from workbench.training import Run, curves, runs
from workbench.training.comparing import differences
from workbench.ui import charts, training, training_charts
from workbench.ui.words import lasting, parameters

Row = dict[str, object]
NONE = "not recorded"


def show(first: Run, second: Run, names: Mapping[str, str]) -> None:
    """Draw the comparison; `names` are what the runs are called on this page."""
    one, other = names[first.name], names[second.name]
    curve, another = curves.read(first.folder), curves.read(second.folder)
    rows, lines = training_charts.of_two(one, curve, other, another)
    if rows:
        shared = curve.first_kind in another.heldout and curve.first_kind
        st.caption(f"Loss on the held-out rows ({shared})" if shared else "Training loss: they share no held-out rows")
        training_charts.show(rows, lines, key="compared", alt_text=training_charts.in_words(rows, lines))
    st.subheader("What they came to", anchor=False)
    st.dataframe(figures(first, second, one, other), hide_index=True, key="compared_figures")
    st.subheader("Settings", anchor=False)
    config(first, second, one, other)


def figures(first: Run, second: Run, one: str, other: str) -> list[Row]:
    """Return a row for each figure; the lower of two losses is marked."""
    ends = [run.final or training.finals(curves.read(run.folder)) for run in (first, second)]
    rows: list[Row] = []
    for kind in dict.fromkeys([*ends[0], *ends[1]]):
        losses = [end.get(kind) for end in ends]
        known = [loss for loss in losses if loss is not None]
        best = min(known) if len(set(known)) > 1 else None
        shown = [NONE if loss is None else f"{loss:.4f}" + (" ↓ lower" if loss == best else "") for loss in losses]
        rows.append({"Figure": f"loss, {kind.replace('_', ' ')}", one: shown[0], other: shown[1]})
    rows += [{"Figure": name, one: _figure(name, first), other: _figure(name, second)} for name in FIGURES]
    return rows


FIGURES = ("state", "steps", "rows", "time", "tokens per second", "peak memory", "trained parameters")


def _figure(name: str, run: Run) -> str:
    at = runs.progress(run)
    known = {
        "state": str(run.state),
        "steps": f"{run.steps:,}" if run.steps else f"{at.step:,} of {at.steps:,}" if at else None,
        "rows": None if run.rows is None else f"{run.rows:,}",
        "time": None if run.seconds is None else lasting(run.seconds),
        "tokens per second": f"{run.tokens_per_s:,.0f}" if run.tokens_per_s else None,
        "peak memory": f"{run.peak_memory_mb / 1000:.2f} GB" if run.peak_memory_mb else None,
        "trained parameters": parameters(int(run.trainable_parameters)) if run.trainable_parameters else None,
    }
    return known[name] or NONE


def config(first: Run, second: Run, one: str, other: str) -> None:
    """Draw the settings that differ; all of them on demand, those that differ marked."""
    told = differences(first, second)
    differing = [row for row in told if row[3]]
    everything = st.toggle(f"All {len(told)} settings", key="compared_all")
    if not differing:
        st.caption("Both were trained with the same settings.")
    shown = told if everything else differing
    if shown:
        rows = [
            {"Setting": name, one: left, other: right, "": "≠" if apart else ""} for name, left, right, apart in shown
        ]
        st.dataframe(rows, hide_index=True, key="compared_config", height=min(600, 38 + 35 * len(rows)))
        charts.download(rows, key="compared_settings")


def pick(found: Sequence[Run], names: Mapping[str, str]) -> tuple[Run, Run]:
    """Draw the two select boxes; return the runs chosen, the two newest at first."""
    by_name = {run.name: run for run in found}
    left, right = st.columns(2)
    options = list(names)
    with left:
        first = st.selectbox(
            "One run", options, format_func=lambda name: names.get(name, ""), key="compare_one",
            persist_state="session",
        )  # fmt: skip
    with right:
        second = st.selectbox(
            "Another", options, index=min(1, len(options) - 1), format_func=lambda name: names.get(name, ""),
            key="compare_other", persist_state="session",
        )  # fmt: skip
    return by_name[first or options[0]], by_name[second or options[-1]]
