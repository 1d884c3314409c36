"""What the figures of quality are measured on: topics and rows no part of the shipped model has been trained on."""

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from workbench.assist import idea_line
from workbench.errors import InputError

IDS = "holdout.json"
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic and the ideas that were written for it, as lines."""

    topic: str
    written: tuple[str, ...] = ()


def topics(library: Path, most: int) -> list[Topic]:
    """Return the first `most` held-out topics of the idea set. Raises InputError when the list is not beside it."""
    wanted = held_out_ids(library, "brainstorm")
    return [topic for row_id, topic in _all_topics(library) if row_id in wanted][:most]


def trained_on(library: Path) -> list[Topic]:
    """Return the topics of the idea set that are not held out."""
    held_out = held_out_ids(library, "brainstorm")
    return [topic for row_id, topic in _all_topics(library) if row_id not in held_out]


def rows(library: Path, part: str, most: int | None = None) -> list[Row]:
    """Return the held-out rows of a part of the idea set: refine or evaluate."""
    wanted = held_out_ids(library, part)
    return [row for row in _lines(library.with_name(f"{part}.jsonl.gz")) if row["id"] in wanted][:most]


def named(library: Path, file: Path) -> list[Topic]:
    """Return the topics of a file, one a line or JSON Lines with `topic`; written ideas are there for known ones.

    Raises InputError when the file is not there, has no topic, or has a line that is neither.
    """
    if not file.is_file():
        raise InputError(f"There is no file {file}: give one with a topic on each line.")
    known = {topic.topic: topic for _, topic in _all_topics(library)}
    lines = [line.strip() for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
    found = dict.fromkeys(_topic(line, file) for line in lines)
    if not found:
        raise InputError(f"{file} has no topic in it: write one on each line.")
    return [known.get(topic, Topic(topic)) for topic in found]


def held_out_ids(library: Path, part: str) -> set[str]:
    """Return the ids of a part's held-out rows. Raises InputError when the list is not beside the idea set."""
    listed = library.with_name(IDS)
    if not listed.is_file():
        raise InputError(f"There is no {listed}: the list of held-out topics belongs beside the idea set.")
    return set(json.loads(listed.read_text(encoding="utf-8"))[part])


@lru_cache(maxsize=1)
def _all_topics(library: Path) -> list[tuple[str, Topic]]:
    return [
        (row["id"], Topic(row["topic"], tuple(idea_line(idea["title"], idea["text"]) for idea in row["ideas"])))
        for row in _lines(library)
    ]


def _lines(path: Path) -> Iterator[Row]:
    if not path.is_file():
        raise InputError(f"There is no {path}: the figures of quality need the whole idea set.")
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        yield from (json.loads(line) for line in lines)


def _topic(line: str, file: Path) -> str:
    if not line.startswith("{"):
        return line
    try:
        return str(json.loads(line)["topic"])
    except (ValueError, KeyError) as error:
        raise InputError(f"{file} has a line without a topic: {line[:60]!r}. Give {{\"topic\": ...}}.") from error
