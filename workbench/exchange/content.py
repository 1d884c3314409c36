"""What a file can hold of a board, whatever its format, and how a row of one becomes an idea."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter, ValidationError

from workbench.errors import BadFile
from workbench.records import Dimension
from workbench.store import Entry, Store

MOST_IDEAS = 10_000
LONGEST = 20_000  # characters of one text; an idea is a title and a few sentences


@dataclass(frozen=True, slots=True)
class Content:
    """A board's words and its ideas, oldest first. Formats without room for the board's words leave them empty."""

    question: str = ""
    context: str = ""
    constraints: str = ""
    audience: str = ""
    ideas: tuple[Entry, ...] = ()
    dimensions: tuple[Dimension, ...] = ()  # of the grid that the ideas' cells are on


_ENTRY = TypeAdapter(Entry)


def content_of(store: Store, board_id: int, idea_ids: Collection[int] | None = None) -> Content:
    """Return a board with all its ideas, dropped and archived ones too, or with only those of these ids."""
    board = store.board(board_id)
    ideas = tuple(store.entries(board_id, idea_ids))
    return Content(board.question, board.context, board.constraints, board.audience, ideas, board.dimensions)


def entry(fields: Mapping[str, Any], where: str) -> Entry:
    """Return a row's fields as an idea; `where` begins the sentence when one of them cannot be used."""
    try:
        found = _ENTRY.validate_python(dict(fields))
    except ValidationError as error:
        raise BadFile(f"{where}: {sentence(error)}") from error
    return checked(found, where)


def checked(found: Entry, where: str) -> Entry:
    """Refuse an idea without words or with far too many."""
    if not (found.title.strip() or found.body.strip()):
        raise BadFile(f"{where}: an idea needs a title or a body. Write one there, or take the row out.")
    if max(len(found.title), len(found.body)) > LONGEST:
        raise BadFile(f"{where}: a text of more than {LONGEST:,} characters is no idea. Shorten it and try again.")
    return found


def sentence(error: ValidationError) -> str:
    """Return the first thing that is wrong, in words."""
    first = error.errors(include_url=False)[0]
    place = " ".join(str(part + 1) if isinstance(part, int) else part for part in first["loc"])
    given = first["input"]
    shown = f" (it says {str(given)[:60]!r})" if isinstance(given, str | int | float) else ""
    message = first["msg"][0].lower() + first["msg"][1:]
    return f"{place or 'the whole'}{shown}: {message}. Correct it and try again."
