"""What an idea can be refined toward: ready goals, an audience, a weakness that a judgement found."""

from workbench.assist.prompts import CHECKS
from workbench.records import Evaluation

GOALS = (
    "more specific", "easier to start", "cheaper", "bolder", "clearer", "shorter", "measurable", "safer",
)  # fmt: skip
FIX = "fix: "
PASSED = 0.6  # P(yes) from which a check holds; below it fails or is unsure
# What it means that one of the eight checks fails, as the goals that the refine adapter was trained on say it.
FAILURES = dict(
    zip(
        CHECKS,
        (
            "most people would think of it first",
            "nothing in it is unexpected",
            "it could not be started within a month with ordinary means",
            "something obvious stands in its way",
            "it does not address the topic",
            "it would hardly help even if it worked",
            "it does not say who does what",
            "there is too little detail to act on",
        ),
        strict=True,
    )
)


def for_audience(audience: str) -> str:
    """Return the goal of writing for these people."""
    people = " ".join(audience.split()).rstrip(".")
    return people if people.lower().startswith("for ") or not people else f"for {people}"


def fix(weakness: str) -> str:
    """Return the goal of mending a weakness."""
    line = " ".join(weakness.split()).rstrip(".").removeprefix(FIX)
    first = line.split(" ", 1)[0]
    shouted = first == "I" or first[1:] != first[1:].lower()  # AI, PTA: no sentence start made these capital
    return f"{FIX}{line if shouted else line[:1].lower() + line[1:]}" if line else ""


def failure(check: str) -> str:
    """Return what it means that a check fails, in words; of the person's own checks their words."""
    return FAILURES.get(check) or f"this does not hold: {check.rstrip('.')}"


def weaknesses(evaluation: Evaluation) -> list[str]:
    """Return what a judgement found wanting: its risk first, then checks that failed or are unsure, the worst first."""
    unsure = evaluation.unsure or (False,) * len(evaluation.checks)
    wanting = [
        (p, check.text)
        for p, doubt, check in zip(evaluation.checks, unsure, evaluation.rubric.checks, strict=False)
        if doubt or p < PASSED
    ]
    found = [failure(text) for _, text in sorted(wanting)]
    return [evaluation.risk, *found] if evaluation.risk.strip() else found
