"""A change of several sentences, taken apart at their ends, so that each sentence can be decided on alone."""

from collections.abc import Sequence
from typing import NamedTuple

from workbench.assist.difference import content_words

ABBREVIATIONS = ("St", "Dr", "Mr", "Mrs", "Ms", "Prof", "vs", "approx", "e.g", "i.e")  # their dot ends no sentence
CLOSERS = frozenset("\"'”’»)]")
LEVEL = 0.01  # added to the likeness of two sentences, so that unlike ones still stand for each other


class Token(NamedTuple):
    """A word or a mark, with the space before it."""

    space: str
    text: str

    @property
    def ends_sentence(self) -> bool:
        """True for a full stop and its like."""
        return self.text[0] in ".!?…"


Run = list[Token]
Change = tuple[Run, Run]  # the old tokens and the new ones, alike where nothing changed


def split_at_sentences(runs: Sequence[Change]) -> list[Change]:
    """Return the runs with each change of several sentences as several changes, the old ones beside the new."""
    result: list[Change] = []
    given: Run = []  # the full stop that a change borrowed from the run after it
    for at, (old, new) in enumerate(runs):
        if old == new:
            result.append((old[len(given) :], new[len(given) :]))
            given = []
            continue
        following = runs[at + 1][0] if at + 1 < len(runs) else []
        given = following[:1] if _borrows(old, new, following) else []
        mid_sentence = at > 0 and not _whole(runs[at - 1][0])
        before, after = sentences(old + given), sentences(new + given)
        parts = pairs(before, after, first_together=mid_sentence)
        begun = not mid_sentence or (before and after)  # the sentence at hand must end on both sides
        if begun and len(parts) > 1 and _whole_but_last(parts, at_end=not following):
            result += parts
        else:
            result.append((old, new))
            given = []
    return [change for change in result if change[0] or change[1]]


def sentences(tokens: Run) -> list[Run]:
    """Return the tokens sentence by sentence; the last one may lack its end."""
    found: list[Run] = [[]]
    for index, token in enumerate(tokens):
        if found[-1] and _whole(found[-1]) and token.space and not token.text[0].islower():
            found.append([])
        found[-1].append(tokens[index])
    return [sentence for sentence in found if sentence]


def pairs(old: Sequence[Run], new: Sequence[Run], *, first_together: bool = False) -> list[Change]:
    """Return the sentences in order, the likest ones side by side (dynamic programming), the rest alone."""
    if first_together and old and new:
        return [(old[0], new[0]), *pairs(old[1:], new[1:])]
    likeness = [[_likeness(one, other) for other in new] for one in old]
    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for i in reversed(range(len(old))):
        for j in reversed(range(len(new))):
            best[i][j] = max(likeness[i][j] + best[i + 1][j + 1], best[i + 1][j], best[i][j + 1])
    result: list[Change] = []
    i = j = 0
    while i < len(old) or j < len(new):
        if i < len(old) and j < len(new) and best[i][j] == likeness[i][j] + best[i + 1][j + 1]:
            result.append((old[i], new[j]))
            i, j = i + 1, j + 1
        elif j == len(new) or (i < len(old) and best[i][j] == best[i + 1][j]):
            result.append((old[i], []))
            i += 1
        else:
            result.append(([], new[j]))
            j += 1
    return result


def _likeness(one: Run, other: Run) -> float:
    a, b = (content_words(" ".join(token.text for token in run)) for run in (one, other))
    return LEVEL + len(a & b) / max(1, min(len(a), len(b)))


def _whole(tokens: Run) -> bool:
    """True when the tokens are none, or end as a sentence does."""
    last = next((token for token in reversed(tokens) if token.text not in CLOSERS), None)
    return last is None or last.ends_sentence


def _whole_but_last(parts: Sequence[Change], *, at_end: bool) -> bool:
    """True when each part ends a sentence in both texts; the last one need not at the end of the text."""
    return all(_whole(run) for change in (parts[:-1] if at_end else parts) for run in change)


def _borrows(old: Run, new: Run, following: Run) -> bool:
    """True when only the next token, a full stop that did not change, makes whole sentences of the change."""
    if (_whole(old) and _whole(new)) or not following or not following[0].ends_sentence:
        return False
    return len(following) == 1 or (following[1].space != "" and not following[1].text[0].islower())
