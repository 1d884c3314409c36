"""What an answer may look like: GBNF, or a JSON schema turned into it. Every repetition has an upper bound.

A small model inside an unbounded string writes until its token cap, so what could go on for ever is refused rather
than cut: the one who asks knows best how long a title may be. GBNF: llama.cpp's grammars/README.md.
"""

import json
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from workbench.errors import InputError

ROOT = "root"
LONGEST = 100_000  # characters of GBNF
DEEPEST = 1_000  # brackets inside brackets; llama.cpp's parser calls itself for each, and a maxLength of n needs n
MOST = 2_000  # of one repetition; llama.cpp takes a larger bound as none
TOKEN = re.compile(
    r'(?P<skip>\s+|#[^\n]*|"(?:\\.|[^"\\])*"|\[(?:\\.|[^\]\\])*\]|!?<[^>]*>|[|.?])'
    r"|(?P<rule>[A-Za-z0-9-]+)\s*::=|(?P<name>[A-Za-z0-9-]+)|(?P<repeat>[*+]|\{[^}]*\})|(?P<bracket>[()])"
)
HOW = "Give every string a maxLength, every array a maxItems, and every repetition of a grammar an upper bound."
WORD = r"[^ \t\r\n—]"


def idea_lines(n: int = 1) -> str:
    """Return the grammar of exactly `n` lines `Title — sentence.`: 1-8 words, an em dash, 5-40 words that end in .!?"""
    return "\n".join((
        f'root ::= line{" nl line" * (n - 1)}',
        'nl ::= "\\n"',
        'line ::= word (" " word){0,7} " — " word (" " word){3,38} " " last',
        f"word ::= {WORD}{{1,24}}",
        f"last ::= {WORD}{{0,23}} [.!?]",
    ))  # fmt: skip


def to_gbnf(grammar: str | Mapping[str, Any]) -> str:
    """Return the grammar as GBNF text. Raises InputError when it is none, or when it may go on for ever."""
    if isinstance(grammar, str):
        return _checked(grammar)
    try:
        return _from_schema(json.dumps(grammar))
    except TypeError as error:
        raise InputError(f"The JSON schema is not JSON ({error}).") from error


@lru_cache(maxsize=32)
def _from_schema(schema: str) -> str:
    from llama_cpp.llama_grammar import json_schema_to_gbnf  # loads llama.cpp's libraries

    try:
        gbnf = str(json_schema_to_gbnf(schema))
    except (AssertionError, AttributeError, KeyError, TypeError, ValueError, RecursionError) as error:
        raise InputError(f"The JSON schema cannot be turned into a grammar ({error}). Use plain types.") from error
    # Its strings may hold line breaks and control characters, which JSON forbids.
    return _checked(gbnf.replace(r'char ::= [^"\\] |', r'char ::= [^"\\\x7F\x00-\x1F] |'))


@lru_cache(maxsize=32)
def _checked(gbnf: str) -> str:
    """Return the text unchanged if every rule it names is there and none goes on for ever."""
    if len(gbnf) > LONGEST:
        raise InputError(f"The grammar has {len(gbnf):,} characters, at most {LONGEST:,} are read. Bound it lower.")
    named: dict[str, set[str]] = {}
    rule, depth = "", 0
    for kind, text in _tokens(gbnf):
        if kind == "rule":
            rule, depth = text, 0
            named.setdefault(rule, set())
        elif kind == "name":
            named.setdefault(rule, set()).add(text)
        elif kind == "repeat" and not _bounded(text):
            raise InputError(f"The answer's form may go on for ever: {text!r} in its rule {rule!r}. {HOW}")
        elif kind == "bracket":
            depth += 1 if text == "(" else -1
            if depth > DEEPEST:
                raise InputError(f"The rule {rule!r} of the grammar is nested too deep. Bound it below {DEEPEST:,}.")
    if missing := {ROOT, *(name for names in named.values() for name in names)} - named.keys():
        raise InputError(f"The grammar has no rule {sorted(missing)[0]!r}.")
    if (circle := _in_circle(named)) is not None:
        raise InputError(f"The answer's form may go on for ever: its rule {circle!r} leads back to itself. {HOW}")
    return gbnf


def _tokens(gbnf: str) -> Iterator[tuple[str, str]]:
    at = 0
    while at < len(gbnf):
        match = TOKEN.match(gbnf, at)
        if match is None:
            raise InputError(f"The grammar cannot be read at {gbnf[at : at + 20]!r}.")
        kind = str(match.lastgroup)
        if kind != "skip":
            yield kind, match[kind]
        at = match.end()


def _bounded(repeat: str) -> bool:
    """True for {n} and {n,m} within llama.cpp's bound."""
    counts = repeat.strip("{}").split(",")
    return counts[-1].strip().isdigit() and int(counts[-1]) <= MOST


def _in_circle(named: Mapping[str, set[str]]) -> str | None:
    """Return a rule that leads back to itself, if any: rules that name only finished ones are taken away in turn."""
    left = {rule: set(names) for rule, names in named.items()}
    while ended := {rule for rule, names in left.items() if not names}:
        left = {rule: names - ended for rule, names in left.items() if rule not in ended}
    return min(left, default=None)
