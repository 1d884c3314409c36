"""The product's records, as the store gives them: frozen, plain, no behaviour. Times are UTC ISO strings."""

from workbench.records.answers import Decision, Generation, Review
from workbench.records.boards import (
    Batch,
    Board,
    Dimension,
    Idea,
    LibraryIdea,
    Origin,
    OwnLens,
    Revision,
    Status,
    Value,
    Wording,
)
from workbench.records.judging import Check, CheckLabel, Evaluation, Measured, Rubric, Ways
from workbench.records.votes import Judge, NewVote, Outcome, Vote, VoteKind

__all__ = [
    "Batch", "Board", "Check", "CheckLabel", "Decision", "Dimension", "Evaluation", "Generation", "Idea",
    "Judge", "LibraryIdea", "Measured", "NewVote", "Origin", "Outcome", "OwnLens", "Review", "Revision",
    "Rubric", "Status", "Value", "Vote", "VoteKind", "Ways", "Wording",
]  # fmt: skip
