"""Which personas fit a topic: those whose knowledge shares its words, and those its nearest written ideas were for."""

from collections import Counter
from collections.abc import Iterable, Sequence
from math import log

from workbench.assist.difference import content_words
from workbench.assist.lenses.catalogue import PERSONAS
from workbench.records import LibraryIdea

NEARBY = 0.25  # what a word of a near library topic counts, against one of the topic itself
PERSONA = "persona: "
_KNOWS = {name: content_words(f"{name} {words}") for name, words in PERSONAS.items()}


def fitting(topic: str, near: Sequence[LibraryIdea] = (), own: Iterable[str] = (), n: int = 6) -> list[str]:
    """Return `n` persona labels, the best fit first, from the list, the person's own, and the near library ideas.

    A persona scores the TF-IDF weight of the content words that it shares with the topic, plus a part of that for
    words of the near topics; every second place goes to a persona that a near idea was written for.
    """
    knows = {label.removeprefix(PERSONA): content_words(label) for label in own} | _KNOWS
    spread = Counter(word for words in knows.values() for word in words)
    weights = dict.fromkeys(content_words(topic), 1.0)
    for word, count in Counter(word for idea in near for word in content_words(f"{idea.topic} {idea.domain}")).items():
        weights.setdefault(word, NEARBY * count / len(near))
    scores = {
        name: sum(weight * log(1 + len(knows) / spread[word]) for word, weight in weights.items() if word in words)
        for name, words in knows.items()
    }
    listed = [name for name in sorted(scores, key=lambda name: -scores[name]) if scores[name] > 0]
    written = [idea.lens.removeprefix(PERSONA) for idea in near if idea.lens.startswith(PERSONA)]
    mixed = [name for pair in zip(listed, written, strict=False) for name in pair]
    ordered = dict.fromkeys([*mixed, *listed, *written, *knows])
    return [f"{PERSONA}{name}" for name in ordered][:n]
