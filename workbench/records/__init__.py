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
from workbench.records.comparing import (
    Comparison,
    ComparisonJob,
    ComparisonKind,
    Contender,
    JobKind,
    JobState,
    NewComparison,
    Prompt,
    PromptSet,
    Trial,
)
from workbench.records.feedback import ME, Feedback, Forgotten, Said, Thumb
from workbench.records.judging import Check, CheckLabel, Evaluation, Measured, Rubric, Ways
from workbench.records.registry import Binding, Kind, RegisteredModel, Switch
from workbench.records.votes import Judge, NewVote, Outcome, Vote, VoteKind

__all__ = [
    "ME", "Batch", "Binding", "Board", "Check", "CheckLabel", "Comparison", "ComparisonJob", "ComparisonKind",
    "Contender", "Decision", "Dimension", "Evaluation", "Feedback", "Forgotten", "Generation", "Idea", "JobKind",
    "JobState", "Judge", "Kind", "LibraryIdea", "Measured", "NewComparison", "NewVote", "Origin", "Outcome",
    "OwnLens", "Prompt", "PromptSet", "RegisteredModel", "Review", "Revision", "Rubric", "Said", "Status", "Switch",
    "Thumb", "Trial", "Value", "Vote", "VoteKind", "Ways", "Wording",
]  # fmt: skip
