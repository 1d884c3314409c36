"""From votes as the store keeps them to comparisons, shared answers and position bias."""

from collections.abc import Collection, Sequence

import numpy as np

from workbench.lab.agreement import Agreement, agreement
from workbench.lab.bradley_terry import Comparison
from workbench.records import Outcome, Vote

SHARE = {Outcome.LEFT: 1.0, Outcome.RIGHT: 0.0, Outcome.TIE: 0.5, Outcome.BOTH_BAD: 0.5}  # a skip is no vote
FLIPPED = {Outcome.LEFT: Outcome.RIGHT, Outcome.RIGHT: Outcome.LEFT}


def comparisons(votes: Sequence[Vote], among: Collection[int]) -> list[Comparison[int]]:
    """Return the votes on pairs of these items as comparisons."""
    here = set(among)
    return [
        (vote.left_id, vote.right_id, SHARE[vote.outcome])
        for vote in votes if vote.outcome in SHARE and vote.left_id in here and vote.right_id in here
    ]  # fmt: skip


def pairs_of(votes: Sequence[Vote]) -> list[tuple[int, int]]:
    """Return the pairs the votes are on, skipped ones too."""
    return [(vote.left_id, vote.right_id) for vote in votes]


def vote_agreement(one: Sequence[Vote], other: Sequence[Vote]) -> Agreement:
    """Return how far two judges agree on the pairs both have compared, the newest vote of each; a tie is an answer.

    The sides are the first judge's: they were drawn by lot, so that "left" means nothing by itself.
    """
    theirs = {frozenset((vote.left_id, vote.right_id)): vote for vote in other if vote.outcome in SHARE}
    answers = {}
    for vote in one:
        pair = frozenset((vote.left_id, vote.right_id))
        if vote.outcome in SHARE and pair in theirs:
            answers[pair] = (_answer(vote, vote.left_id), _answer(theirs[pair], vote.left_id))
    return agreement(list(answers.values()))


def _answer(vote: Vote, left_id: int) -> Outcome:
    """Return the outcome as seen with this item on the left; both bad says the same as a tie."""
    outcome = Outcome.TIE if vote.outcome is Outcome.BOTH_BAD else vote.outcome
    return outcome if vote.left_id == left_id else FLIPPED.get(outcome, outcome)


def position_bias(votes: Sequence[Vote]) -> tuple[int, float | None]:
    """Return how many times one side was preferred, and the share of the side shown first: 0.5 is no bias.

    A model says so in each of the two orders, a person once, of the sides that the lot drew. None: nothing to go by.
    """
    first: list[bool] = []
    for vote in votes:
        if vote.p_first is not None and vote.p_second is not None:
            first += [vote.p_first > 0.5, vote.p_second < 0.5]
        elif vote.outcome in FLIPPED:
            first.append(vote.outcome is Outcome.LEFT)
    return len(first), float(np.mean(first)) if first else None
