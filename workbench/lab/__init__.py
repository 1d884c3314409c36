"""Ranking by duels: strengths with intervals, the next pair to ask about, agreement of two judges.

Items are any hashables: ideas of a board, or models in a comparison.
"""

from workbench.lab.agreement import LEAST_KAPPA, LEAST_N, Agreement, Figure, agreement, rank_agreement
from workbench.lab.board import BoardVotes, read
from workbench.lab.bradley_terry import Comparison, Item
from workbench.lab.pairing import components, next_pair, schedule, settles_at
from workbench.lab.ranking import Ranking, Standing, rank
from workbench.lab.voting import comparisons, position_bias, vote_agreement

__all__ = [
    "LEAST_KAPPA", "LEAST_N", "Agreement", "BoardVotes", "Comparison", "Figure", "Item", "Ranking", "Standing",
    "agreement", "comparisons", "components", "next_pair", "position_bias", "rank", "rank_agreement", "read",
    "schedule", "settles_at", "vote_agreement",
]  # fmt: skip
