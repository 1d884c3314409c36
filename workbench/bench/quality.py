"""How good the ideas are on held-out topics, as far as counting can tell, beside ideas that people wrote."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from statistics import mean

from workbench.assist import Desk, on_topic, really_different, valid_form
from workbench.bench.heldout import Topic
from workbench.engine.interface import BALANCED

N = 8


@dataclass(frozen=True, slots=True)
class Quality:
    """Figures over all topics. Per cent, but for `really_different`: a mean number of 8."""

    topics: int
    form_valid: float
    really_different: float
    on_topic: float
    on_topic_by_chance: float  # the same ideas held against the next topic


def measure(groups: Sequence[tuple[str, Sequence[str]]]) -> Quality:
    """Return the figures of (topic, idea lines) pairs."""
    lines = [(topic, line) for topic, ideas in groups for line in ideas]
    others = [groups[(index + 1) % len(groups)][0] for index, (_, ideas) in enumerate(groups) for _ in ideas]
    return Quality(
        topics=len(groups),
        form_valid=_per_cent([valid_form(line) for _, line in lines]),
        really_different=round(mean(really_different(ideas) for _, ideas in groups), 2),
        on_topic=_per_cent([on_topic(topic, line) for topic, line in lines]),
        on_topic_by_chance=_per_cent([on_topic(other, line) for other, (_, line) in zip(others, lines, strict=True)]),
    )


def of_model(desk: Desk, topics: Sequence[Topic]) -> dict[str, object]:
    """Brainstorm eight ideas on each topic, as the page does, and return the figures with the written ideas' beside."""
    groups = []
    for seed, topic in enumerate(topics):
        view = desk.brainstorm(topic.topic, n=N, sampling=replace(BALANCED, seed=seed * N)).wait()
        groups.append((topic.topic, [item.text.strip() for item in view.items]))
    return {
        "model": asdict(measure(groups)),
        "written": asdict(measure([(topic.topic, topic.written) for topic in topics])),
        "examples": [{"topic": topic, "ideas": ideas} for topic, ideas in groups[:2]],
    }


def _per_cent(hits: Sequence[bool]) -> float:
    return round(100 * sum(hits) / len(hits), 1) if hits else 0.0
