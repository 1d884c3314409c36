"""The curve of a run: losses by step."""

from dataclasses import dataclass, field
from pathlib import Path

from workbench.training.files import number, numbers, read_lines

Line = dict[int, float]  # step -> loss


@dataclass(frozen=True, slots=True)
class Curve:
    """The training loss, and the loss on each held-out kind."""

    training: Line = field(default_factory=dict)
    heldout: dict[str, Line] = field(default_factory=dict)

    @property
    def first_kind(self) -> str:
        """The held-out kind that speaks for all: validation, or the first there is; empty without any."""
        return "validation" if "validation" in self.heldout else next(iter(self.heldout), "")


def read(folder: Path) -> Curve:
    """Return the curve in a run's folder; a step that was done again after an interruption counts once."""
    training: Line = {}
    heldout: dict[str, Line] = {}
    for row in read_lines(folder / "curve.jsonl"):
        at = number(row.get("step"))
        if at is None:
            continue
        step = int(at)
        if (loss := number(row.get("loss"))) is not None:
            training[step] = loss
        found = numbers(row.get("heldout"))
        for name, value in numbers(row).items():
            if name.startswith("eval_") and name.endswith("_loss"):
                found[name.removeprefix("eval_").removesuffix("_loss")] = value
        for kind, value in found.items():
            heldout.setdefault(kind, {})[step] = value
    return Curve(training, heldout)


def thinned(line: Line, most: int = 400) -> list[tuple[int, float]]:
    """Return a line's points in order, every so many of them where there are more than a chart can show."""
    points = sorted(line.items())
    every = max(1, -(-len(points) // most))
    kept = points[::every]
    return kept if not points or kept[-1] == points[-1] else [*kept, points[-1]]


def steps_table(curve: Curve) -> list[dict[str, float | int | None]]:
    """Return the rows of `Step | Training Loss | Validation Loss`, as people publish them."""
    rows: list[dict[str, float | int | None]] = []
    latest = None
    held = curve.heldout.get(curve.first_kind, {})
    for step in sorted({*curve.training, *held}):
        latest = curve.training.get(step, latest)
        if step in held:
            rows.append({"Step": step, "Training Loss": latest, "Validation Loss": held[step]})
    return rows
