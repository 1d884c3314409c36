"""What can be counted of both adapters' answers, topic by topic, with the interval of the difference."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from workbench.assist.difference import words
from workbench.assist.guards import guard
from workbench.assist.prompts import idea_line
from workbench.assist.reading import split_line
from workbench.bench import heldout
from workbench.bench.quality import figures, ideas
from workbench.records import Comparison, Generation
from workbench.store import Store

SEED = 1
# figure -> is more of it better; None: neither, it is said only
BRAINSTORM = {"valid": True, "different": True, "topic_retrieval": True, "repeated_across_topics": False, "words": None}
REFINE = {"unchanged": False, "lost_facts": False, "drift": False, "words": None}


def side_by_side(store: Store, comparison: Comparison, task: str, library: Path) -> list[dict]:
    """Return a row for each figure: old, new, the mean difference with its 95 % interval, and whether it is worse.

    Worse means that the whole interval lies on the bad side.
    """
    sides = [_by_prompt(store, comparison, place) for place in (0, 1)]
    measure: Callable = _brainstorm(comparison, library) if task == "brainstorm" else _refine(comparison, library)
    old, new = (measure(side) for side in sides)
    better = BRAINSTORM if task == "brainstorm" else REFINE
    return [_row(name, old[name], new[name], better[name]) for name in better]


def _by_prompt(store: Store, comparison: Comparison, place: int) -> list[list[str]]:
    """Return the answers of one contender, prompt by prompt."""
    found: list[list[str]] = [[] for _ in comparison.prompts]
    for trial in store.trials(comparison.id):
        answer: Generation | None = trial.generation
        if trial.contender == place and not trial.warm_up and answer is not None:
            found[trial.prompt].append(answer.text.strip())
    return found


def _brainstorm(comparison: Comparison, library: Path) -> Callable:
    on = ideas.ground(heldout.trained_on(library), None, SEED)
    topics = [prompt.title for prompt in comparison.prompts]

    def measure(said: list[list[str]]) -> dict:
        return ideas.measure(list(zip(topics, said, strict=True)), on) | {"words": _lengths(said)}

    return measure


def _refine(comparison: Comparison, library: Path) -> Callable:
    before = [row["idea"] for row in heldout.rows(library, "refine", len(comparison.prompts))]

    def measure(said: list[list[str]]) -> dict:
        looked = [
            [guard(idea, idea_line(*split_line(text))) for text in texts]
            for idea, texts in zip(before, said, strict=True)
        ]

        def share(of: Callable) -> np.ndarray:
            return np.array([np.mean([float(of(each)) for each in row]) for row in looked])

        return {
            "unchanged": share(lambda found: found.unchanged),
            "lost_facts": share(lambda found: bool(found.lost)),
            "drift": share(lambda found: found.drift),
            "words": _lengths(said),
        }

    return measure


def _lengths(said: list[list[str]]) -> np.ndarray:
    return np.array([np.mean([len(words(text)) for text in texts]) for texts in said])


def _row(name: str, old: np.ndarray, new: np.ndarray, more_is_better: bool | None) -> dict:
    change = figures.over_topics(new - old, SEED)
    low, high = change.interval or (0.0, 0.0)
    worse = more_is_better is not None and (high < 0 if more_is_better else low > 0)
    return {
        "figure": name, "old": round(figures.mean(old) or 0.0, 4), "new": round(figures.mean(new) or 0.0, 4),
        "change": round(float(change.value or 0.0), 4), "interval": [round(low, 4), round(high, 4)], "worse": worse,
    }  # fmt: skip
