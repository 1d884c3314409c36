"""Is there enough to train on? How many rows, on how many topics, and an honest sentence."""

from dataclasses import dataclass

from workbench.lab.sets.building import DataSet

# The least with which a run is worth its time, and from where on an effect can be expected to show. With 100 held-out
# pairs a win rate of one half has a 95 % interval of 40 to 60 %: a set of less than 100 cannot even be told from
# chance. "Plenty" is 1,000: LIMA (Zhou et al. 2023) aligned a 65B model on that many answers, picked by hand.
LEAST, PLENTY = 100, 1000
LEAST_TOPICS = 5  # rows on one topic go into one split: fewer leave nothing to hold out that is new
NOUNS = {"sft": ("answer", " to learn from"), "kto": ("answer", " with a verdict"), "dpo": ("preference", "")}
LEAST_SIDE = 0.1  # of KTO's rows, that are wanted, and that are not


@dataclass(frozen=True, slots=True)
class Enough:
    """Whether a set is enough to train on."""

    kind: str
    n: int
    topics: int
    enough: bool
    words: str


def enough(data: DataSet) -> Enough:
    """Return whether there is enough of a set, and say so."""
    n, topics = len(data.rows), data.topics
    have = f"{_counted(n, *NOUNS[data.kind])} on {_counted(topics, 'topic')}"
    if n < LEAST:
        words = f"Not enough: {have}; {LEAST} are the least, {LEAST - n} more are needed."
        return Enough(data.kind, n, topics, False, words)
    if topics < LEAST_TOPICS:
        words = f"Not enough: {have}; {LEAST_TOPICS} topics are the least, or nothing new is left to test on."
        return Enough(data.kind, n, topics, False, words)
    if data.kind == "kto" and (rare := _rarer(data)) < LEAST_SIDE * n:
        words = f"Not enough: {have}, but only {rare} on one side; {LEAST_SIDE:.0%} of each are the least."
        return Enough(data.kind, n, topics, False, words.replace("%", " %"))
    if n < PLENTY:
        return Enough(data.kind, n, topics, True, f"Enough to try: {have}. Expect a small change; test it blind.")
    return Enough(data.kind, n, topics, True, f"Plenty: {have}.")


def _counted(n: int, noun: str, more: str = "") -> str:
    return f"{n:,} {noun}{'s' * (n != 1)}{more}"


def _rarer(data: DataSet) -> int:
    wanted = sum(row["label"] is True for row in data.rows)
    return min(wanted, len(data.rows) - wanted)
