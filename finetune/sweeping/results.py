"""What came of a sweep, from its study and its trials' run records, as one plain dictionary: sweep.json."""

import shutil
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

import optuna
from optuna.trial import FrozenTrial, TrialState

from finetune import record
from finetune.sweeping import stages, study
from finetune.sweeping.choice import choose
from finetune.sweeping.locks import locked
from finetune.sweeping.plan import Plan, Settings, key_of, words

STATES = {
    TrialState.WAITING: "waiting", TrialState.RUNNING: "running", TrialState.COMPLETE: "complete",
    TrialState.PRUNED: "pruned", TrialState.FAIL: "failed",
}  # fmt: skip
COSTS = ("seconds", "cpu_seconds", "tokens", "tokens_per_s", "peak_memory_mb", "peak_gpu_memory_mb")

NOTHING: dict[str, Any] = {
    "losses": {}, "steps": None, "trainable_parameters": None, **dict.fromkeys(COSTS), "curves": {}, "reason": "",
}  # fmt: skip


def write(plan: Plan, found: optuna.Study) -> dict[str, Any]:
    """Write `sweep.json` as the study is now; return what it holds."""
    with locked(plan.out / ".results"):
        made = summary(plan, found)
        record.write(plan.out / "sweep.json", made)
    return made


def summary(plan: Plan, found: optuna.Study) -> dict[str, Any]:
    """Return the sweep: its settings, stages, trials, cells and choice."""
    counted = study.trials(found)
    progress = stages.advance(plan, counted)
    trials = [_trial(plan, trial) for trial in counted]
    cells = _cells(plan, trials)
    ended = [t.datetime_complete for t in counted if t.datetime_complete]
    over = all(t.state.is_finished() for t in counted)  # another command may be at work on more seeds
    return {
        "name": plan.out.name,
        "strategy": plan.given.strategy,
        "judge_by": plan.given.judge_by,
        "started": found.user_attrs.get("started"),
        "finished": max(ended).astimezone().isoformat(timespec="seconds") if progress.done and over and ended else None,
        "commit": record.commit(),
        "config": vars(plan.given),
        "stages": [
            {"name": stage.name, "values": stage.values, "chosen": chosen}
            for stage, chosen in zip(plan.stages, [*progress.chosen, *[None] * len(plan.stages)], strict=False)
        ],
        "trials": trials,
        "cells": cells,
        "choice": choose(cells) if progress.done else None,
    }


def _trial(plan: Plan, trial: FrozenTrial) -> dict[str, Any]:
    folder = study.folder_of(plan, trial.number)
    here = {key: value for key, value in read(folder).items() if value}
    about = {
        "number": trial.number,
        "folder": folder.name,
        "state": STATES[trial.state],
        "stage": trial.user_attrs.get("stage", 0),
        "settings": stages.settings_of(trial),
        "seed": stages.seed_of(trial, plan),
        "loss": trial.value if trial.state == TrialState.COMPLETE else None,
        "taken_over": trial.user_attrs.get("taken_over", 0),
    }
    return about | NOTHING | trial.user_attrs.get("result", {}) | here


def read(folder: Path) -> dict[str, Any]:
    """Return what a trial's run record says: last losses, cost, held-out losses by step."""
    try:
        made = record.read(folder)
    except (OSError, ValueError):
        made = {}
    known = {key: made[key] for key in ("steps", "trainable_parameters", *COSTS) if key in made}
    return NOTHING | known | {"losses": made.get("final", {}), "curves": curves(folder)}


def curves(folder: Path) -> dict[str, list[list[float]]]:
    """Return [step, loss] of the training loss (`train`) and of each held-out kind."""
    found: dict[str, dict[int, float]] = {}
    for line in record.curve(folder):
        step = line.get("step", 0)
        losses = {"train": line["loss"]} if "loss" in line else dict(line.get("heldout") or {})
        for key, value in line.items():
            if key.startswith("eval_") and key.endswith("_loss"):
                losses[key.removeprefix("eval_").removesuffix("_loss")] = value
        for kind, loss in losses.items():
            found.setdefault(kind, {})[step] = loss
    return {kind: [[step, by_step[step]] for step in sorted(by_step)] for kind, by_step in found.items()}


def _cells(plan: Plan, trials: list[dict]) -> list[dict[str, Any]]:
    """Return the completed trials of like settings together, the lowest mean loss first."""
    groups: dict[str, list[dict]] = {}
    for trial in trials:
        if trial["state"] == "complete":
            groups.setdefault(key_of(trial["settings"], 0), []).append(trial)
    return sorted((_cell(plan, group) for group in groups.values()), key=lambda cell: cell["mean"])


def _cell(plan: Plan, group: list[dict]) -> dict[str, Any]:
    group = sorted(group, key=lambda trial: trial["seed"])
    losses = [trial["loss"] for trial in group]
    tests = [trial["losses"]["test"] for trial in group if "test" in trial["losses"]]

    def mean_of(key: str) -> float | None:
        known = [trial[key] for trial in group if trial[key] is not None]
        return round(fmean(known), 1) if known else None

    return {
        "name": _name(plan, group[0]["settings"]),
        "settings": group[0]["settings"],
        "baseline": group[0]["settings"] == plan.baseline,
        "stage": min(trial["stage"] for trial in group),
        "trials": [trial["number"] for trial in group],
        "seeds": [trial["seed"] for trial in group],
        "losses": losses,
        "mean": fmean(losses),
        "sd": stdev(losses) if len(losses) > 1 else None,
        "test_mean": fmean(tests) if tests else None,
        "test_sd": stdev(tests) if len(tests) > 1 else None,
        "trainable_parameters": group[0]["trainable_parameters"],
        **{cost: mean_of(cost) for cost in COSTS},
    }


def _name(plan: Plan, settings: Settings) -> str:
    """Return a cell in words; where one value at a time is tried, only what differs from the baseline."""
    if plan.given.strategy != "each":
        return words(settings)
    return words({key: value for key, value in settings.items() if value != plan.baseline[key]}) or "baseline"


def drop_checkpoints(folder: Path) -> None:
    """Remove the checkpoints of a trial that has ended; its adapter stays."""
    for path in folder.glob("checkpoint-*"):
        shutil.rmtree(path)
