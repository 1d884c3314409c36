"""The report of a sweep: report.md for people, report.json for programs, two charts."""

from pathlib import Path
from typing import Any

from finetune import record
from finetune.sweeping import charts
from finetune.sweeping.plan import shown, words


def write(made: dict[str, Any], out: Path) -> None:
    """Write report.md, report.json and the charts of what sweep.json holds."""
    record.write(out / "report.json", {key: made[key] for key in ("name", "judge_by", "choice", "cells", "finished")})
    drawn = charts.write(made, out)
    (out / "report.md").write_text("\n".join(_lines(made, drawn)) + "\n", encoding="utf-8")


def _lines(made: dict[str, Any], drawn: list[tuple[str, str]]) -> list[str]:
    done = [trial for trial in made["trials"] if trial["state"] == "complete"]
    spent = sum(trial["seconds"] or 0 for trial in made["trials"])
    lines = [
        f"# Sweep {made['name']}",
        "",
        made["choice"]["line"] if made["choice"] else "The sweep has not come to an end.",
        "",
        f"{len(done)} of {len(made['trials'])} trials ended, {spent / 60:.0f} minutes of training. "
        f"Loss: {made['judge_by']}, mean and standard deviation over seeds; cost: mean of a trial.",
        "",
        *cell_table(made),
    ]
    for file, words_for in drawn:
        lines += ["", f"![{words_for}]({file})"]
    left = len(made["cells"]) - len(_shown(made))
    more = [f"The {left} cells of the highest loss are left out.", ""] if left else []
    lines += ["", "## Loss by step", "", *more, *step_table(made), "", "## Every trial", "", *trial_table(made)]
    failed = [trial for trial in made["trials"] if trial["state"] in ("failed", "pruned")]
    if failed:
        lines += ["", "## Ended early", ""]
        for t in failed:
            lines.append(f"- {t['folder']} ({words(t['settings'])}, seed {t['seed']}): {t['state']}: {t['reason']}")
    return lines


def cell_table(made: dict[str, Any]) -> list[str]:
    """Return the cells as a Markdown table, the lowest loss first."""
    costs = ["Trained parameters", "Seconds", "CPU seconds", "Tokens", "Tokens/s", "Peak memory, MB"]
    rows = [["Settings", "Seeds", "Loss", "Test loss", *costs]]
    return _table([*rows, *map(_cell_row, made["cells"])])


def _cell_row(cell: dict[str, Any]) -> list[str]:
    losses = [_spread(cell["mean"], cell["sd"]), _spread(cell["test_mean"], cell["test_sd"])]
    costs = ("trainable_parameters", "seconds", "cpu_seconds", "tokens", "tokens_per_s", "peak_memory_mb")
    seeds = ", ".join(map(str, cell["seeds"]))
    return [charts.shown_name(cell), seeds, *losses, *(_count(cell[cost]) for cost in costs)]


def step_table(made: dict[str, Any]) -> list[str]:
    """Return the training loss of the best cell and the held-out loss of every cell by step."""
    by_cell = {cell["name"]: charts.mean_curve(made, cell, made["judge_by"]) for cell in _shown(made)}
    if not by_cell:
        return ["No trial has come to an end."]
    training = dict(charts.mean_curve(made, made["cells"][0], "train"))
    steps = sorted({int(step) for curve in by_cell.values() for step, _ in curve})
    rows = [["Step", f"Training Loss ({next(iter(by_cell))})", *by_cell]]
    for step in steps:
        near = [loss for at, loss in training.items() if at <= step]
        losses = [dict(curve).get(step) for curve in by_cell.values()]
        rows.append([str(step), f"{near[-1]:.4f}" if near else "", *("" if x is None else f"{x:.4f}" for x in losses)])
    return _table(rows)


def trial_table(made: dict[str, Any]) -> list[str]:
    """Return every trial with its own figures."""
    keys = list(dict.fromkeys(key for trial in made["trials"] for key in trial["settings"]))
    rows = [["Trial", *keys, "Seed", "State", "Loss", "Test loss", "Seconds", "Taken over"]]
    return _table([*rows, *(_trial_row(trial, keys) for trial in made["trials"])])


def _shown(made: dict[str, Any]) -> list[dict[str, Any]]:
    return made["cells"][: charts.MOST]


def _trial_row(t: dict[str, Any], keys: list[str]) -> list[str]:
    settings = [shown(t["settings"].get(key, "")) for key in keys]
    losses = [_spread(t["loss"], None), _spread(t["losses"].get("test"), None)]
    about = [str(t["seed"]), t["state"], *losses, _count(t["seconds"]), str(t["taken_over"] or "")]
    return [str(t["number"]), *settings, *about]


def _table(rows: list[list[str]]) -> list[str]:
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return [lines[0], "|" + "---|" * len(rows[0]), *lines[1:]]


def _spread(mean: float | None, sd: float | None) -> str:
    return "not measured" if mean is None else f"{mean:.4f}" + (f" ± {sd:.4f}" if sd is not None else "")


def _count(value: float | None) -> str:
    return "not measured" if value is None else f"{value:,.0f}"


