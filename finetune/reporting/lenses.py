"""Does an idea show its lens: by a word of it, or by being nearer to it than to nine others of its kind?"""

from collections.abc import Iterator, Sequence
from random import Random

import numpy as np

from finetune.reporting.material import VALUED, Material, kind_of, value_of
from finetune.reporting.pooling import Counts, pooled
from workbench.assist.difference import content_words
from workbench.bench import metrics
from workbench.bench.quality.figures import Figure
from workbench.bench.quality.ideas import Group, Vectors

OTHERS = 9
Case = tuple[int, str, str, list[str]]  # topic's place, idea, its lens's value, nine others


def by_word(idea: str, value: str) -> bool:
    """Say whether a content word of the lens, or one of its stem, is in the idea."""
    return bool(content_words(value) & content_words(idea))


def measure(groups: Sequence[Group], material: Material, embed: Vectors | None, seed: int) -> dict[str, Figure]:
    """Return the share of ideas that show their lens, of those whose lens is a word or a role."""
    kinds = {"": groups, "written": material.written, "shuffled": material.moved_on}
    found = {name: _counts(list(_cases(those, material, seed)), len(groups), embed) for name, those in kinds.items()}
    return {
        key: pooled(found[""][key], seed, {name: of[key] for name, of in found.items() if name})
        for key in found[""]
    }  # fmt: skip


def _cases(groups: Sequence[Group], material: Material, seed: int) -> Iterator[Case]:
    random = Random(seed)
    for place, ((_, ideas), asked) in enumerate(zip(groups, material.topics, strict=True)):
        for number, idea in enumerate(ideas):
            kind, value = kind_of(asked.lens(number)), value_of(asked.lens(number))
            if kind in VALUED:
                pool = [other for other in material.values[kind] if other != value]
                yield place, idea, value, random.sample(pool, min(OTHERS, len(pool)))


def _counts(cases: Sequence[Case], topics: int, embed: Vectors | None) -> dict[str, Counts]:
    shown = {"lens_by_word": [by_word(idea, value) for _, idea, value, _ in cases]}
    if embed:
        near = [_nearest(idea, value, others, embed) for _, idea, value, others in cases]
        both = zip(shown["lens_by_word"], near, strict=True)
        shown |= {"lens_nearest": near, "lens_obeyed": [word or nearest for word, nearest in both]}
    tables = {}
    for key, hits in shown.items():
        tables[key] = np.zeros((topics, 2))
        for (place, *_), hit in zip(cases, hits, strict=True):
            tables[key][place] += (hit, 1)
    return tables


def _nearest(idea: str, value: str, others: Sequence[str], embed: Vectors) -> bool:
    rows = embed([idea, value, *others])
    return bool(metrics.nearest_first(metrics.cosine(rows[:1], rows[1:]))[0] > 0.5)
