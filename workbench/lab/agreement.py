"""How far two judges agree, as far as so many shared answers can tell."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.lab.bradley_terry import Floats, Item

RESAMPLES = 500
COVER = 0.9
SEED = 4
# Below these a model's answers are shown folded. 0.4 is where Landis & Koch (1977) begin to call agreement moderate;
# with fewer than 20 answers the interval of an agreement of 70 % is wider than 50 to 85 %: a coin's 50 is inside.
LEAST_N = 20
LEAST_KAPPA = 0.4


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure with its 90 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Agreement:
    """Share of equal answers and Cohen's kappa (1960): the share beyond what chance gives, 1 full, 0 none."""

    n: int
    share: Figure | None  # None: no shared answers
    kappa: Figure | None  # None too when both gave one and the same answer throughout: chance would do as well

    @property
    def trusted(self) -> bool:
        """True when there are enough answers and the agreement is moderate at least."""
        return self.n >= LEAST_N and self.kappa is not None and self.kappa.value >= LEAST_KAPPA


def agreement(pairs: Sequence[tuple[Hashable, Hashable]], *, seed: int = SEED) -> Agreement:
    """Return how far the first and the second of each pair of answers agree; the interval is a bootstrap over pairs."""
    n = len(pairs)
    if not n:
        return Agreement(0, None, None)
    answers = list(dict.fromkeys(answer for pair in pairs for answer in pair))
    place = {answer: index for index, answer in enumerate(answers)}
    cells = np.array([place[one] * len(answers) + place[other] for one, other in pairs])
    counts = np.bincount(cells, minlength=len(answers) ** 2)
    drawn = np.random.default_rng(seed).multinomial(n, counts / n, size=RESAMPLES)
    tables = np.concatenate([counts[None], drawn]).reshape(-1, len(answers), len(answers)) / n
    equal = np.trace(tables, axis1=1, axis2=2)
    chance = (tables.sum(axis=2) * tables.sum(axis=1)).sum(axis=1)
    kappa = np.divide(equal - chance, 1 - chance, out=np.full(len(equal), np.nan), where=chance < 1 - 1e-12)
    return Agreement(n, _figure(equal), _figure(kappa))


def rank_agreement(
    one: Mapping[Item, float], other: Mapping[Item, float], *, seed: int = SEED
) -> tuple[int, Figure | None]:
    """Return how many items both have ranked, and Kendall's tau-b over them: 1 same order, 0 unrelated, -1 reversed.

    The interval is a bootstrap over items; a pair of twice the same item says nothing and is left out.
    """
    shared = [item for item in one if item in other]
    n = len(shared)
    if n < 3:
        return n, None
    first, second = (_order_of_pairs(np.array([side[item] for item in shared])) for side in (one, other))
    weights = np.random.default_rng(seed).multinomial(n, np.full(n, 1 / n), size=RESAMPLES)
    drawn = np.concatenate([np.ones((1, n)), weights])

    def summed(matrix: Floats) -> Floats:
        return np.asarray(((drawn @ matrix) * drawn).sum(axis=1))

    size = np.sqrt(summed(first**2) * summed(second**2))
    tau = np.divide(summed(first * second), size, out=np.full(len(size), np.nan), where=size > 0)
    return n, _figure(tau)


def _order_of_pairs(strengths: Floats) -> Floats:
    """Return +1, -1 or 0 for each two items: which of them is the stronger."""
    return np.sign(strengths[:, None] - strengths[None, :])


def _figure(values: NDArray[np.float64]) -> Figure | None:
    """Return the first value with the interval of the others; None: it is not defined."""
    value, others = values[0], values[1:][np.isfinite(values[1:])]
    if not np.isfinite(value) or not len(others):
        return None
    low, high = np.quantile(others, [(1 - COVER) / 2, (1 + COVER) / 2])
    return Figure(float(value), float(min(low, value)), float(max(high, value)))
