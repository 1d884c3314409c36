"""Runs of the training scripts, as their records say: what went in, how far they are, what came of them."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from workbench.training.files import number, numbers, read_object, table, text
from workbench.training.process import at_work

RECORD = "run.json"
DEPTH = 3  # folders below the runs folder: runs/starter-cpu/pretrain, runs/SWEEP/trial-000
MOST = 500  # runs listed
QUIET = 600  # seconds without a line after which a run of another machine counts as interrupted
RESULTS = ("adapter", "model")


class State(StrEnum):
    """Where a run is."""

    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"  # with a reason, which it wrote
    INTERRUPTED = "interrupted"  # its process is gone, and it wrote no end


@dataclass(frozen=True, slots=True)
class Run:
    """One run; what its record does not say is empty or None."""

    name: str  # its folder, seen from the runs folder
    folder: Path
    state: State
    started: str = ""
    finished: str = ""
    reason: str = ""
    command: str = ""
    config: dict[str, Any] = field(default_factory=dict)
    facts: dict[str, str] = field(default_factory=dict)  # commit, machine, versions, hashes, as text
    final: dict[str, float] = field(default_factory=dict)  # held-out losses at the end
    steps: int | None = None
    seconds: float | None = None
    tokens_per_s: float | None = None
    peak_memory_mb: float | None = None
    trainable_parameters: float | None = None
    rows: int | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is."""

    step: int
    steps: int
    loss: float | None
    tokens_per_s: float | None
    seconds_left: float | None


def find(root: Path) -> list[Run]:
    """Return the runs below `root`, the newest first, then by name; what is no run record is passed over."""
    found = [run for folder in _folders(root) if (run := read(folder, root)) is not None]
    by_name = sorted(found, key=lambda run: run.name)
    return sorted(by_name, key=lambda run: run.started, reverse=True)


def _folders(root: Path) -> Iterator[Path]:
    paths = (path for depth in range(1, DEPTH + 1) for path in root.glob("*/" * depth + RECORD))
    for count, path in enumerate(paths):
        if count == MOST:
            return
        parts = path.relative_to(root).parts[:-1]
        if not any(part.startswith((".", "checkpoint-")) for part in parts):
            yield path.parent


def read(folder: Path, root: Path) -> Run | None:
    """Return the run in a folder; None if there is no record of one."""
    made = read_object(folder / RECORD)
    if not made.get("started"):
        return None
    steps, rows = number(made.get("steps")), number(made.get("rows"))
    return Run(
        name=folder.relative_to(root).as_posix(),
        folder=folder,
        state=_state(made, folder),
        started=text(made.get("started")),
        finished=text(made.get("finished")),
        reason=text(table(made.get("failed")).get("reason")),
        command=text(made.get("command"), 2000),
        config=table(made.get("config")),
        facts=_facts(made),
        final=numbers(made.get("final")),
        steps=None if steps is None else int(steps),
        seconds=number(made.get("seconds")),
        tokens_per_s=number(made.get("tokens_per_s")),
        peak_memory_mb=number(made.get("peak_gpu_memory_mb")) or number(made.get("peak_memory_mb")),
        trainable_parameters=number(made.get("trainable_parameters")) or number(made.get("parameters")),
        rows=None if rows is None else int(rows),
    )


def progress(run: Run) -> Progress | None:
    """Return how far a run is; None before its first step, or where it keeps no such file."""
    made = read_object(run.folder / "progress.json")
    step, steps = number(made.get("step")), number(made.get("steps"))
    if step is None or not steps or steps < 0:
        return None
    return Progress(
        step=int(step),
        steps=int(steps),
        loss=number(made.get("loss")),
        tokens_per_s=number(made.get("tokens_per_s")),
        seconds_left=number(made.get("seconds_left")),
    )


def _state(made: dict[str, Any], folder: Path) -> State:
    if made.get("failed"):
        return State.FAILED
    if made.get("finished"):
        return State.FINISHED
    lives = at_work(table(made.get("process")))
    if lives is None:  # another machine's, or a record of the time before it named its process
        lives = _written_lately(folder)
        if not lives and any((folder / name).is_dir() for name in RESULTS):
            return State.FINISHED
    return State.RUNNING if lives else State.INTERRUPTED


def _written_lately(folder: Path) -> bool:
    for name in ("progress.json", "curve.jsonl"):
        try:
            if time.time() - (folder / name).stat().st_mtime < QUIET:
                return True
        except OSError:
            continue
    return False


def _facts(made: dict[str, Any]) -> dict[str, str]:
    """Return what tells one run's surroundings from another's, as text."""
    found = {name: made.get(name) for name in ("kind", "machine", "python", "commit", "prompts_version", "processes")}
    found |= {f"{name} version": value for name, value in table(made.get("versions")).items()}
    found |= {f"SHA-256 of {name}": text(value)[:16] for name, value in table(made.get("data")).items()}
    return {name: str(value)[:200] for name, value in found.items() if value not in (None, "")}
