"""Files that a script may be writing at this moment, or that somebody else put there: bounded, and never an error."""

import json
from pathlib import Path
from typing import Any

MOST = 8_000_000  # bytes read of one file
LINES = 50_000


def read_object(path: Path) -> dict[str, Any]:
    """Return the JSON object in a file; empty when there is none, it is too large, or it is something else."""
    try:
        if path.stat().st_size > MOST:
            return {}
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def read_lines(path: Path) -> list[dict[str, Any]]:
    """Return the JSON objects of a file of lines; those cut off, foreign or beyond the bounds are left out."""
    try:
        with path.open("rb") as file:
            lines = file.read(MOST).splitlines()[:LINES]
    except OSError:
        return []
    found = []
    for line in lines:
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(row, dict):
            found.append(row)
    return found


def number(value: object) -> float | None:
    """Return a finite number; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if abs(value) < 1e300 else None  # NaN and infinity fail this too


def text(value: object, longest: int = 500) -> str:
    """Return a text, cut; empty for anything else."""
    return value[:longest] if isinstance(value, str) else ""


def table(value: object) -> dict[str, Any]:
    """Return a JSON object; empty for anything else."""
    return value if isinstance(value, dict) else {}


def numbers(value: object) -> dict[str, float]:
    """Return the names of an object that stand for numbers."""
    return {str(name): found for name, each in table(value).items() if (found := number(each)) is not None}
