"""Votes: which of two is the better."""

from dataclasses import dataclass
from enum import StrEnum


class VoteKind(StrEnum):
    """What was compared."""

    IDEA = "idea"
    ANSWER = "answer"


class Judge(StrEnum):
    """Who compared."""

    PERSON = "person"
    MODEL = "model"


class Outcome(StrEnum):
    """What a judge said of two."""

    LEFT = "left"
    RIGHT = "right"
    TIE = "tie"
    BOTH_BAD = "both_bad"
    SKIP = "skip"  # not a vote: this pair is not asked again


@dataclass(frozen=True, slots=True, kw_only=True)
class NewVote:
    """A vote to write down: which of two is the better."""

    left_id: int  # of an idea or a generation, as `kind` says; shown on the left, or first
    right_id: int
    outcome: Outcome
    order_seed: int  # drew the sides
    judge: Judge = Judge.PERSON
    judge_name: str = ""
    judge_sha256: str = ""  # of the model's weights
    kind: VoteKind = VoteKind.IDEA
    board_id: int | None = None
    p_first: float | None = None  # a model's P(left is better) with left shown first
    p_second: float | None = None  # ... and with left shown second
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vote(NewVote):
    """A vote as it is kept, with the wordings that were compared."""

    id: int
    left_revision_id: int | None = None
    right_revision_id: int | None = None
    created: str = ""
