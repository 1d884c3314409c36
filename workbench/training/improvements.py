"""Rounds of the loop from feedback to a better adapter, as their improve.json says."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.training.files import number, read_object, table, text
from workbench.training.process import at_work

RECORD = "improve.json"
STEPS = ("collecting", "training", "exporting", "testing", "voting")
ENDED = ("promoted", "rejected", "given up", "not enough")


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure of the adapter in use and of the new one, on the same held-out prompts."""

    name: str
    old: float
    new: float
    low: float | None  # of the change, 95 %
    high: float | None
    worse: bool


@dataclass(frozen=True, slots=True)
class Round:
    """One round of the loop."""

    name: str  # its folder, seen from the runs folder
    task: str
    number: int
    started: str
    state: str  # a step at work or broken off at, or how it ended
    words: str
    error: str
    command: str
    going: bool  # its process is at work
    enough: dict[str, str]  # kind of set -> whether there is enough, in words
    measures: tuple[Measure, ...]
    comparison: int | None  # at which people vote
    votes: int
    win_rate: float | None
    interval: tuple[float, float] | None
    judged_by: str
    registered: str

    @property
    def ended(self) -> bool:
        """True when nothing more will come of it."""
        return self.state in ENDED

    @property
    def done(self) -> int:
        """How many of the steps lie behind it."""
        return len(STEPS) if self.ended else STEPS.index(self.state) if self.state in STEPS else 0


def find(root: Path) -> list[Round]:
    """Return the rounds below `root`, the newest first; what is no record of one is passed over."""
    paths = [*root.glob(f"*/{RECORD}"), *root.glob(f"*/*/{RECORD}")]
    found = [read(path.parent, root) for path in paths]
    return sorted((each for each in found if each is not None), key=lambda each: each.started, reverse=True)


def read(folder: Path, root: Path) -> Round | None:
    """Return the round in a folder; None if there is no record of one."""
    made = read_object(folder / RECORD)
    if not text(made.get("task")):
        return None
    verdict = table(made.get("verdict"))
    comparison = number(made.get("comparison"))
    return Round(
        name=folder.relative_to(root).as_posix(), task=text(made.get("task")),
        number=int(number(made.get("number")) or 0),
        started=text(made.get("started")), state=text(made.get("state")), words=text(made.get("words"), 2000),
        error=text(made.get("error"), 1000), command=text(made.get("command")),
        going=at_work(table(made.get("process"))) is True,
        enough={kind: text(table(each).get("words")) for kind, each in table(made.get("enough")).items()},
        measures=_measures(made.get("figures")), comparison=None if comparison is None else int(comparison),
        votes=int(number(verdict.get("votes")) or 0), win_rate=number(verdict.get("win_rate")),
        interval=_pair(verdict.get("interval")), judged_by=text(verdict.get("by")),
        registered=text(made.get("registered")),
    )  # fmt: skip


def _measures(rows: object) -> tuple[Measure, ...]:
    found = []
    for row in rows if isinstance(rows, list) else []:
        old, new = number(table(row).get("old")), number(table(row).get("new"))
        if old is not None and new is not None:
            low, high = _pair(table(row).get("interval")) or (None, None)
            found.append(Measure(text(table(row).get("figure")), old, new, low, high, table(row).get("worse") is True))
    return tuple(found)


def _pair(value: Any) -> tuple[float, float] | None:
    if not isinstance(value, list) or len(value) != 2:
        return None
    low, high = number(value[0]), number(value[1])
    return None if low is None or high is None else (low, high)
