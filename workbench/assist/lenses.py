"""Lenses: the ways of looking that steer side-by-side sequences apart. They are data, in lenses.json."""

import json
from dataclasses import dataclass
from pathlib import Path
from random import Random


@dataclass(frozen=True, slots=True)
class Lens:
    """A way of looking at a topic. `label` is what prompts carry; the free lens has an empty one."""

    kind: str  # free | scamper | persona | constraint | analogy | spark | audience | flip
    label: str
    name: str  # for people
    instruction: str  # for people: what it asks


LENSES = tuple(Lens(**row) for row in json.loads(Path(__file__).with_name("lenses.json").read_text(encoding="utf-8")))
GOALS = (
    "more specific", "easier to start", "cheaper", "bolder", "clearer", "shorter", "measurable", "safer",
)  # fmt: skip


def lens_name(label: str) -> str:
    """Return a lens label in words for people; a person's own lens reads as it was written."""
    return next((lens.name for lens in LENSES if lens.label == label), label)


def spread(n: int, seed: int) -> list[str]:
    """Return `n` labels of as many different kinds as there are, free ones first: the default of a brainstorm.

    Two of eight stay free; the others take turns through the kinds, a different lens each time.
    """
    random = Random(seed)
    kinds: dict[str, list[str]] = {}
    for lens in LENSES:
        kinds.setdefault(lens.kind, []).append(lens.label)
    for labels in kinds.values():
        random.shuffle(labels)
    free = max(1, n // 4)
    turns = [kind for kind in kinds if kind != "free"]
    random.shuffle(turns)
    picked = []
    for i in range(n - free):
        labels = kinds[turns[i % len(turns)]]
        picked.append(labels[i // len(turns) % len(labels)])
    return [""] * free + picked
