"""What a rewrite may not do unseen: change nothing, lose a name or a number, grow much, leave the idea behind.

Each guard compares two idea lines (`Title — sentence`) by their words. They warn; they forbid nothing.

The bounds come from the 1,760 written pairs of data/ideas/refine.jsonl.gz:
- drift above 0.8, four in five content words gone: 2.5 % of the pairs (3.0 % of the 135 held out), against 98 % of
  ideas paired with another idea's rewrite, and 92 % with the rewrite of an idea on the most similar topic (AUC 0.998
  and 0.991). ROUGE-1 tells them apart less well (0.943), as it counts the little words.
- longer: more than 70 words, and twice as many as before; no written rewrite is, while one of 13 words usually grows
  to 55. Where "shorter" was asked any growth counts: 7 of the 150 such pairs grew by a word or two.
A look takes well under a millisecond.
"""

from dataclasses import dataclass

from workbench.assist.difference import content_words, words
from workbench.assist.facts import lost_facts

__all__ = ["Guards", "drift", "guard", "length_ratio", "lost_facts", "unchanged"]
DRIFTED = 0.8  # drift above this
LONG = 70  # words
GREW = 2.0  # times as many words


@dataclass(frozen=True, slots=True)
class Guards:
    """What was noticed about one rewrite."""

    unchanged: bool
    lost: tuple[str, ...]  # names and numbers, as the old text writes them
    length_ratio: float  # words after over words before
    longer: bool  # it grew more than a rewrite should
    drift: float  # 0 is the same idea, 1 another one

    @property
    def drifted(self) -> bool:
        """True when so little of the idea is left that it reads like another one."""
        return self.drift > DRIFTED

    @property
    def quiet(self) -> bool:
        """True when there is nothing to say."""
        return not (self.unchanged or self.lost or self.longer or self.drifted)


def guard(before: str, after: str, goal: str = "") -> Guards:
    """Return what there is to notice about a rewrite toward a goal."""
    ratio = length_ratio(before, after)
    longer = ratio > 1 if goal == "shorter" else ratio > GREW and len(words(after)) > LONG
    return Guards(unchanged(before, after), lost_facts(before, after), ratio, longer, drift(before, after))


def unchanged(before: str, after: str) -> bool:
    """True when both have the same words in the same order; case, punctuation and spaces count for nothing."""
    return words(before) == words(after)


def length_ratio(before: str, after: str) -> float:
    """Return how many times as many words the rewrite has."""
    return len(words(after)) / max(1, len(words(before)))


def drift(before: str, after: str) -> float:
    """Return the share of the idea's content words that are gone, 0-1; 0 for an idea without any."""
    old = content_words(before)
    return len(old - content_words(after)) / len(old) if old else 0.0
