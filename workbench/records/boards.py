"""Boards and what lies on them: a question, its dimensions, ideas with every wording they had."""

from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """What the person decided about an idea."""

    NEW = "new"  # offered by a model or the library, not decided
    KEPT = "kept"
    DROPPED = "dropped"
    ARCHIVED = "archived"


class Origin(StrEnum):
    """Who wrote an idea first."""

    PERSON = "person"
    MODEL = "model"
    LIBRARY = "library"


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a dimension. Ideas remember the key, so that a new name keeps them in their cell."""

    key: int  # one of its own on the board
    name: str


@dataclass(frozen=True, slots=True)
class Dimension:
    """One way in which ideas for a board can differ, such as who it is for, with a few values."""

    name: str
    values: tuple[Value, ...]
    source: str = "person"  # person | model | words: proposed from the board's own words


@dataclass(frozen=True, slots=True)
class Board:
    """A question with its ideas."""

    id: int
    question: str
    context: str = ""
    constraints: str = ""
    created: str = ""
    archived: bool = False
    audience: str = ""
    dimensions: tuple[Dimension, ...] = ()
    earlier: tuple[str, ...] = ()  # questions that it asked before, the latest first
    rubric_id: int | None = None  # None: the built-in one


@dataclass(frozen=True, slots=True)
class Idea:
    """One idea; `title` and `body` are those of its current revision."""

    id: int
    board_id: int
    title: str
    body: str = ""
    parent_id: int | None = None
    status: Status = Status.KEPT
    origin: Origin = Origin.PERSON
    owner: str = ""
    lens: str = ""
    tags: tuple[str, ...] = ()
    generation_id: int | None = None  # the model call it came from
    library_id: str | None = None  # the library idea it came from
    revision_id: int | None = None
    created: str = ""
    updated: str = ""
    folded_into: int | None = None  # the idea that this one repeats
    cell: tuple[int, ...] = ()  # keys of the board's dimension values that it was written for
    stimulus: str = ""  # the idea from elsewhere that set it off
    second_parent_id: int | None = None  # the other idea, when it was combined of two


@dataclass(frozen=True, slots=True)
class Revision:
    """One wording of an idea. Append-only: undo and restore point the idea at another one."""

    id: int
    idea_id: int
    title: str
    body: str
    source: str  # person | refine | restore | ...
    goal: str = ""
    generation_id: int | None = None
    created: str = ""


@dataclass(frozen=True, slots=True)
class Wording:
    """What an idea says at present, for comparing a new one with."""

    id: int
    title: str
    body: str
    stands: bool  # on the board, and not folded under another
    revision_id: int
    updated: str


@dataclass(frozen=True, slots=True)
class Batch:
    """What one request to a model brought to a board."""

    ideas: int
    different: int  # of them, those that repeat nothing


@dataclass(frozen=True, slots=True)
class OwnLens:
    """A lens that the person wrote."""

    id: int
    kind: str
    label: str  # what prompts carry
    name: str
    instruction: str = ""
    example: str = ""


@dataclass(frozen=True, slots=True)
class LibraryIdea:
    """A written idea of the project's own idea set."""

    id: str
    domain: str
    topic: str
    lens: str
    title: str
    text: str
