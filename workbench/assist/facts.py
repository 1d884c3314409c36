"""The names and numbers of an idea, and which of them a rewrite no longer has.

Written numbers are read by text2num, which is kept up by the makers of a speech recogniser, so "twenty-five", "25" and
"two dozen fewer" need no tables here. Names are words with a capital that no sentence start explains; a name that only
ever begins a sentence, or stands in a title in title case, is not seen: better a miss than a false alarm.

Measured on the 1,760 written pairs of data/ideas/refine.jsonl.gz: 403 of the ideas hold a name or a number; 41 pairs
are reported to lose one. All 41 were read: each is really gone, though mostly on purpose ("cheaper": sixty musicians
become four). So an alarm is true as a rule, and whether it matters is the person's to say.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from text_to_num import find_numbers

from workbench.assist.difference import STOP_WORDS, words
from workbench.assist.sentences import ABBREVIATIONS

TOKEN = re.compile(r"\d+(?:[.,:]\d+)*(?:st|nd|rd|th)?|[^\W\d_]+(?:['’][^\W\d_]+)*|\s+|[^\w\s]|_")
THOUSANDS = re.compile(r",(?=\d{3}(?!\d))")
# "one" is mostly no number ("no one", "one of"), "first" an order of telling, "second" a time, "o" of a clock.
VAGUE = frozenset(["one", "first", "second", "zero", "o", "tens", "hundreds", "thousands", "millions"])
# What else says a number, for the look whether it is still there.
IMPLIED = {"a": "1", "an": "1", "single": "1", "once": "1", "both": "2", "pair": "2", "pairs": "2", "couple": "2",
           "twice": "2", "dozen": "12"}  # fmt: skip
SENTENCE_STARTS = frozenset(".!?…:“\"‘(—–")


@dataclass(frozen=True, slots=True)
class _Token:
    """A word as text2num wants to see it."""

    written: str

    def text(self) -> str:
        return self.written

    def nt_separated(self, previous: "_Token") -> bool:
        return False

    def not_a_number_part(self) -> bool:
        return False


def facts(line: str) -> tuple[str, ...]:
    """Return the names and numbers of an idea line, as it writes them."""
    return tuple(dict.fromkeys([*(written for written, _ in _numbers(line)), *_names(line)]))


def lost_facts(before: str, after: str) -> tuple[str, ...]:
    """Return the names and numbers of `before` that `after` has in no form ("six" is there in "6:00" too)."""
    values, stems = _values(after), {_stem(token) for token in TOKEN.findall(after)}
    lost = [written for written, value in _numbers(before) if value not in values]
    lost += [name for name in _names(before) if not _mentioned(_stem(name), stems)]
    return tuple(dict.fromkeys(lost))


def _names(line: str) -> list[str]:
    title, dash, body = line.partition(" — ")
    sentence_case = any(word[0].islower() and word not in STOP_WORDS for word in title.split()[1:])
    return [*(_capitalised(title) if sentence_case or not dash else ()), *_capitalised(body)]


def _capitalised(text: str) -> Iterator[str]:
    tokens = ["", ".", *(token for token in TOKEN.findall(text) if not token.isspace())]
    for (word, mark), token in zip(pairwise(tokens), tokens[2:], strict=False):
        starts = mark in SENTENCE_STARTS and word not in ABBREVIATIONS
        little = len(token) == 1 or token in ABBREVIATIONS or token.lower() in STOP_WORDS
        if token[0].isupper() and not starts and not little:
            yield token


def _numbers(text: str) -> list[tuple[str, str]]:
    """Return each number as it is written and as digits, ordinals as plain numbers."""
    tokens = TOKEN.findall(text)
    found = {index: (token, _digits(token)) for index, token in enumerate(tokens) if token[0].isdigit()}
    for number in find_numbers([_Token(token) for token in tokens], "en", 0.0):
        written = "".join(tokens[number.start : number.end])
        if written.lower() not in VAGUE:
            found[number.start] = (written, f"{number.value:g}")
    return [found[index] for index in sorted(found)]


def _values(text: str) -> set[str]:
    """Return every number that the text may be said to hold, as digits."""
    values = {value for _, value in _numbers(text)}
    values |= {IMPLIED[word] for word in words(text) if word in IMPLIED}
    for value in tuple(values):
        hour, colon, _ = value.partition(":")
        if colon and hour.isdecimal():
            values |= {hour, str((int(hour) - 1) % 12 + 1)}
    return values


def _digits(number: str) -> str:
    return re.sub(r"^0+(?=\d)", "", THOUSANDS.sub("", number.rstrip("stndrh")))


def _stem(word: str) -> str:
    bare = re.sub(r"['’]s?$", "", word.casefold().replace("’", "'"))
    return bare.rstrip("s") if len(bare) > 3 else bare


def _mentioned(stem: str, stems: set[str]) -> bool:
    """True when the name, or one with the same first letters (Africa, African), is among the words."""
    return any(
        stem == other or (min(len(stem), len(other)) > 3 and (stem.startswith(other) or other.startswith(stem)))
        for other in stems
    )
