"""The Training page's parts: what there is, and how to start when there is nothing."""

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from workbench.settings import ROOT
from workbench.training import Run, State, curves
from workbench.training.curves import thinned
from workbench.ui.words import lasting, plain, short, when

SIGNS = {State.RUNNING: "▶ running", State.FINISHED: "✓ finished", State.FAILED: "✕ failed",
         State.INTERRUPTED: "⏸ interrupted"}  # fmt: skip
PICK = "run_pick"  # the run shown below the table
LISTED = 60  # runs in the table until all are asked for
FIRST = """\
python -m finetune.prepare --config finetune/configs/data-study.yaml --preview
python -m finetune.train   --config finetune/configs/study.yaml
python -m finetune.sweep   finetune/configs/study-sweep.yaml"""


def nothing(root: Path) -> None:
    """Say what this page is for and how the first run begins."""
    st.markdown(
        "Here you watch models learn: the loss as it falls, how long is left, what each run came to, and any two runs "
        "beside each other. Training runs in a terminal, and goes on whether this page is open or not."
    )
    st.markdown("To start, in the project's folder, make a data set, then train on it:")
    st.code(FIRST, language="bash")
    st.caption(
        f"Runs are looked for in `{place(root)}` (`WORKBENCH_RUNS` names another folder). As soon as one begins, it "
        "appears here by itself. `make setup-test` installs what training needs."
    )


def table(found: Sequence[Run]) -> None:
    """Draw the runs as a table."""
    shown = found
    if len(found) > LISTED and not st.toggle(f"List all {len(found)} runs", key="training_all"):
        shown = found[:LISTED]
    column = st.column_config
    st.dataframe(
        [row(run) for run in shown],
        column_config={
            "Run": column.TextColumn(width=190),
            "Loss": column.LineChartColumn("Loss", help="Held-out loss by step; training loss where there is none"),
            "Held out": column.NumberColumn(format="%.4f", help="Loss at the end on what the run did not learn from"),
            "Test": column.NumberColumn(format="%.4f", help="Loss on the test rows, looked at only before and after"),
            "Rate": column.NumberColumn("Learning rate", format="%g"),
            "Tokens/s": column.NumberColumn(format="localized"),
        },
        hide_index=True, key="training_table", height=min(390, 38 + 35 * len(shown)),
        selection_mode="single-row", on_select=lambda: _open(shown),
    )  # fmt: skip


def _open(shown: Sequence[Run]) -> None:
    """Show the run whose row was selected below the table."""
    rows = st.session_state["training_table"].selection.rows
    if rows and rows[0] < len(shown):
        st.session_state[PICK] = shown[rows[0]].name


def row(run: Run) -> dict[str, object]:
    """Return a run as a row of the table."""
    curve = curves.read(run.folder)
    line = curve.heldout.get(curve.first_kind) or curve.training
    final = run.final or finals(curve)
    return {
        "Run": run.name,
        "State": SIGNS[run.state],
        "Loss": [loss for _, loss in thinned(line, 60)],
        "Held out": next((loss for kind, loss in final.items() if kind != "test"), None),
        "Test": final.get("test"),
        "Method": method(run),
        "Rate": run.config.get("learning_rate", run.config.get("muon_lr")),
        "Rank": run.config.get("rank"),
        "Time": "" if run.seconds is None else lasting(run.seconds),
        "Tokens/s": run.tokens_per_s,
        "Started": when(run.started),
    }


def finals(curve: curves.Curve) -> dict[str, float]:
    """Return the last held-out losses, for records that do not name them."""
    return {kind: line[max(line)] for kind, line in curve.heldout.items() if line}


def method(run: Run) -> str:
    """Return how a run trains: lora, dora ...; pretraining has no method."""
    return str(run.config.get("method") or ("lora" if "rank" in run.config else "from scratch"))


def place(folder: Path) -> str:
    """Return a folder as the person would type it: seen from the project's when it lies in there."""
    return str(folder.relative_to(ROOT) if folder.is_relative_to(ROOT) else folder)


def title(name: str) -> str:
    """Return a run's name as literal Markdown."""
    return plain(short(name, 80))
