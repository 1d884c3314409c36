"""The grid of a board: the cells that its dimensions make, which of them hold ideas, and which to fill next."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, product

from workbench.assist.difference import content_words
from workbench.records import Dimension, Idea, Status, Value

FEWEST, MOST_VALUES, DIMENSIONS = 2, 5, 3
LINE = re.compile(r"^\W*([\w ,'/-]{2,40}?)\W*:\s*(.+)$")
# For the grammar: every string and list is bounded, as small models would fill them for ever.
SCHEMA = {
    "type": "object",
    "properties": {
        "dimensions": {
            "type": "array", "minItems": DIMENSIONS, "maxItems": DIMENSIONS,
            "items": {
                "type": "object",
                "properties": {
                    "name": {"type": "string", "minLength": 2, "maxLength": 24},
                    "values": {
                        "type": "array", "minItems": 3, "maxItems": MOST_VALUES,
                        "items": {"type": "string", "minLength": 2, "maxLength": 32},
                    },
                },
                "required": ["name", "values"],
            },
        }
    },
    "required": ["dimensions"],
}  # fmt: skip
WHO = ("newcomers", "regulars", "children", "people over seventy", "people who never come")
WHEN = ("in the morning", "after dark", "at the weekend", "in winter", "once a year")
HOW = ("an event", "a thing", "a rule", "somebody with a task", "a game")
TIMES = {
    "morning": "in the morning", "lunch": "at lunch", "evening": "in the evening", "night": "at night",
    "weekday": "on a weekday", "weekend": "at the weekend", "saturday": "on Saturdays", "sunday": "on Sundays",
    "holiday": "in the holidays", "winter": "in winter", "summer": "in summer", "rain": "when it rains",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cell:
    """A place on the grid: one value of each of some dimensions."""

    keys: tuple[int, ...]
    label: str  # what prompts carry in place of a lens


def cell_of(pairs: Iterable[tuple[Dimension, Value]]) -> Cell:
    """Return the cell of these values."""
    chosen = list(pairs)
    label = "; ".join(f"{dimension.name.lower()}: {value.name}" for dimension, value in chosen)
    return Cell(tuple(sorted(value.key for _, value in chosen)), label)


def held(ideas: Iterable[Idea], keys: Iterable[int]) -> list[Idea]:
    """Return the ideas in a cell that count as covering it: neither dropped nor folded under another."""
    wanted = set(keys)
    return [
        idea for idea in ideas
        if wanted <= set(idea.cell) and idea.folded_into is None and idea.status in (Status.NEW, Status.KEPT)
    ]  # fmt: skip


def empty_cells(
    dimensions: Sequence[Dimension], ideas: Sequence[Idea], n: int, layer: Value | None = None
) -> list[Cell]:
    """Return up to `n` cells of the first two dimensions that hold no idea, spread over rows and columns.

    A third dimension is a layer when one of its values is given: cells are empty or not on that layer. Without, each
    cell takes its next value in turn, so that a full grid has gone through all of them.
    """
    if len(dimensions) == 1:
        cells = [cell_of([(dimensions[0], value)]) for value in dimensions[0].values]
        return [cell for cell in cells if not held(ideas, cell.keys)][:n]
    rows, columns, *rest = dimensions
    found = _empty(rows, columns, rest[0] if rest else None, ideas, layer)
    return list(islice(found, n))


def _empty(
    rows: Dimension, columns: Dimension, third: Dimension | None, ideas: Sequence[Idea], layer: Value | None
) -> Iterator[Cell]:
    for row, column in _diagonally(rows.values, columns.values):
        keys = [row.key, column.key, *([layer.key] if layer else [])]
        if held(ideas, keys):
            continue
        pairs = [(rows, row), (columns, column)]
        if third:
            turn = (rows.values.index(row) + columns.values.index(column)) % len(third.values)
            pairs.append((third, layer or third.values[turn]))
        yield cell_of(pairs)


def _diagonally(rows: Sequence[Value], columns: Sequence[Value]) -> Iterator[tuple[Value, Value]]:
    """Yield every pair, so that a few of them already touch every row and column."""
    for shift, (at, row) in product(range(len(columns)), enumerate(rows)):
        yield row, columns[(at + shift) % len(columns)]


def edited(before: Dimension | None, name: str, values: Sequence[str]) -> Dimension:
    """Return a dimension with these words; ideas stay in their cell when a value keeps its words or its place."""
    names = list(dict.fromkeys(" ".join(value.split()) for value in values if value.strip()))
    old = list(before.values) if before else []
    keys = {value.name: value.key for value in old if value.name in names}
    for place, value in enumerate(old):  # a value in the place of one that is gone is that one under a new name
        if value.name not in names and place < len(names) and names[place] not in keys:
            keys[names[place]] = value.key
    found = tuple(Value(keys.get(each, 0), each) for each in names)
    return Dimension(" ".join(name.split()), found, before.source if before else "person")


def read_dimensions(text: str) -> tuple[Dimension, ...]:
    """Return the dimensions in a model's answer: JSON, JSON cut short, or lines `Name: one, two, three`."""
    rows = _from_json(text) or [
        (match[1], re.split(r"\s*[,;/|]\s*", match[2])) for line in text.splitlines() if (match := LINE.match(line))
    ]
    found: dict[str, Dimension] = {}
    for name, values in rows:
        kept = list(dict.fromkeys(filter(None, (_tidy(value) for value in values))))[:MOST_VALUES]
        if _tidy(name) and len(kept) >= FEWEST:
            found.setdefault(
                _tidy(name).casefold(), Dimension(_tidy(name), tuple(Value(0, each) for each in kept), "model")
            )
    return tuple(found.values())[:DIMENSIONS]


def _from_json(text: str) -> list[tuple[str, list[str]]]:
    """Return (name, values) of whatever objects are whole in the text."""
    rows = []
    for piece in re.findall(r'\{[^{}]*"values"[^{}]*\}', text):
        try:
            row = json.loads(piece)
        except ValueError:
            continue
        if isinstance(row.get("name"), str) and isinstance(row["values"], list):
            rows.append((row["name"], [str(value) for value in row["values"]]))
    return rows


def _tidy(text: str) -> str:
    """Return a name or value on one line without quotes; empty when it has no letters."""
    line = " ".join(text.split()).strip(" \"'`*.-")
    return line[:40] if any(character.isalpha() for character in line) else ""


def from_words(question: str, audience: str = "") -> tuple[Dimension, ...]:
    """Return dimensions without a model: whom it is for, when, by what means.

    The board's audience and the times that its question names come first, then ordinary values.
    """
    known = content_words(question)
    named = [words for time, words in TIMES.items() if time[:6] in known]
    rows = (("For whom", (audience, *WHO)), ("When", (*named, *WHEN)), ("By what means", HOW))
    return tuple(
        Dimension(name, tuple(Value(0, each) for each in _different(values)[:4]), "words") for name, values in rows
    )


def _different(values: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(value.strip() for value in values if value.strip()))
