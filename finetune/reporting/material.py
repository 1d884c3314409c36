"""What starters are measured on: the held-out part of the idea set, and the two ends each figure stands between."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from finetune import ideas
from workbench.assist import idea_line
from workbench.bench.heldout import Row, Topic
from workbench.bench.quality.ideas import Group
from workbench.errors import InputError

VALUED = ("persona", "spark", "analogy", "audience")  # kinds of lenses whose word or role an idea can show


@dataclass(frozen=True)
class Asked:
    """A held-out topic and the lens of each idea that was written for it."""

    topic: Topic
    lenses: tuple[str, ...]

    def lens(self, place: int) -> str:
        """Return the lens of the idea at this place; there may be more ideas than lenses."""
        return self.lenses[place % len(self.lenses)]


@dataclass(frozen=True)
class Material:
    """The held-out topics and rows, and what was trained on."""

    topics: list[Asked]
    heldout: list[Asked]  # all of them, however few are asked: what is dealt comes from here
    refine: list[Row]
    evaluate: list[Row]
    body: list[Topic]  # trained on
    values: dict[str, list[str]]  # kind of lens -> all its held-out values

    @property
    def written(self) -> list[Group]:
        """The upper end: what people wrote for the topics."""
        return [(asked.topic.topic, asked.topic.written) for asked in self.topics]

    @property
    def dealt(self) -> list[Group]:
        """The lower end: the same ideas, each dealt to another topic."""
        groups = []
        for place, asked in enumerate(self.topics):
            written = [other.topic.written for other in self.others(place)]
            lines = [written[n % len(written)] for n in range(len(asked.lenses))]
            groups.append((asked.topic.topic, [line[n % len(line)] for n, line in enumerate(lines)]))
        return groups

    @property
    def moved_on(self) -> list[Group]:
        """The lower end for lenses: each written idea under the lens before its own, on its own topic."""
        return [(topic, [*lines[1:], *lines[:1]]) for topic, lines in self.written]

    def others(self, place: int) -> list[Asked]:
        """Return the other held-out topics, from the one after this one on."""
        return [*self.heldout[place + 1 :], *self.heldout[:place]]


def read(folder: Path, topics: int | None = None, rows: int | None = None) -> Material:
    """Return the held-out part of the idea set, at most so many topics and rows of each part. Raises InputError."""
    train, heldout = ideas.split(ideas.read(folder))
    if len(heldout["brainstorm"]) < 2:
        raise InputError(f"Fewer than two topics of {folder} are held out: there is nothing to report on.")
    asked = [_asked(row) for row in heldout["brainstorm"]]
    values: dict[str, dict[str, None]] = defaultdict(dict)  # in order, each once
    for lens in (lens for one in asked for lens in one.lenses):
        values[kind_of(lens)][value_of(lens)] = None
    return Material(
        asked[:topics], asked, heldout["refine"][:rows], heldout["evaluate"][:rows],
        [_asked(row).topic for row in train["brainstorm"]],
        {kind: list(values[kind]) for kind in VALUED},
    )  # fmt: skip


def kind_of(lens: str) -> str:
    """Return the kind of a lens: `persona` of `persona: nurse`."""
    return lens.partition(":")[0].strip()


def value_of(lens: str) -> str:
    """Return the word or role of a lens: `nurse` of `persona: nurse`; "" where it has none."""
    return lens.partition(":")[2].strip()


def spread_over(material: Material, count: int) -> list[int]:
    """Return the places of `count` topics, evenly from the first to the last."""
    count = min(count, len(material.topics))
    return [number * len(material.topics) // count for number in range(count)]


def _asked(row: Row) -> Asked:
    lines: Sequence[str] = [idea_line(idea["title"], idea["text"]) for idea in row["ideas"]]
    return Asked(Topic(row["topic"], tuple(lines)), tuple(idea["lens"] for idea in row["ideas"]))
