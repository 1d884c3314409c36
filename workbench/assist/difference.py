"""How different ideas are: the figures behind "really different: 12 of 16"."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

SAME = 0.458  # ROUGE-1 F1 above which two ideas say the same
WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?")
# Function words only: what is left carries the topic.
_FUNCTION_WORDS = """
    a about after all also an and any are as at be because been before being but by can could did do does each every
    for from get had has have he her here him his how i if in instead into is it its just keep let make many me
    might more most my no not of off on once one only or our out over own people she should so some such than that
    the their them then there these they this those through to too under until up us use using very was way we were
    what when where which while who why will with without would you your
"""
STOP_WORDS = frozenset(_FUNCTION_WORDS.split())


def words(text: str) -> list[str]:
    """Return the lower-case words of a text."""
    return WORD.findall(text.lower().replace("’", "'"))


def content_words(text: str) -> set[str]:
    """Return the words that carry meaning, cut to six letters so that plain inflections meet."""
    return {word[:6] for word in words(text) if word not in STOP_WORDS and len(word) > 2}


def rouge1(a: str, b: str) -> float:
    """Return the F1 of shared unigrams, 0-1 (Lin 2004, ROUGE-1)."""
    left, right = Counter(words(a)), Counter(words(b))
    shared = sum((left & right).values())
    total = sum(left.values()) + sum(right.values())
    return 2 * shared / total if total else 0.0


def clusters(ideas: Sequence[str], same: float = SAME) -> list[list[int]]:
    """Return indices grouped greedily: each idea joins the first group whose first idea says the same."""
    groups: list[list[int]] = []
    for index, idea in enumerate(ideas):
        home = next((group for group in groups if rouge1(ideas[group[0]], idea) > same), None)
        if home is None:
            groups.append([index])
        else:
            home.append(index)
    return groups


def really_different(ideas: Iterable[str]) -> int:
    """Return how many of the ideas are not repeats of an earlier one."""
    return len(clusters(list(ideas)))
