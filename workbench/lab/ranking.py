"""A ranking from votes: each item's chance against an average one, with an interval, and the places it may have."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic

import numpy as np

from workbench.lab.bradley_terry import Comparison, Floats, Item, arrays, fit, redraw, sigmoid
from workbench.lab.pairing import components

RESAMPLES, FEWEST = 500, 200
AT_ONCE = 50_000  # strengths drawn: above 100 items fewer samples, so that a page with 500 stays quick
# The middle 93 % of the samples: in simulations that holds the true strength in 90 % of cases (docs/ranking.md).
TAIL = 0.035
SEED = 4


@dataclass(frozen=True, slots=True)
class Standing(Generic[Item]):
    """Where one item stands."""

    item: Item
    rank: int  # 1 is the best
    best_rank: int  # 90 % interval
    worst_rank: int
    score: float  # chance to win against an average item, 0-1
    low: float  # 90 % interval
    high: float
    strength: float  # natural log scale, mean 0
    duels: int
    wins: float  # a tie is half a win


@dataclass(frozen=True, slots=True)
class Ranking(Generic[Item]):
    """Every item that has been in a duel, the strongest first."""

    standings: tuple[Standing[Item], ...]
    duels: int
    ties: int
    parts: int  # groups of items that no chain of duels joins; the order between two groups is a guess

    def standing(self, item: Item) -> Standing[Item] | None:
        """Return where the item stands; None: it has not been in a duel."""
        return next((each for each in self.standings if each.item == item), None)

    @property
    def strengths(self) -> dict[Item, float]:
        """The log strength of each item."""
        return {each.item: each.strength for each in self.standings}


def rank(
    comparisons: Sequence[Comparison[Item]], *, resamples: int | None = None, seed: int = SEED
) -> Ranking[Item]:  # fmt: skip
    """Rank the items of the comparisons; no comparison gives an empty ranking. The same votes give the same result.

    `resamples`: how many sets of votes are drawn for the intervals; None: 500, fewer above 100 items.
    """
    items = list(dict.fromkeys(end for left, right, _ in comparisons for end in (left, right)))
    if not items:
        return Ranking((), 0, 0, 0)
    resamples = resamples or max(FEWEST, min(RESAMPLES, AT_ONCE // len(items)))
    votes = arrays(comparisons, items)
    strengths = fit(votes)
    random = np.random.default_rng(seed)
    # 0.01 in log strength is a quarter of a point of 100: far inside the interval.
    drawn = fit(votes, redraw(votes, strengths, resamples, random), strengths, tolerance=0.01)
    low, high = np.quantile(drawn, [TAIL, 1 - TAIL], axis=0)
    best, worst = _places(drawn)
    duels = votes.per_item(np.ones(len(votes.share)), np.ones(len(votes.share)))
    wins = votes.per_item(votes.share, 1 - votes.share)
    order = np.argsort(-strengths, kind="stable")
    standings = tuple(
        Standing(
            item=items[i], rank=place, best_rank=min(place, int(best[i])), worst_rank=max(place, int(worst[i])),
            score=_percent(strengths[i]), low=_percent(min(low[i], strengths[i])),
            high=_percent(max(high[i], strengths[i])), strength=float(strengths[i]),
            duels=int(duels[i]), wins=float(wins[i]),
        )
        for place, i in enumerate(order.tolist(), 1)
    )  # fmt: skip
    parts = len(components(items, [(left, right) for left, right, _ in comparisons]))
    return Ranking(standings, len(comparisons), int((votes.share == 0.5).sum()), parts)


def _places(drawn: Floats) -> tuple[Floats, Floats]:
    """Return the best and the worst place of each item over the samples, the outer tails left out."""
    places = np.argsort(np.argsort(-drawn, axis=1), axis=1) + 1
    low, high = np.quantile(places, [TAIL, 1 - TAIL], axis=0)
    return np.floor(low), np.ceil(high)


def _percent(strength: float) -> float:
    return float(sigmoid(np.array(strength)))
