"""Brainstorm: ideas asked as the app asks them, under the lenses of the held-out rows, and all that counts of them."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from finetune.reporting import lenses, wording
from finetune.reporting.material import Material
from finetune.reporting.pooling import pooled
from workbench.bench.quality import ideas
from workbench.bench.quality.answers import Answers
from workbench.bench.quality.figures import Figure, over_topics
from workbench.bench.quality.ideas import Ground, Group
from workbench.engine.interface import BALANCED

Tell = Callable[[str], None]
BY_TOPIC = {  # key here -> key of workbench.bench.quality.ideas
    "valid": "valid", "different": "different", "topic_nearest": "topic_retrieval_embedded",
    "topic_nearest_words": "topic_retrieval", "pairwise_cosine": "pairwise_similarity_embedded",
}  # fmt: skip
BY_MEANING = ("topic_nearest", "pairwise_cosine", "lens_nearest", "lens_obeyed")  # not measured without embeddings


def ask(
    answers: Answers, material: Material, n: int, seed: int, tell: Tell, places: Sequence[int] | None = None
) -> list[Group]:
    """Return `n` ideas on each topic, or on those at `places`: at the page's setting, lens i for idea i in turn."""
    groups: list[Group] = []
    for place in range(len(material.topics)) if places is None else places:
        asked = material.topics[place]
        tell(f"ideas: topic {place + 1} of {len(material.topics)}")
        drawn = replace(BALANCED, seed=seed + place * n)
        said = answers.ideas(asked.topic.topic, n, drawn, lenses=[asked.lens(number) for number in range(n)])
        groups.append((asked.topic.topic, said))
    return groups


def measure(groups: Sequence[Group], material: Material, on: Ground) -> dict[str, Figure]:
    """Return the figures of the ideas beside those of the written ones and of written ones dealt to other topics."""
    kinds = {"": groups, "written": material.written, "shuffled": material.dealt}
    by_topic = {name: ideas.measure(those, on) for name, those in kinds.items()}
    found = {
        key: over_topics(by_topic[""][theirs], on.seed, {name: of[theirs] for name, of in by_topic.items() if name})
        for key, theirs in BY_TOPIC.items() if theirs in by_topic[""]
    }  # fmt: skip
    common, every = wording.english(), wording.english(wording.EVERY)
    learned = wording.runs(line for topic in on.body for line in topic.written)
    counts = {
        "made_up_words": {name: wording.made_up_counts(those, common) for name, those in kinds.items()},
        "made_up_words_of_all": {name: wording.made_up_counts(those, every) for name, those in kinds.items()},
        "copied": {name: wording.copied_counts(those, learned) for name, those in kinds.items()},
    }
    for key, tables in counts.items():
        found[key] = pooled(tables.pop(""), on.seed, tables)
    found |= lenses.measure(groups, material, on.embed, on.seed)
    return dict.fromkeys(BY_MEANING, Figure(None)) | found


def examples(groups: Sequence[Group], known: frozenset[str], most: int = 40) -> list[str]:
    """Return some of the made-up words, for a look."""
    found = (word for topic, said in groups for idea in said for word in wording.made_up(topic, idea, known))
    return list(dict.fromkeys(found))[:most]
