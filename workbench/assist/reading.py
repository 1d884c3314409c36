"""How the model's text is read: tolerant of everything a small model does, and honest about what was off."""

import re
from collections.abc import Mapping
from typing import Any

import json_repair

DASHES = re.compile(r"\s+(?:—|–|--?|:)\s+|\s*—\s*|:\s+")
BULLET = re.compile(r"^\s*(?:[-*•]|\d{1,2}[.)])\s+")
EMPHASIS = re.compile(r"\*\*|__")
QUOTES = " \"“”"
LABELS = {"strength": "strength", "risk": "risk", "weakness": "risk", "next step": "next_step", "next": "next_step"}
LABEL = re.compile(r"^\W*(strength|risk|weakness|next step|next)\W*:\s*", re.IGNORECASE)
LONGEST_TITLE = 60


def split_line(text: str) -> tuple[str, str]:
    """Return (title, body) of an idea as a model or a person wrote it; no dash: the first words are the title."""
    line = EMPHASIS.sub("", BULLET.sub("", " ".join(text.split()))).strip()
    if line[:1] in QUOTES and line[-1:] in QUOTES:
        line = line.strip(QUOTES)
    parts = DASHES.split(line, maxsplit=1)
    if len(parts) == 2 and 0 < len(parts[0]) <= LONGEST_TITLE:
        return parts[0].strip(QUOTES), parts[1].strip()
    if len(line) <= LONGEST_TITLE:
        return line, ""
    head = line[:LONGEST_TITLE].rsplit(" ", 1)[0]
    return head.rstrip(",.;: ") + " …", line


def read_rewrite(before: tuple[str, str], text: str) -> tuple[str, str]:
    """Return (title, body) of a rewritten idea; one written without a title keeps the title it had, if any."""
    title, body = split_line(text)
    if body and not title.endswith(" …"):
        return title, body
    if not before[1] and not body:
        return title, ""  # an idea of a few words stays one
    return before[0], " ".join(text.split())


def valid_form(text: str) -> bool:
    """True for exactly `Title — sentence.`: a title of 1-8 words, an em dash, 5-40 words that end a sentence."""
    title, dash, body = text.strip().partition(" — ")
    if not dash or "\n" in text.strip() or " — " in body:
        return False
    return 1 <= len(title.split()) <= 8 and 5 <= len(body.split()) <= 40 and body[-1] in ".!?…\"”')"


def split_list(text: str) -> list[str]:
    """Return the ideas of a list-form completion, one a line, bullets and numbers taken off."""
    return [line for line in (BULLET.sub("", raw).strip() for raw in text.splitlines()) if line]


def read_judgement(text: str) -> dict[str, str]:
    """Return strength, risk and next_step as far as they have been written; missing ones are empty.

    Lines without a label continue the one before; text before any label counts as the strength.
    """
    found = {"strength": "", "risk": "", "next_step": ""}
    current = "strength"
    for line in text.splitlines():
        label = LABEL.match(line)
        if label:
            current = LABELS[label.group(1).lower()]
            line = line[label.end() :]
        found[current] = f"{found[current]} {line.strip()}".strip()
    return found


def read_json(text: str, schema: Mapping[str, Any] | None = None) -> dict[str, Any] | list[Any] | None:
    """Return the object or the list in a model's text, mended where it is cut off or dirty; None when there is none.

    Words and code fences around it are left out. With a schema, values get its types where they can ("3" becomes 3).
    """
    try:
        value = json_repair.loads(text, schema=dict(schema) if schema is not None else None)
    except ValueError:  # it does not fit the schema however it is mended
        return None
    return value if isinstance(value, dict | list) and value else None
