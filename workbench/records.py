"""The product's records, as the store gives them: frozen, plain, no behaviour. Times are UTC ISO strings."""

from dataclasses import dataclass, field
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
class Generation:
    """One completion of one model call, logged from the moment it is asked for."""

    id: int
    job_id: str
    task: str
    messages: list[dict[str, str]]
    model: str
    model_sha256: str
    adapter: str | None
    adapter_sha256: str | None
    sampling: dict[str, object]
    seed: int
    board_id: int | None = None
    idea_id: int | None = None
    lens: str = ""
    text: str = ""
    prompt_tokens: int = 0
    tokens: int = 0
    first_token_s: float | None = None
    seconds: float | None = None
    finish: str | None = None  # None while running; interrupted: the app was killed meanwhile
    label: str | None = None  # kept | dropped
    error: str | None = None
    created: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """One change of a rewrite, and what the person decided about it."""

    part: str  # title | body
    old: str
    new: str
    accepted: bool | None = None  # None: undecided


@dataclass(frozen=True, slots=True)
class Review:
    """Every change of a rewrite (a generation) against one wording of its idea."""

    generation_id: int
    revision_id: int
    changes: tuple[Decision, ...]
    updated: str


Ways = tuple[tuple[tuple[float | None, ...], ...], ...]  # P(yes) by check, wording, order; None: not asked yet


@dataclass(frozen=True, slots=True)
class Check:
    """A statement about an idea that is answered yes or no."""

    text: str
    dimension: str  # novelty | workability | relevance | specificity
    question: str = ""  # the same as a question; empty: asked by the statement


@dataclass(frozen=True, slots=True)
class Rubric:
    """Checks that ideas are judged by."""

    id: int | None  # None: built in, or from a file
    name: str
    checks: tuple[Check, ...]


@dataclass(frozen=True, slots=True)
class CheckLabel:
    """The person's own answer to a check, with the model's to the same wording of the idea."""

    board_id: int
    idea_id: int
    revision_id: int
    check: str  # its text
    dimension: str
    answer: bool
    created: str
    p: float | None = None  # the model's newest P(yes); None: it was not asked
    unsure: bool = False  # its wordings disagreed, or it is near the middle
    model: str = ""


@dataclass(frozen=True, slots=True)
class Measured:
    """What asking a model the checks of a rubric gave. Of each check one entry, in the rubric's order."""

    checks: tuple[float, ...]  # P(yes), all ways of asking together
    scores: dict[str, float] = field(default_factory=dict)  # dimension -> 1-5
    intervals: dict[str, tuple[float, float]] = field(default_factory=dict)  # dimension -> low, high; 1-5
    unsure: tuple[bool, ...] = ()
    yes: Ways = ()  # as measured
    free: Ways = ()  # the same for ideas that say nothing; empty: not measured


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A model's judgement of one revision of an idea."""

    id: int
    idea_id: int
    revision_id: int | None
    rubric: Rubric
    checks: tuple[float, ...]
    scores: dict[str, float] = field(default_factory=dict)
    intervals: dict[str, tuple[float, float]] = field(default_factory=dict)
    unsure: tuple[bool, ...] = ()
    yes: Ways = ()
    free: Ways = ()
    strength: str = ""
    risk: str = ""
    next_step: str = ""
    model: str = ""
    adapter: str | None = None
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
