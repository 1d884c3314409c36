"""The topics no part of the shipped model has been trained on, with the ideas people wrote for them."""

import gzip
import json
from dataclasses import dataclass
from pathlib import Path

from workbench.assist import idea_line
from workbench.errors import InputError

IDS = "holdout.json"


@dataclass(frozen=True, slots=True)
class Topic:
    """A held-out topic and its eight written ideas, as lines."""

    topic: str
    written: tuple[str, ...]


def topics(library: Path, most: int) -> list[Topic]:
    """Return the first `most` held-out topics of the idea set. Raises InputError when the list is not beside it."""
    listed = library.with_name(IDS)
    if not listed.is_file():
        raise InputError(f"There is no {listed}: the list of held-out topics belongs beside the idea set.")
    wanted = set(json.loads(listed.read_text(encoding="utf-8"))["brainstorm"])
    with gzip.open(library, "rt", encoding="utf-8") as lines:
        rows = (json.loads(line) for line in lines)
        found = [
            Topic(row["topic"], tuple(idea_line(idea["title"], idea["text"]) for idea in row["ideas"]))
            for row in rows if row["id"] in wanted
        ]  # fmt: skip
    return found[:most]
