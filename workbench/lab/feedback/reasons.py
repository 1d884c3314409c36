"""The reasons there are for a thumb, of each task its own list (reasons.json). The key is what is kept."""

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from workbench.records import Thumb

FILE = Path(__file__).with_name("reasons.json")
ANY = "any"  # the list for a task that has none of its own


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an answer is good or bad."""

    key: str
    words: str
    side: Thumb


@lru_cache(maxsize=32)
def reasons_for(task: str, first: Thumb | None = None) -> tuple[Reason, ...]:
    """Return the reasons that fit answers of a task, those of one side first."""
    lists = _lists()
    sides = lists.get(task, lists[ANY])
    order = sorted(Thumb, key=lambda side: side is not (first or Thumb.UP))
    return tuple(Reason(key, words, side) for side in order for key, words in sides[side].items())


def in_words(task: str, key: str) -> str:
    """Return a reason as people read it; one that is in no list any more as it was kept."""
    return next((reason.words for reason in reasons_for(task) if reason.key == key), key.replace("_", " "))


@lru_cache(maxsize=1)
def _lists() -> dict[str, dict[str, dict[str, str]]]:
    found: dict[str, dict[str, dict[str, str]]] = json.loads(FILE.read_text(encoding="utf-8"))
    return found
