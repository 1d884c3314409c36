"""Simulated voters with a known order."""

import math
from collections.abc import Mapping, Sequence
from random import Random

Votes = list[tuple[int, int, float]]


def simulate(
    strengths: Mapping[int, float], pairs: Sequence[tuple[int, int]], random: Random, ties: float = 0
) -> Votes:
    """Let the left one win with the probability that the Bradley-Terry model gives it."""
    votes: Votes = []
    for left, right in pairs:
        p = 1 / (1 + math.exp(strengths[right] - strengths[left]))
        votes.append((left, right, 0.5 if random.random() < ties else float(random.random() < p)))
    return votes
