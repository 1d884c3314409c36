"""Strengths from duels: the Bradley-Terry model (Bradley & Terry 1952), fitted for many sets of votes at once.

The share of the win that goes to the left item is expected to be sigmoid(strength left - strength right). A tie is
half a win for each, as in Elo's ratings: Davidson's model of ties (1970) gives the same order unless the tie rate
differs much from pair to pair, and needs a parameter more. Prior: each item also had `PRIOR` of a drawn duel with an
average one. So an item that never lost stays finite, parts that never met can be compared, and swapping all wins and
losses turns the ranking exactly round.

choix (the package for this) has neither ties nor weights and fits one set of votes at a time; the intervals need 500.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Item = TypeVar("Item", bound=Hashable)
Comparison = tuple[Item, Item, float]  # left, right, the left one's share of the win: 1, 0.5 or 0
Floats = NDArray[np.float64]

PRIOR = 0.5  # duels. Intervals covered best with it among 0.25, 0.5 and 1 (docs/ranking.md)
MOST_STEPS = 200


@dataclass(frozen=True, slots=True)
class Votes:
    """Votes as arrays over the items that have any."""

    left: NDArray[np.intp]
    right: NDArray[np.intp]
    share: Floats
    order: NDArray[np.intp]  # the ends of all votes, sorted by item ...
    starts: NDArray[np.intp]  # ... and where each item's begin

    @property
    def items(self) -> int:
        """How many items there are."""
        return len(self.starts)

    def per_item(self, of_left: Floats, of_right: Floats) -> Floats:
        """Sum what each vote gives its two items; any number of vote sets in front."""
        ends = np.concatenate([of_left, of_right], axis=-1)
        return np.add.reduceat(ends[..., self.order], self.starts, axis=-1)


def arrays(comparisons: Sequence[Comparison[Item]], items: Sequence[Item]) -> Votes:
    """Return the comparisons as arrays; each item must have one at least."""
    place = {item: index for index, item in enumerate(items)}
    left = np.array([place[each[0]] for each in comparisons], dtype=np.intp)
    right = np.array([place[each[1]] for each in comparisons], dtype=np.intp)
    ends = np.concatenate([left, right])
    order = np.argsort(ends, kind="stable")
    starts = np.searchsorted(ends[order], np.arange(len(items)))
    return Votes(left, right, np.array([each[2] for each in comparisons], dtype=np.float64), order, starts)


def sigmoid(x: Floats) -> Floats:
    """Return the logistic function, without overflow."""
    return np.asarray(0.5 * (1 + np.tanh(x / 2)))


def information(votes: Votes, strengths: Floats) -> Floats:
    """Return the information matrix (items x items) of one set of strengths, the prior's part included."""
    p = sigmoid(strengths[votes.left] - strengths[votes.right])
    weight = p * (1 - p)
    matrix = np.zeros((votes.items, votes.items))
    np.add.at(matrix, (votes.left, votes.right), -weight)
    matrix += matrix.T
    own = sigmoid(strengths)
    matrix[np.diag_indices(votes.items)] += votes.per_item(weight, weight) + PRIOR * own * (1 - own)
    return matrix


def fit(votes: Votes, shares: Floats | None = None, start: Floats | None = None, tolerance: float = 1e-8) -> Floats:
    """Return the strengths of greatest posterior density, natural log scale, the mean of each set 0.

    Args:
        shares: sets of outcomes (sets x votes) instead of the votes' own; the result then is (sets x items).
        start: strengths to begin with; near the answer it takes few steps.
        tolerance: the largest step, in log strength, that counts as none.
    """
    start = np.zeros(votes.items) if start is None else start
    outcomes = votes.share[None] if shares is None else shares
    found = _climb(votes, outcomes, start, tolerance)
    found -= found.mean(axis=1, keepdims=True)
    return np.asarray(found[0] if shares is None else found)


def _climb(votes: Votes, shares: Floats, start: Floats, tolerance: float) -> Floats:
    """Conjugate gradients on the log posterior, all sets side by side, scaled by the information at `start`.

    The posterior is strictly concave, so there is one top; a Newton step along each direction finds how far to go.
    """
    known = information(votes, start)
    # Many sets share the cost of an inverse and save steps by it; for one, the diagonal does and is quicker.
    scale = np.asarray(np.linalg.inv(known) if len(shares) > 1 else np.diag(1 / np.diagonal(known)))
    at = np.tile(start, (len(shares), 1))
    slope, p, own = _slope(votes, shares, at)
    scaled = slope @ scale
    way = scaled
    for _ in range(MOST_STEPS):
        along = way[:, votes.left] - way[:, votes.right]
        curve = (p * (1 - p) * along**2).sum(1) + PRIOR * (own * (1 - own) * way**2).sum(1)
        far = (slope * way).sum(1) / np.maximum(curve, 1e-12)
        # No further than 2 at once: where it is flat, the curvature here says nothing of there.
        step = np.minimum(far, 2 / np.maximum(np.abs(way).max(1), 1e-12))[:, None] * way
        at += step
        if np.abs(step).max() < tolerance:
            break
        before, old = (slope * scaled).sum(1), scaled
        slope, p, own = _slope(votes, shares, at)
        scaled = slope @ scale
        again = (slope * (scaled - old)).sum(1) / np.maximum(before, 1e-300)  # Polak-Ribière, begun anew below 0
        way = scaled + np.maximum(again, 0)[:, None] * way
        uphill = (slope * way).sum(1) > 0
        way = np.where(uphill[:, None], way, scaled)
    return at


def _slope(votes: Votes, shares: Floats, at: Floats) -> tuple[Floats, Floats, Floats]:
    """Return the gradient, the expected share of each vote, and that of each item against an average one."""
    p = sigmoid(at[:, votes.left] - at[:, votes.right])
    own = sigmoid(at)
    surprise = shares - p
    return votes.per_item(surprise, -surprise) + PRIOR * (0.5 - own), p, own


def redraw(votes: Votes, strengths: Floats, sets: int, random: np.random.Generator) -> Floats:
    """Return `sets` of outcomes for the same duels, drawn from the fitted ranking, ties as often as in the votes.

    A parametric bootstrap (Efron & Tibshirani 1993, 6.5). Drawing from the votes themselves makes intervals too short
    here: each pair has a vote or two, and an item that won its few duels wins them in every such sample.
    """
    # Two votes more than there are: a few ties and nothing else do not make it certain that all is equal.
    ties = float((votes.share == 0.5).sum() / (len(votes.share) + 2))
    p = sigmoid(strengths[votes.left] - strengths[votes.right])
    decided = np.clip((p - ties / 2) / max(1 - ties, 1e-9), 0, 1)
    drawn = (random.random((sets, len(p))) < decided).astype(np.float64)
    return np.where(random.random((sets, len(p))) < ties, 0.5, drawn)
