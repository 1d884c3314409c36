"""One figure with its controls: what it would be if nothing were done, at random, and for what people wrote."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from workbench.bench import metrics

Value = float | list[float] | list[float | None] | None  # a list: one for each of the eight checks; None: not measured
CONTROLS = ("nothing", "random", "shuffled", "written")


@dataclass(frozen=True)
class Figure:
    """A value, its 95 % bootstrap interval where there is one, and the same measured on controls."""

    value: Value
    controls: Mapping[str, Value] = field(default_factory=dict)
    interval: tuple[float, float] | None = None


def mean(values: ArrayLike) -> float | None:
    """Return the mean of what is there; None when nothing is."""
    there = _there(values)
    return float(there.mean()) if there.size else None


def over_topics(
    values: ArrayLike, seed: int, controls: Mapping[str, ArrayLike] | None = None
) -> Figure:
    """Return the mean of one value a topic, with an interval over topics."""
    return Figure(
        mean(values), {name: mean(those) for name, those in (controls or {}).items()},
        metrics.interval(_there(values), seed),
    )  # fmt: skip


def as_json(figures: Mapping[str, Figure]) -> dict[str, Any]:
    """Return the values by key, then `controls` and `intervals` by the same keys; rounded to four places."""
    return {
        **{key: _rounded(figure.value) for key, figure in figures.items()},
        "controls": {
            key: {name: _rounded(value) for name, value in figure.controls.items()}
            for key, figure in figures.items() if figure.controls
        },
        "intervals": {key: _rounded(list(figure.interval)) for key, figure in figures.items() if figure.interval},
    }  # fmt: skip


def _there(values: ArrayLike) -> "np.ndarray[Any, np.dtype[np.float64]]":
    numbers = np.asarray(values, np.float64)
    return numbers[~np.isnan(numbers)]


def _rounded(value: Value) -> Value:
    if value is None:
        return None
    if isinstance(value, list):
        return [None if one is None else round(one, 4) for one in value]
    return round(value, 4)
