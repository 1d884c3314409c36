"""Brainstorm: ideas with lenses and without, measured beside their controls."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from workbench.bench.heldout import Topic
from workbench.bench.quality import ideas
from workbench.bench.quality.answers import Answers
from workbench.bench.quality.figures import Figure, mean, over_topics
from workbench.bench.quality.ideas import Ground, Group
from workbench.engine.interface import BALANCED, FOCUSED, Sampling

GREEDY = replace(FOCUSED, temperature=0.0)
PAIRED = ("pairwise_similarity", "vendi", "topic_retrieval")  # with lenses and without, topic by topic


def measure(
    answers: Answers, topics: Sequence[Topic], on: Ground, *, n: int, tell: Callable[[str], None]
) -> tuple[dict[str, Figure], list[Group]]:
    """Return the figures of brainstorming `n` ideas on each topic, and the ideas of the page's default."""

    def ask(words: str, sampling: Sampling, *, plain: bool = False) -> list[Group]:
        groups: list[Group] = []
        for index, topic in enumerate(topics):
            tell(f"{words}: topic {index + 1} of {len(topics)}")
            seeded = replace(sampling, seed=on.seed + index * n)
            groups.append((topic.topic, answers.ideas(topic.topic, n, seeded, plain=plain)))
        return groups

    lenses = ask("ideas with lenses", BALANCED)
    plain = ask("ideas without lenses", BALANCED, plain=True)
    narrow = {
        "lenses_focused": ask("ideas with lenses, focused", FOCUSED),
        "plain_focused": ask("ideas without lenses, focused", FOCUSED, plain=True),
        "lenses_greedy": ask("ideas with lenses, likeliest words", GREEDY),
    }
    tell("counting")
    return _figures(lenses, plain, narrow, topics, on), lenses


def _figures(
    lenses: list[Group], plain: list[Group], narrow: dict[str, list[Group]], topics: Sequence[Topic], on: Ground
) -> dict[str, Figure]:
    written = [(topic.topic, topic.written) for topic in topics if topic.written]
    controls = {
        "nothing": ideas.nothing(lenses), "random": ideas.drawn(lenses, on.body, on.seed),
        "shuffled": ideas.shuffled(lenses, on.seed),
    } | ({"written": written} if written else {})  # fmt: skip
    mine, free = ideas.measure(lenses, on), ideas.measure(plain, on)
    theirs = {name: ideas.measure(groups, on) for name, groups in controls.items()}
    found = {key: over_topics(mine[key], on.seed, {name: of[key] for name, of in theirs.items()}) for key in mine}
    found["different_lenses"] = found.pop("different")
    found["different_plain"] = over_topics(free["different"], on.seed)
    found["different_gain"] = over_topics(mine["different"] - free["different"], on.seed)
    for key in (key for key in mine if key.startswith(PAIRED)):
        found[f"{key}_plain"] = over_topics(free[key], on.seed)
        found[f"{key}_gain"] = over_topics(mine[key] - free[key], on.seed)
    few = {name: ideas.different(groups) for name, groups in narrow.items()}
    found |= {f"different_{name}": over_topics(values, on.seed) for name, values in few.items()}
    found["different_gain_focused"] = over_topics(few["lenses_focused"] - few["plain_focused"], on.seed)
    found["repeated_from_library"] = Figure(
        mean(ideas.from_library(lenses, on)),
        {name: mean(ideas.from_library(groups, on)) for name, groups in controls.items()},
    )
    return found
