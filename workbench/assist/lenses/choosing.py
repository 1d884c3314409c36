"""Which lenses a brainstorm takes when the person picked none, or picked a kind."""

from collections.abc import Sequence
from random import Random

from workbench.assist.lenses.catalogue import BUILT_IN, WORST, Lens

# The kinds of the default spread: those with labels that the shipped adapter was trained on.
SPREAD = ("scamper", "persona", "constraint", "analogy", "spark", "audience", "flip")
SAYING_ALL = tuple(lens for lens in BUILT_IN if lens.label != WORST)


def spread(n: int, seed: int, personas: Sequence[str] = (), *, worst: bool = False) -> list[str]:
    """Return `n` labels of as many different kinds as there are, free ones first: the default of a brainstorm.

    Two of eight stay free; the others take turns through the kinds, a different lens each time. `personas` are those
    that fit the topic, taken before all others. With `worst`, flips ask the model for the worst idea first.
    """
    random = Random(seed)
    free = max(1, n // 4)
    turns = list(SPREAD)
    random.shuffle(turns)
    decks = {kind: of_kind(kind, n, random.randrange(2**31), SAYING_ALL) for kind in turns}
    if worst:
        decks["flip"] = [WORST]
    decks["persona"] = list(dict.fromkeys([*personas, *decks["persona"]]))
    picked = []
    for i in range(n - free):
        labels = decks[turns[i % len(turns)]]
        picked.append(labels[i // len(turns) % len(labels)])
    return [""] * free + picked


def of_kind(kind: str, n: int, seed: int, lenses: Sequence[Lens] = BUILT_IN) -> list[str]:
    """Return up to `n` labels of one kind in random order; SCAMPER and the hats in their own, `flip` itself first."""
    labels = [lens.label for lens in lenses if lens.kind == kind]
    if kind not in ("scamper", "hat"):
        Random(seed).shuffle(labels)
    labels.sort(key=lambda label: label != WORST)
    return labels[:n]


def in_turn(kind: str, n: int, seed: int, lenses: Sequence[Lens] = BUILT_IN) -> list[str]:
    """Return the labels that `n` ideas through a kind take in turn: flips all ask for a worst idea of their own."""
    return [WORST] if kind == "flip" else of_kind(kind, n, seed, lenses)
