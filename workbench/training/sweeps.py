"""Sweeps, as their sweep.json says: what was tried, what it cost, what to choose."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workbench.training.curves import Line
from workbench.training.files import number, numbers, read_object, table, text

RECORD = "sweep.json"
TRIALS = 1000


@dataclass(frozen=True, slots=True)
class Trial:
    """One run of a sweep."""

    number: int
    folder: str
    state: str  # waiting | running | complete | pruned | failed
    settings: dict[str, Any]
    seed: int | None
    loss: float | None
    test: float | None
    seconds: float | None
    tokens_per_s: float | None
    peak_memory_mb: float | None
    curve: Line = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sweep:
    """Trials that belong together."""

    name: str
    folder: Path
    strategy: str
    judge_by: str
    started: str
    finished: str
    trials: tuple[Trial, ...]
    choice: str  # "Choose ..., because ..."; empty before the end
    choice_settings: dict[str, Any]

    def named(self, trial: Trial) -> str:
        """Return a trial's settings in words: those that the sweep varies."""
        varied = [key for key in trial.settings if len({str(each.settings.get(key)) for each in self.trials}) > 1]
        words = ", ".join(f"{key.replace('_', ' ')} {_short(trial.settings[key])}" for key in varied)
        return words or f"trial {trial.number}"

    @property
    def ended(self) -> int:
        """How many trials have come to an end."""
        return sum(trial.state in ("complete", "pruned", "failed") for trial in self.trials)


def find(root: Path) -> list[Sweep]:
    """Return the sweeps below `root`, the newest first; what is no sweep record is passed over."""
    paths = [*root.glob(f"*/{RECORD}"), *root.glob(f"*/*/{RECORD}")]
    found = [sweep for path in paths if (sweep := read(path.parent, root)) is not None]
    return sorted(found, key=lambda sweep: sweep.started, reverse=True)


def read(folder: Path, root: Path) -> Sweep | None:
    """Return the sweep in a folder; None if there is no record of one."""
    made = read_object(folder / RECORD)
    trials = made.get("trials")
    if not isinstance(trials, list):
        return None
    judge_by = text(made.get("judge_by")) or "validation"
    choice = table(made.get("choice"))
    return Sweep(
        name=folder.relative_to(root).as_posix(),
        folder=folder,
        strategy=text(made.get("strategy")),
        judge_by=judge_by,
        started=text(made.get("started")),
        finished=text(made.get("finished")),
        trials=tuple(_trial(row, judge_by) for row in trials[:TRIALS] if isinstance(row, dict)),
        choice=text(choice.get("line"), 2000),
        choice_settings=table(choice.get("settings")),
    )


def _trial(row: dict[str, Any], judge_by: str) -> Trial:
    losses, at, seed = numbers(row.get("losses")), number(row.get("number")), number(row.get("seed"))
    points = table(row.get("curves")).get(judge_by)
    return Trial(
        number=int(at or 0),
        folder=text(row.get("folder")),
        state=text(row.get("state")),
        settings=table(row.get("settings")),
        seed=None if seed is None else int(seed),
        loss=number(row.get("loss")),
        test=losses.get("test"),
        seconds=number(row.get("seconds")),
        tokens_per_s=number(row.get("tokens_per_s")),
        peak_memory_mb=number(row.get("peak_gpu_memory_mb")) or number(row.get("peak_memory_mb")),
        curve=_line(points),
    )


def _line(points: object) -> Line:
    line: Line = {}
    for point in points if isinstance(points, list) else []:
        if isinstance(point, list) and len(point) == 2:
            step, loss = number(point[0]), number(point[1])
            if step is not None and loss is not None:
                line[int(step)] = loss
    return line


def _short(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else text(str(value), 40)
