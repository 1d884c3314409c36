"""Refine: what a rewrite keeps, and whether a goal that can be counted is met."""

from collections.abc import Callable, Sequence

import numpy as np

from finetune.reporting.pooling import Counts, pooled
from workbench.assist.difference import words
from workbench.assist.facts import facts, lost_facts
from workbench.assist.guards import guard
from workbench.bench.heldout import Row
from workbench.bench.quality.answers import Answers
from workbench.bench.quality.figures import Figure

Tell = Callable[[str], None]
COUNTED = ("shorter", "measurable")  # goals that can be counted; few held-out rows have them
ANY = 40  # other held-out ideas that they are asked of


def measure(answers: Answers, rows: Sequence[Row], *, seed: int, tell: Tell) -> tuple[dict[str, Figure], list[str]]:
    """Return the figures of refining each row's idea toward its goal, as the app asks it, and the rewrites."""

    def rewritten(words: str, rows: Sequence[Row]) -> list[str]:
        texts = []
        for number, row in enumerate(rows):
            tell(f"{words}: {number + 1} of {len(rows)}")
            texts.append(answers.rewrite(row["topic"], row["idea"], row["goal"], seed + number))
        return texts

    mine = rewritten("rewrites", rows)
    ends = {
        "written": [row["refined"] for row in rows],
        "shuffled": [rows[(number + 1) % len(rows)]["refined"] for number in range(len(rows))],  # of another row
    }
    found, at_ends = figures(rows, mine), {name: figures(rows, texts) for name, texts in ends.items()}
    measured = {
        key: pooled(counts, seed, {name: of[key] for name, of in at_ends.items()}) for key, counts in found.items()
    }
    for goal in COUNTED:
        more = asked_of_any(rows, goal)
        key = f"refine_{goal}"
        measured[f"{key}_all"] = pooled(figures(more, rewritten(f"rewrites toward {goal}", more))[key], seed)
    return measured, mine


def asked_of_any(rows: Sequence[Row], goal: str) -> list[Row]:
    """Return some of the ideas with this goal in place of their own; those with a number are measurable already."""
    found = [row | {"goal": goal} for row in rows if row["goal"] != goal]
    return [row for row in found if goal != "measurable" or not has_number(row["idea"])][:ANY]


def figures(rows: Sequence[Row], texts: Sequence[str]) -> dict[str, Counts]:
    """Return for each figure a row each rewrite that counts for it: how many, of how many."""
    both = list(zip(rows, texts, strict=True))
    guards = [guard(row["idea"], text) for row, text in both]
    return {
        "refine_facts_kept": np.array([facts_kept(row["idea"], text) for row, text in both]),
        "refine_shorter": _hits([shorter(row["idea"], text) for row, text in both if row["goal"] == "shorter"]),
        "refine_measurable": _hits([has_number(text) for row, text in both if row["goal"] == "measurable"]),
        "refine_same_idea": _hits([not one.drifted for one in guards]),
        "refine_noop": _hits([one.unchanged for one in guards]),
    }


def facts_kept(before: str, after: str) -> tuple[int, int]:
    """Return how many of the idea's names and numbers the rewrite has, and how many there are."""
    there = len(facts(before))
    return there - len(lost_facts(before, after)), there


def shorter(before: str, after: str) -> bool:
    """Say whether the rewrite has fewer words, and has some."""
    return 0 < len(words(after)) < len(words(before))


def has_number(text: str) -> bool:
    """Say whether there is a number in the text, in digits or words."""
    return bool(facts(text.lower()))  # without capitals there are no names


def _hits(hits: Sequence[bool]) -> Counts:
    return np.array([[hit, 1] for hit in hits]).reshape(-1, 2)
