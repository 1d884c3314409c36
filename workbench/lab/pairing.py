"""Which two items to compare: the most informative pair next for a person, a fixed schedule for a model."""

from collections import Counter
from collections.abc import Collection, Sequence
from itertools import combinations, pairwise
from random import Random
from typing import Generic

import numpy as np

from workbench.lab.bradley_terry import PRIOR, Comparison, Floats, Item, arrays, fit, information, sigmoid

EACH = 6  # duels of each item in a schedule
Pair = tuple[Item, Item]


def next_pair(
    items: Sequence[Item], comparisons: Sequence[Comparison[Item]], *, not_again: Collection[Pair[Item]] = (),
    seed: int = 0,
) -> Pair[Item] | None:  # fmt: skip
    """Return the pair whose duel says most about the ranking, its sides drawn by lot; None: every pair was asked.

    The gain is p(1-p)s²: the variance of the outcome times that of the difference in strength (Laplace approximation;
    the first term of the expected information of Glickman & Jensen 2005). What has had no duel is least known and so
    comes first, then what no chain of duels joins yet. `not_again`: pairs to leave out beside those compared.
    """
    if len(items) < 2:
        return None
    place: dict[Item, int] = {item: index for index, item in enumerate(items)}
    gain = _gain(items, [each for each in comparisons if each[0] in place and each[1] in place])
    for left, right in (*((left, right) for left, right, _ in comparisons), *not_again):
        if left in place and right in place:
            gain[place[left], place[right]] = gain[place[right], place[left]] = -1
    np.fill_diagonal(gain, -1)
    if gain.max() < 0:
        return None
    random = np.random.default_rng(seed)
    # The same gain is common (all that is new): among equals the lot decides, not the order of the list. Each pair
    # stands twice in the matrix, so the lot decides the sides too.
    best = np.flatnonzero(gain >= gain.max() - 1e-9)
    row, column = divmod(int(random.choice(best)), len(items))
    return items[row], items[column]


def _gain(items: Sequence[Item], comparisons: Sequence[Comparison[Item]]) -> Floats:
    """Return p(1-p)s² of every pair."""
    seen = list(dict.fromkeys(end for left, right, _ in comparisons for end in (left, right)))
    place = {item: index for index, item in enumerate(items)}
    strengths = np.zeros(len(items))
    covariance = np.diag(np.full(len(items), 4 / PRIOR))  # of what has had no duel: all that the prior says
    if seen:
        votes = arrays(comparisons, seen)
        at = np.array([place[item] for item in seen])
        strengths[at] = fit(votes, tolerance=1e-3)
        # Single precision is plenty for choosing, and twice as quick on a board of hundreds.
        covariance[np.ix_(at, at)] = np.linalg.inv(information(votes, strengths[at]).astype(np.float32))
    own = np.diag(covariance)
    p = sigmoid(strengths[:, None] - strengths[None, :])
    return np.asarray(p * (1 - p) * (own[:, None] + own[None, :] - 2 * covariance))


def schedule(
    items: Sequence[Item], done: Collection[Pair[Item]] = (), *, first: Sequence[Pair[Item]] = (), each: int = EACH,
    seed: int = 0,
) -> list[Pair[Item]]:  # fmt: skip
    """Return the pairs still to be asked, so that each item has `each` duels and a chain of duels joins all.

    `first` are pairs to ask before all others, such as those the person has decided.
    """
    plan = _Plan(items, done)
    for pair in first:
        plan.ask(pair)
    random = Random(seed)
    everything = list(combinations(items, 2)) if len(items) <= each + 1 else []
    random.shuffle(everything)
    for pair in everything:
        plan.ask(pair)
    if not everything:
        plan.rings(each, random)
    return plan.chosen


class _Plan(Generic[Item]):
    """A schedule in the making."""

    def __init__(self, items: Sequence[Item], done: Collection[Pair[Item]]):
        self.items, self.done = items, done
        self.here = set(items)
        self.chosen: list[Pair[Item]] = []
        self.asked = {frozenset(pair) for pair in done}
        self.count = dict.fromkeys(items, 0) | Counter(end for pair in self.asked for end in pair)

    def ask(self, pair: Pair[Item]) -> None:
        """Add a pair of two of the items, once."""
        ends = frozenset(pair)
        if len(ends) == 2 and ends not in self.asked and ends <= self.here:
            self.asked.add(ends)
            self.chosen.append(pair)
            for end in pair:
                self.count[end] += 1

    def rings(self, each: int, random: Random) -> None:
        """Add random rings: each goes round all items, so that one joins everything and gives each item two duels."""
        for _ in range(4 * each):  # half of `each` fill an empty board; more where many pairs have been asked
            ring = random.sample(list(self.items), len(self.items))
            for pair in pairwise([*ring, ring[0]]):
                if min(self.count[end] for end in pair) < each:
                    self.ask(pair)
            if min(self.count[item] for item in self.items) >= each:
                break
        for one, other in pairwise(components(self.items, [*self.done, *self.chosen])):
            self.ask((one[0], other[0]))


def components(items: Sequence[Item], pairs: Collection[Pair[Item]]) -> list[list[Item]]:
    """Return the items in groups that chains of pairs join."""
    root = {item: item for item in items}

    def find(item: Item) -> Item:
        while root[item] != item:
            root[item] = root[root[item]]
            item = root[item]
        return item

    for left, right in pairs:
        if left in root and right in root:
            root[find(left)] = find(right)
    groups: dict[Item, list[Item]] = {}
    for item in items:
        groups.setdefault(find(item), []).append(item)
    return list(groups.values())


def settles_at(items: int) -> int:
    """Return after about how many duels of a person the order of so many items hardly changes any more.

    Measured by simulation (docs/ranking.md); never more than there are pairs.
    """
    return min(items * (items - 1) // 2, 3 * items)
