"""How good ideas are as far as counting can tell: form, difference, nearness to their topic, repetition."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from random import Random
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.assist import SAME, really_different, valid_form
from workbench.assist.difference import content_words, words
from workbench.bench import metrics
from workbench.bench.heldout import Topic
from workbench.bench.texts import Tfidf, nearest_rouge1

TOPICS = 10  # in a retrieval: the idea's own and nine others
Group = tuple[str, Sequence[str]]  # a topic and the ideas said to be for it
Vectors = Callable[[Sequence[str]], NDArray[np.floating[Any]]]
Figures = dict[str, NDArray[np.float64]]  # one value a topic


@dataclass(frozen=True)
class Ground:
    """What ideas are held against."""

    body: Sequence[Topic]  # the idea set: TF-IDF weights come from it, and topics where there are fewer than ten
    tfidf: Tfidf
    embed: Vectors | None  # a sentence-embedding model, where there is one
    seed: int


def ground(body: Sequence[Topic], embed: Vectors | None, seed: int) -> Ground:
    """Return the ground that the written ideas make."""
    texts = [text for topic in body for text in (topic.topic, *topic.written)]
    return Ground(body, Tfidf(texts), embed, seed)


def measure(groups: Sequence[Group], on: Ground) -> Figures:
    """Return the figures of ideas, one value for each topic."""
    said = [[idea for idea in ideas if idea.strip()] for _, ideas in groups]
    found = {
        "valid": np.array([np.mean([valid_form(idea) for idea in ideas]) for _, ideas in groups]),
        "different": different(groups),
        "repeated_across_topics": _repeated(groups, groups),
    }
    spaces = {"": on.tfidf.vectors} | ({"_embedded": on.embed} if on.embed else {})
    for name, vectors in spaces.items():
        found |= {f"{key}{name}": values for key, values in _near(groups, said, vectors, on).items()}
    return found


def different(groups: Sequence[Group]) -> NDArray[np.float64]:
    """Return for each topic how many of its ideas are not repeats of an earlier one; an empty one is none."""
    return np.array([float(really_different([idea for idea in ideas if idea.strip()])) for _, ideas in groups])


def from_library(groups: Sequence[Group], on: Ground) -> NDArray[np.float64]:
    """Return for each topic the share of its ideas that say the same as a written idea for an unrelated topic."""
    return _repeated(groups, [(topic.topic, topic.written) for topic in on.body])


def nothing(groups: Sequence[Group]) -> list[Group]:
    """Return the do-nothing control: the topic itself, as many times as there are ideas."""
    return [(topic, [topic] * len(ideas)) for topic, ideas in groups]


def drawn(groups: Sequence[Group], body: Sequence[Topic], seed: int) -> list[Group]:
    """Return the random control: written ideas of other topics, dealt out at random, none twice while they last."""
    lines = [line for topic in body for line in topic.written]
    Random(seed).shuffle(lines)
    cards = cycle(lines)
    return [(topic, list(islice(cards, len(ideas)))) for topic, ideas in groups]


def shuffled(groups: Sequence[Group], seed: int) -> list[Group]:
    """Return the words of each topic's ideas dealt out anew, each idea as long as it was."""
    random = Random(seed)
    return [(topic, shuffled_lines(ideas, random)) for topic, ideas in groups]


def shuffled_lines(ideas: Sequence[str], random: Random) -> list[str]:
    """Return lines of the same lengths made of all the lines' words in random order."""
    pool = [word for idea in ideas for word in words(idea)]
    random.shuffle(pool)
    lengths = [len(words(idea)) for idea in ideas]
    ends = np.cumsum(lengths).tolist()
    return [" ".join(pool[end - length : end]) for length, end in zip(lengths, ends, strict=True)]


def _near(groups: Sequence[Group], said: Sequence[Sequence[str]], vectors: Vectors, on: Ground) -> Figures:
    """Return likeness within each topic's ideas, and how often an idea's own topic is the nearest of ten."""
    pairwise, vendi, retrieved = [], [], []
    random = Random(on.seed)
    names = list(dict.fromkeys([*(topic for topic, _ in groups), *(topic.topic for topic in on.body)]))
    pool = names[: max(len(groups), TOPICS)]
    for (topic, _), ideas in zip(groups, said, strict=True):
        others = random.sample([name for name in pool if name != topic], TOPICS - 1)
        rows = vectors([topic, *others, *ideas])
        similarity = metrics.cosine(rows[TOPICS:], rows[TOPICS:])
        pairwise.append(metrics.mean_pairwise(similarity))
        vendi.append(metrics.vendi(similarity))
        near = metrics.cosine(rows[TOPICS:], rows[:TOPICS])
        retrieved.append(float(metrics.nearest_first(near).mean()) if ideas else 0.0)
    return {
        "pairwise_similarity": np.array(pairwise, np.float64),  # None becomes nan
        "vendi": np.array(vendi),
        "topic_retrieval": np.array(retrieved),
    }


def _repeated(groups: Sequence[Group], others: Sequence[Group]) -> NDArray[np.float64]:
    """Return for each topic the share of its ideas that say the same as another's, of a topic without a shared word."""
    mine = [(index, idea) for index, (_, ideas) in enumerate(groups) for idea in ideas]
    theirs = [(index, idea) for index, (_, ideas) in enumerate(others) for idea in ideas]
    stems = [content_words(topic) for topic, _ in others]
    unrelated = np.array([[not content_words(topic) & stem for stem in stems] for topic, _ in groups])
    owners, rights = np.array([index for index, _ in mine]), np.array([index for index, _ in theirs])
    nearest = nearest_rouge1(
        [idea for _, idea in mine], [idea for _, idea in theirs], unrelated[np.ix_(owners, rights)]
    )
    return np.array([np.mean(nearest[owners == index] > SAME) for index in range(len(groups))])
