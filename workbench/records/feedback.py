"""What people say about a model's answers: a thumb, reasons, a comment, a better wording."""

from dataclasses import dataclass
from enum import StrEnum

ME = "me"  # who speaks when no name was given


class Thumb(StrEnum):
    """Up or down. It says what an answer is worth; keeping or dropping says what becomes of an idea."""

    UP = "up"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class Said:
    """What one person says about one answer; empty: nothing."""

    thumb: Thumb | None = None
    reasons: tuple[str, ...] = ()  # keys of workbench.lab.reasons
    comment: str = ""
    corrected: str = ""  # the answer as it should have been


@dataclass(frozen=True, slots=True)
class Feedback:
    """What one person said about one answer, with the answer and where it came from."""

    id: int
    generation_id: int
    person: str
    said: Said
    created: str
    updated: str
    task: str
    model: str
    model_sha256: str
    text: str  # the answer
    messages: str  # the prompt, as JSON
    idea_id: int | None = None  # the idea that the answer became, or is about
    revision_id: int | None = None  # its wording at the time
    board_id: int | None = None
    question: str = ""
    topic_group: str = ""
    adapter: str | None = None
    adapter_sha256: str | None = None
    prompts_version: int | None = None
    finish: str | None = None


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was deleted of a person, and what still holds it."""

    feedback: int
    votes: int
    ideas: int  # that carried the name; they stay, without it
    whole: bool  # the file holds none of it; False: another program kept it open
    copies: tuple[str, ...]  # files beside the database, made before updates, that may hold it still
