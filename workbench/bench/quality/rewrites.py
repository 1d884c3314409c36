"""Refine: what a rewrite keeps, loses and gains, measured beside its controls."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from statistics import median

from workbench.assist.facts import facts
from workbench.assist.guards import DRIFTED, Guards, guard
from workbench.bench import metrics
from workbench.bench.heldout import Row
from workbench.bench.quality.answers import Answers
from workbench.bench.quality.figures import Figure
from workbench.bench.quality.goals import Judge, goal_met
from workbench.bench.quality.ideas import shuffled_lines


@dataclass(frozen=True)
class Rewrite:
    """A rewrite of a row's idea, and what there is to notice about it."""

    guards: Guards
    facts: int  # names and numbers in the idea before
    met: bool

    @property
    def useful(self) -> bool:
        """True when the goal is nearer, every name and number is there, and it is still the same idea."""
        return self.met and not self.guards.lost and not self.guards.unchanged and self.guards.drift <= DRIFTED


def measure(
    answers: Answers, rows: Sequence[Row], judge: Judge, *, seed: int, tell: Callable[[str], None]
) -> tuple[dict[str, Figure], list[str]]:
    """Return the figures of refining each row's idea toward its goal, and the rewrites."""
    mine = []
    for index, row in enumerate(rows):
        tell(f"rewrites: {index + 1} of {len(rows)}")
        mine.append(answers.rewrite(row["topic"], row["idea"], row["goal"], seed + index))
    random = Random(seed)
    kinds = {
        "": mine,
        "nothing": [row["idea"] for row in rows],
        "random": [rows[(index + 1) % len(rows)]["refined"] for index in range(len(rows))],  # of another row
        "shuffled": [shuffled_lines([text], random)[0] for text in mine],
        "written": [row["refined"] for row in rows],
    }
    found: dict[str, dict[str, float | None]] = {}
    for name, texts in kinds.items():
        tell(f"judging rewrites: {name or 'the model'}")
        found[name] = _figures([_look(row, text, judge) for row, text in zip(rows, texts, strict=True)])
    return {
        key: Figure(value, {name: of[key] for name, of in found.items() if name}) for key, value in found[""].items()
    }, mine


def _look(row: Row, after: str, judge: Judge) -> Rewrite:
    before = row["idea"]
    return Rewrite(
        guard(before, after), len(facts(before)), goal_met(row["topic"], before, after, row["goal"], judge)
    )  # fmt: skip


def _figures(looked: Sequence[Rewrite]) -> dict[str, float | None]:
    had = sum(one.facts for one in looked)
    return {
        "refine_noop": metrics.share([one.guards.unchanged for one in looked]),
        "refine_lost_facts": sum(len(one.guards.lost) for one in looked) / had if had else None,
        "refine_length_ratio": median(one.guards.length_ratio for one in looked) if looked else None,
        "refine_drift": metrics.share([one.guards.drift for one in looked]),
        "refine_goal_met": metrics.share([one.met for one in looked]),
        "refine_useful": metrics.share([one.useful for one in looked]),
    }
