"""A sweep on the screen: what to choose, its trials as a table, their curves."""

from collections.abc import Mapping, Sequence

import streamlit as st

from workbench.training import Run, State, Sweep, Trial
from workbench.ui import charts, training, training_charts
from workbench.ui.words import counted, distinct, lasting, plain, when

SIGNS = {"complete": "✓ complete", "running": "▶ running", "waiting": "… waiting", "pruned": "✂ pruned",
         "failed": "✕ failed"}  # fmt: skip


def nothing() -> None:
    """Say what a sweep is and how one begins."""
    st.markdown("A sweep trains the same data with several settings, to find out which ones help. To start one:")
    st.code("python -m finetune.sweep finetune/configs/study-sweep.yaml", language="bash")


def pick(found: Sequence[Sweep]) -> Sweep:
    """Draw the select box; return the sweep chosen, the newest at first."""
    names = distinct({sweep.name: sweep.name for sweep in found})
    chosen = st.selectbox(
        "Sweep", list(names), format_func=lambda name: names.get(name, ""), key="sweep_pick", persist_state="session"
    )
    return next((sweep for sweep in found if sweep.name == chosen), found[0])


def show(sweep: Sweep, runs: Mapping[str, Run]) -> None:
    """Draw a sweep; `runs` are the runs by name, those of its trials among them."""
    st.caption(_state(sweep))
    if sweep.choice:
        st.success(plain(sweep.choice), icon=":material/check_circle:")
    ranked = sorted(sweep.trials, key=lambda trial: (trial.loss is None, trial.loss or 0.0, trial.number))
    names = _names(sweep, ranked)
    rows, lines = training_charts.of_trials({names[trial.number]: trial.curve for trial in ranked})
    if rows:
        more = f"; the best {len(lines)} of {len(sweep.trials)}" if len(lines) < len(sweep.trials) else ""
        st.caption(f"Loss by step, {plain(sweep.judge_by)}{more}")
        key = f"sweep_{sweep.name.replace('/', '_')}"
        training_charts.show(rows, lines, key=key, alt_text=training_charts.in_words(rows, lines))
    _table(sweep, ranked, runs)
    if not sweep.finished:
        st.caption("Its command, given again, goes on with it; given in a second terminal, it adds a worker.")


def _state(sweep: Sweep) -> str:
    count = counted(len(sweep.trials), "trial")
    how = f"{plain(sweep.strategy)}, judged by {plain(sweep.judge_by)}"
    if sweep.finished:
        return f"✓ Finished {when(sweep.finished)} · {count} · {how}"
    return f"{sweep.ended} of {count} so far · {how}"


def _names(sweep: Sweep, trials: Sequence[Trial]) -> dict[int, str]:
    """Return what each trial is called: its settings, and its seed where several have the same."""
    seeds = len({trial.seed for trial in trials}) > 1
    told = {
        trial.number: sweep.named(trial) + (f", seed {trial.seed}" if seeds and trial.seed is not None else "")
        for trial in trials
    }
    return distinct(told)


def _sign(sweep: Sweep, trial: Trial, runs: Mapping[str, Run]) -> str:
    """Return where a trial is; one whose process is gone is not running, whatever the sweep last wrote."""
    run = runs.get(f"{sweep.name}/{trial.folder}")
    if trial.state == "running" and run is not None and run.state is not State.FINISHED:
        return training.SIGNS[run.state]
    return SIGNS.get(trial.state, trial.state)


def _table(sweep: Sweep, ranked: Sequence[Trial], runs: Mapping[str, Run]) -> None:
    keys = list(dict.fromkeys(key for trial in ranked for key in trial.settings))
    varied = [key for key in keys if len({str(trial.settings.get(key)) for trial in ranked}) > 1]
    rows: list[dict[str, object]] = [
        {key.replace("_", " "): str(trial.settings.get(key, "")) for key in varied}
        | {
            "loss": trial.loss, "test": trial.test, "seed": trial.seed, "state": _sign(sweep, trial, runs),
            "time": "" if trial.seconds is None else lasting(trial.seconds), "tokens/s": trial.tokens_per_s,
            "memory, GB": None if trial.peak_memory_mb is None else trial.peak_memory_mb / 1000,
            "run": f"{sweep.name}/{trial.folder}",
        }
        for trial in ranked
    ]  # fmt: skip
    number = st.column_config.NumberColumn
    formats = {"loss": number(format="%.4f"), "test": number(format="%.4f"), "memory, GB": number(format="%.2f"),
               "tokens/s": number(format="localized")}  # fmt: skip
    st.dataframe(
        rows, column_config=formats, hide_index=True, key=f"trials_{sweep.name}", height=min(460, 38 + 35 * len(rows))
    )
    charts.download(rows, key=f"trials_{sweep.name.replace('/', '_')}")
