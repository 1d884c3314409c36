"""The order of asking: drawn by lot, one base in memory at a time, each base once in every repeat."""

from collections.abc import Sequence
from random import Random

from workbench.errors import InputError
from workbench.records import Contender, Prompt

MOST_ANSWERS = 5_000  # of one comparison; at one a second that is an hour and a half
Planned = tuple[int, int, int]  # places of prompt and contender, and the repeat


def order(prompts: Sequence[Prompt], contenders: Sequence[Contender], repeats: int, seed: int) -> list[Planned]:
    """Return every prompt x contender x repeat. Raises InputError for none and for too many.

    Repeat by repeat, so that a drift of the machine (heat, other work) falls on all alike. Within one the bases come in
    an order drawn anew, and on a base its adapters and prompts are mixed, as swapping an adapter costs nothing.
    """
    if not prompts or not contenders:
        raise InputError("A comparison needs one prompt and one model at least. Pick them and try again.")
    if not 1 <= repeats * len(prompts) * len(contenders) <= MOST_ANSWERS:
        raise InputError(
            f"{len(prompts)} prompts x {len(contenders)} models x {repeats} repeats are not between 1 and "
            f"{MOST_ANSWERS:,} answers. Take fewer."
        )
    random, planned = Random(seed), []
    bases = list(dict.fromkeys(contender.base for contender in contenders))
    for repeat in range(repeats):
        for base in random.sample(bases, len(bases)):
            mine = [place for place, contender in enumerate(contenders) if contender.base == base]
            block = [(prompt, contender, repeat) for prompt in range(len(prompts)) for contender in mine]
            planned += random.sample(block, len(block))
    return planned
