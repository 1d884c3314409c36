"""Stimuli: ideas from elsewhere that set a sequence off, from near topics or from far ones."""

from collections.abc import Sequence
from enum import StrEnum
from random import Random

from workbench.records import LibraryIdea
from workbench.store import Library

LOOKED_AT = 24  # nearest written ideas: what counts as near, and whose domains far ones keep out of


class Stimulus(StrEnum):
    """Where a stimulus comes from."""

    NONE = "none"
    NEAR = "near"  # a topic that shares words with the question
    FAR = "far"  # a domain that none of the nearest ideas is of


BEST = Stimulus.NONE


def nearby(library: Library, topic: str) -> list[LibraryIdea]:
    """Return the nearest written ideas on other topics than this very one."""
    return [idea for idea in library.search(topic, LOOKED_AT) if not _same(idea.topic, topic)]


def stimuli(library: Library, topic: str, where: Stimulus, n: int, seed: int) -> list[LibraryIdea]:
    """Return `n` written ideas, or fewer where the library has no more; an idea on the very topic is no stimulus."""
    if where is Stimulus.NONE:
        return []
    near = nearby(library, topic)
    if where is Stimulus.FAR:
        return library.elsewhere({idea.domain for idea in near}, n, seed)
    return _in_turn(near, n, Random(seed))


def _same(one: str, other: str) -> bool:
    return one.casefold().split() == other.casefold().split()


def _in_turn(ideas: Sequence[LibraryIdea], n: int, random: Random) -> list[LibraryIdea]:
    """Return `n` of the ideas in random order, each once before any a second time."""
    found: list[LibraryIdea] = []
    while ideas and len(found) < n:
        found += random.sample(ideas, min(len(ideas), n - len(found)))
    return found
