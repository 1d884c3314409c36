"""What finetune.evaluate found of a run: loss of base and tuned, with intervals, and what was forgotten."""

from dataclasses import dataclass
from pathlib import Path

from workbench.training.files import number, read_object, table, text

PLACES = ("evaluation/report.json", "report.json")


@dataclass(frozen=True, slots=True)
class Part:
    """The loss on one kind of rows, before and after training."""

    name: str
    learned: bool  # False: the run was not trained on it; a rise is what was forgotten
    base: float
    tuned: float
    low: float | None  # of the change, 95 %
    high: float | None

    @property
    def verdict(self) -> str:
        """Whether the change is clear."""
        if self.low is None or self.high is None or self.low <= 0 <= self.high:
            return "no clear change"
        return "better" if self.high < 0 else "worse"


def read(run: Path) -> list[Part]:
    """Return the parts of a run's evaluation; empty when it has not been evaluated."""
    for place in PLACES:
        rows = table(read_object(run / place).get("losses")).get("parts")
        if isinstance(rows, list):
            return [part for row in rows if (part := _part(table(row))) is not None]
    return []


def _part(row: dict[str, object]) -> Part | None:
    base, tuned = number(row.get("base")), number(row.get("tuned"))
    if base is None or tuned is None:
        return None
    span = row.get("interval")
    low, high = (number(each) for each in span) if isinstance(span, list) and len(span) == 2 else (None, None)
    return Part(text(row.get("name")), row.get("learned") is True, base, tuned, low, high)
