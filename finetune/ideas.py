"""The project's idea set: reading it, and splitting it by topic."""

import gzip
import hashlib
import json
from functools import cache
from pathlib import Path

from workbench.errors import InputError

PARTS = ("brainstorm", "refine", "evaluate", "transfer")
HOLDOUT_SHARE = 0.08
HOLDOUT_SEED = "starter-1"  # part of every published figure: another seed is another held-out set


def read(folder: Path) -> dict[str, list[dict]]:
    """Return the rows of each part of the idea set."""
    parts = {}
    for part in PARTS:
        path = Path(folder) / f"{part}.jsonl.gz"
        if not path.is_file():
            raise InputError(f"The idea set has no {path}. Give its folder with --ideas_dir.")
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            parts[part] = [json.loads(line) for line in lines]
    return parts


def topic_key(topic: str) -> str:
    """Return the topic with case, spaces and punctuation evened out: two spellings are one topic."""
    return " ".join("".join(c if c.isalnum() else " " for c in topic.lower()).split())


@cache  # a topic has many rows
def is_held_out(topic: str) -> bool:
    """Say whether a topic is held out. Its own hash decides, so added topics never move the others."""
    digest = hashlib.sha256(f"{HOLDOUT_SEED}:{topic_key(topic)}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64 < HOLDOUT_SHARE


def split(parts: dict[str, list[dict]]) -> tuple[dict[str, list[dict]], dict[str, list[dict]]]:
    """Return (training rows, held-out rows) of each part, with no topic on both sides.

    A transfer row is trained on when both of its topics are, and held out when the topic it is carried to is.
    """
    train = {part: [row for row in rows if not any(_held_out(row))] for part, rows in parts.items()}
    heldout = {part: [row for row in rows if is_held_out(row["topic"])] for part, rows in parts.items()}
    return train, heldout


def _held_out(row: dict) -> list[bool]:
    return [is_held_out(row[key]) for key in ("topic", "source_topic") if key in row]
