"""Words: which are no English, and what was learned by heart."""

from collections.abc import Iterable, Sequence
from functools import cache

import numpy as np

from finetune.reporting.pooling import Counts
from workbench.assist.difference import words
from workbench.bench.quality.ideas import Group

COMMON = 50_000  # words; people use rarer ones too, by and by
EVERY = 10_000_000  # more than there are
RUN = 8  # words in a row that make a copy


@cache
def english(count: int = COMMON) -> frozenset[str]:
    """Return the commonest English words of wordfreq's list of 320,000 (Speer, 2022; data CC BY-SA 4.0)."""
    from wordfreq import top_n_list

    return frozenset(top_n_list("en", count))


def made_up(topic: str, idea: str, known: frozenset[str]) -> list[str]:
    """Return the words of an idea that neither the list nor the topic has; what has a digit in it is no word."""
    given = set(words(topic))
    return [word for word in _plain(idea) if word not in known and word not in given]


def made_up_counts(groups: Sequence[Group], known: frozenset[str]) -> Counts:
    """Return for each topic how many made-up words its ideas have, of how many words."""
    return np.array([
        [sum(len(made_up(topic, idea, known)) for idea in ideas), sum(len(_plain(idea)) for idea in ideas)]
        for topic, ideas in groups
    ])  # fmt: skip


def runs(texts: Iterable[str], length: int = RUN) -> frozenset[str]:
    """Return every run of so many words in the texts."""
    return frozenset(run for text in texts for run in _runs(text, length))


def copied_counts(groups: Sequence[Group], known: frozenset[str], length: int = RUN) -> Counts:
    """Return for each topic how many ideas have a run of words that is known, of how many ideas."""

    def copies(idea: str) -> bool:
        return any(run in known for run in _runs(idea, length))

    return np.array([[sum(map(copies, ideas)), len(ideas)] for _, ideas in groups])


def _plain(text: str) -> list[str]:
    bare = (word.removesuffix("'s") for word in words(text))
    return [word for word in bare if word and not any(letter.isdigit() for letter in word)]


def _runs(text: str, length: int) -> list[str]:
    found = words(text)
    return [" ".join(found[at : at + length]) for at in range(len(found) - length + 1)]
