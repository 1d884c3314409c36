"""Two answers to the same prompt: which pairs are real, which is shown next, and on which side each stands."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from random import Random

from workbench.records import Comparison, Generation, Trial, Vote

FINISHED = "stop"  # by the model itself; an answer cut at the token limit is half an answer
Numbers = frozenset[int]  # of the two generations


@dataclass(frozen=True, slots=True)
class Entry:
    """An answer that takes part in votes."""

    contender: int
    answer: Generation


@dataclass(frozen=True, slots=True)
class Pair:
    """Two answers to one prompt, in one repeat: asked alike, with the same seed."""

    prompt: int
    left: Entry
    right: Entry

    @property
    def numbers(self) -> Numbers:
        """The numbers of the two answers, whatever the sides."""
        return frozenset((self.left.answer.id, self.right.answer.id))

    @property
    def contenders(self) -> frozenset[int]:
        """The places of the two models."""
        return frozenset((self.left.contender, self.right.contender))


@dataclass(frozen=True, slots=True)
class Pairs:
    """The pairs of a comparison, and how many were left out for which reason."""

    real: tuple[Pair, ...]
    unfinished: int = 0  # one of the two was cut off, stopped or failed
    identical: int = 0
    same_model: int = 0  # one and the same weights under two names

    @property
    def left_out(self) -> int:
        """How many pairs do not enter any ranking."""
        return self.unfinished + self.identical + self.same_model


def pairs_of(trials: Sequence[Trial]) -> Pairs:
    """Return every pair of answers to the same prompt in the same repeat, sorted into real ones and others."""
    groups: dict[tuple[int, int], list[Entry]] = {}
    for trial in trials:
        if not trial.warm_up and trial.generation is not None and trial.generation.finish:
            groups.setdefault((trial.prompt, trial.repeat), []).append(Entry(trial.contender, trial.generation))
    real: list[Pair] = []
    out: Counter[str] = Counter()
    for (prompt, _), entries in sorted(groups.items(), key=lambda item: item[0]):
        for left, right in combinations(sorted(entries, key=lambda entry: entry.contender), 2):
            if reason := _not_real(left, right):
                out[reason] += 1
            else:
                real.append(Pair(prompt, left, right))
    return Pairs(tuple(real), out["unfinished"], out["identical"], out["same_model"])


def next_pair(pairs: Sequence[Pair], votes: Sequence[Vote], seed: int) -> Pair | None:
    """Return the pair to show next, its sides drawn by lot; None: every one has a vote.

    The two models that have met least come next, so that the ranking is joined up early; prompt and repeat are drawn.
    """
    seen = {frozenset((vote.left_id, vote.right_id)) for vote in votes}
    left = [pair for pair in pairs if pair.numbers not in seen]
    if not left:
        return None
    met = Counter(pair.contenders for pair in pairs if pair.numbers in seen)
    fewest = min(met[pair.contenders] for pair in left)
    random = Random(seed)
    pair = random.choice([pair for pair in left if met[pair.contenders] == fewest])
    return pair if random.random() < 0.5 else Pair(pair.prompt, pair.right, pair.left)


def in_turn(pairs: Sequence[Pair], done: Sequence[Vote], first: Sequence[Vote], seed: int = 0) -> list[Pair]:
    """Return the pairs that a judge has still to see: those that `first` has voted on, then the rest by lot."""
    seen = {frozenset((vote.left_id, vote.right_id)) for vote in done}
    wanted = {frozenset((vote.left_id, vote.right_id)) for vote in first}
    open_ = [pair for pair in pairs if pair.numbers not in seen]
    Random(seed).shuffle(open_)
    return sorted(open_, key=lambda pair: pair.numbers not in wanted)


def owners(trials: Sequence[Trial]) -> Mapping[int, int]:
    """Return which contender gave which answer: generation number -> place."""
    return {trial.generation.id: trial.contender for trial in trials if trial.generation is not None}


def same_weights(one: Generation, other: Generation) -> bool:
    """Tell whether the same model wrote both: the same files, or on servers, where there is no hash, the same name."""
    if one.model_sha256 and other.model_sha256:
        return (one.model_sha256, one.adapter_sha256) == (other.model_sha256, other.adapter_sha256)
    return (one.model, one.adapter) == (other.model, other.adapter)


def question(comparison: Comparison, pair: Pair) -> str:
    """Return what both were asked, as the voter reads it."""
    messages = comparison.prompts[pair.prompt].messages
    return "\n".join(message["content"] for message in messages if message["role"] != "system")


def _not_real(left: Entry, right: Entry) -> str:
    if left.contender == right.contender or same_weights(left.answer, right.answer):
        return "same_model"
    if any(entry.answer.finish != FINISHED for entry in (left, right)):
        return "unfinished"
    return "identical" if _said(left) == _said(right) else ""


def _said(entry: Entry) -> str:
    return " ".join(entry.answer.text.split())
