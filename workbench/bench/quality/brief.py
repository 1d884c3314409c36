"""The few figures of quality that `make bench` prints: ideas only, eight on each topic."""

from collections.abc import Sequence
from dataclasses import replace

from workbench.bench.heldout import Topic
from workbench.bench.quality import ideas
from workbench.bench.quality.answers import Answers
from workbench.bench.quality.figures import mean
from workbench.bench.quality.ideas import Ground, Group
from workbench.engine.interface import BALANCED

N = 8


def measure(answers: Answers, topics: Sequence[Topic], on: Ground) -> dict[str, object]:
    """Brainstorm eight ideas on each topic, as the page does, and return the figures with the written ideas' beside."""
    groups: list[Group] = [
        (topic.topic, answers.ideas(topic.topic, N, replace(BALANCED, seed=index * N)))
        for index, topic in enumerate(topics)
    ]
    written = [(topic.topic, topic.written) for topic in topics]
    return {
        "topics": len(topics),
        "model": _figures(groups, on),
        "written": _figures(written, on),
        "examples": [{"topic": topic, "ideas": list(said)} for topic, said in groups[:2]],
    }


def _figures(groups: Sequence[Group], on: Ground) -> dict[str, float]:
    measured = ideas.measure(groups, on)
    return {key: round(mean(measured[key]) or 0.0, 4) for key in ("valid", "different", "topic_retrieval")}
