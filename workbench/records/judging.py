"""Checks, rubrics, what a model said to them and what the person said."""

from dataclasses import dataclass, field

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
    generation_id: int | None = None  # the model call that its words came from
