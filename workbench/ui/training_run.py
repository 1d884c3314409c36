"""One run on the screen: where it is, its figures, its curve, its command, its settings, its evaluation."""

from collections.abc import Mapping, Sequence

import streamlit as st

from workbench.training import Curve, Run, State, curves, evaluations, runs
from workbench.ui import charts, training, training_charts
from workbench.ui.words import lasting, parameters, plain, when

LOOK = 5.0  # seconds between two looks at the curve of a run at work
GO_ON = {State.FAILED: "To go on with it once the reason is gone:", State.INTERRUPTED: "To go on with it:",
         State.FINISHED: "The command that made it:", State.RUNNING: "Its command:"}  # fmt: skip


def show(run: Run) -> None:
    """Draw everything that is known of a run."""
    state(run)
    live = run.state is State.RUNNING

    @st.fragment(run_every=LOOK if live else None)
    def learned() -> None:
        """The page is drawn anew when the run ends: training_live sees to it."""
        curve = curves.read(run.folder)
        figures(run, curve)
        rows, names = training_charts.of_run(curve)
        if rows:
            key = f"run_{run.name.replace('/', '_')}"
            training_charts.show(rows, names, key=key, alt_text=training_charts.in_words(rows, names))

    learned()
    command(run)
    evaluation(run)
    steps(run, curves.read(run.folder))
    settings(run)


def state(run: Run) -> None:
    """Draw where the run is, and what to do if it did not end by itself."""
    began = f"Began {when(run.started)}"
    if run.state is State.RUNNING:
        st.caption(f"▶ Running. {began}.")
    elif run.state is State.FINISHED:
        ended = f", ended {when(run.finished)}" if run.finished else ""
        st.caption(f"✓ Finished. {began}{ended}.")
    elif run.state is State.FAILED:
        st.error(plain(run.reason or "It failed."), icon=":material/error:")
    else:
        at = runs.progress(run)
        reached = f" after step {at.step:,} of {at.steps:,}" if at else ""
        st.warning(
            f"Interrupted{reached}: its process is gone, and it wrote no end. {began}. What is up to its last "
            "checkpoint is kept; the same command goes on from there.", icon=":material/power_off:",
        )  # fmt: skip


def figures(run: Run, curve: Curve) -> None:
    """Draw the figures that tell one run from another."""
    final = run.final or training.finals(curve)
    start = {kind: line[min(line)] for kind, line in curve.heldout.items() if line}
    with st.grid(min_column_width=150):
        for kind, loss in list(final.items())[:4]:
            change = f"{loss - start[kind]:+.4f}" if kind in start and run.state is not State.RUNNING else None
            st.metric(f"Loss, {plain(kind.replace('_', ' '))}", f"{loss:.4f}", change, delta_color="inverse")
        if run.seconds is not None:
            st.metric("Time", lasting(run.seconds))
        if run.tokens_per_s:
            st.metric("Tokens per second", f"{run.tokens_per_s:,.0f}")
        if run.peak_memory_mb:
            st.metric("Peak memory", f"{run.peak_memory_mb / 1000:.1f} GB")
        if run.trainable_parameters:
            st.metric("Trained", parameters(int(run.trainable_parameters)))


def command(run: Run) -> None:
    """Draw the run's command, to copy."""
    if run.command:
        st.caption(GO_ON[run.state])
        st.code(run.command, language="bash", wrap_lines=True)


def evaluation(run: Run) -> None:
    """Draw what finetune.evaluate found, the gain beside what was forgotten; or how to find out."""
    parts = evaluations.read(run.folder)
    if not parts:
        if run.state is State.FINISHED:
            folder = training.place(run.folder)
            st.caption(f"Not evaluated yet: `python -m finetune.evaluate {folder}` sets it beside its base.")
        return
    st.subheader("Base against tuned", anchor=False)
    st.dataframe(
        [
            {
                "Rows": part.name, "": "learned" if part.learned else "not trained on", "Base": part.base,
                "Tuned": part.tuned, "Change": part.tuned - part.base, "So it is": part.verdict,
            }
            for part in parts
        ],
        column_config={name: st.column_config.NumberColumn(format="%.4f") for name in ("Base", "Tuned", "Change")},
        hide_index=True, key=f"evaluation_{run.name}",
    )  # fmt: skip
    st.caption("Loss of the answers; lower is better. What is not trained on shows what was forgotten.")


def steps(run: Run, curve: Curve) -> None:
    """Draw the table that people publish."""
    rows = curves.steps_table(curve)
    if not rows:
        return
    with st.expander("Step, training loss, validation loss", icon=":material/table:"):
        numbers = {name: st.column_config.NumberColumn(format="%.4f") for name in ("Training Loss", "Validation Loss")}
        key = f"steps_{run.name.replace('/', '_')}"
        st.dataframe(rows, column_config=numbers, hide_index=True, key=key)
        charts.download(rows, key=f"{key}_csv")


def settings(run: Run) -> None:
    """Draw the config as used, and what else decides what comes of a run."""
    with st.expander("Settings, versions, data", icon=":material/tune:"):
        rows = [{"Setting": name, "Value": str(value)} for name, value in run.config.items()]
        rows += [{"Setting": name, "Value": value} for name, value in run.facts.items()]
        st.dataframe(rows, hide_index=True, key=f"settings_{run.name}")


def pick(found: Sequence[Run], names: Mapping[str, str]) -> Run:
    """Draw the select box; return the run chosen, the newest at first."""
    chosen = st.selectbox(
        "Run", list(names), format_func=lambda name: names.get(name, ""), key=training.PICK, persist_state="session"
    )
    return next((run for run in found if run.name == chosen), found[0])
