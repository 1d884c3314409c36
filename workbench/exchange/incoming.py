"""Bringing ideas in: a look first, then all of them or none."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from workbench.assist import idea_line
from workbench.exchange.content import Content
from workbench.exchange.duplicates import repeats
from workbench.records import Board, Dimension, Status
from workbench.store import Entry, Store


@dataclass(frozen=True, slots=True)
class Preview:
    """What would come in, before anything does."""

    content: Content
    on_board: frozenset[int]  # positions of those that say what an idea on the board says
    in_file: frozenset[int]  # ... of those that say what an earlier one of the file says


def preview(store: Store, content: Content, board_id: int | None = None) -> Preview:
    """Return how much of the content would be new on the board, or on a new board."""
    lines = [idea_line(idea.title, idea.body) for idea in content.ideas]
    old = store.list_ideas(board_id, statuses=tuple(Status)) if board_id else []
    on_board = repeats(lines, [idea_line(idea.title, idea.body) for idea in old]) if old else set()
    return Preview(content, frozenset(on_board), frozenset(repeats(lines) - on_board))


def bring_in(store: Store, found: Preview, board_id: int, *, with_repeats: bool = False) -> list[int]:
    """Add what the preview showed as one action and return the new ids; repeats of the board's ideas stay out.

    A board without a grid takes the file's; ideas keep their cells on that or on the very same one.
    """
    ideas = found.content.ideas
    chosen = [idea for place, idea in enumerate(ideas) if with_repeats or place not in found.on_board]
    if not chosen:
        return []
    with store.as_one(_words(chosen)):
        if not _grid(store, board_id, found.content.dimensions):
            chosen = [replace(idea, cell=()) for idea in chosen]
        return store.add_entries(board_id, _orphaned(chosen), _words(chosen))


def _grid(store: Store, board_id: int, dimensions: Sequence[Dimension]) -> bool:
    """Give the board the dimensions if it has never had any; say whether they are its own."""
    board = store.board(board_id)
    fresh = not board.dimensions and not any(idea.cell for idea in store.list_ideas(board_id, statuses=tuple(Status)))
    if dimensions and fresh:
        board = store.set_dimensions(board_id, dimensions)
    return bool(dimensions) and board.dimensions == tuple(dimensions)


def bring_in_new(store: Store, found: Preview, question: str) -> Board:
    """Make a board of what the preview showed, under a question of its own, and return it."""
    content = found.content
    with store.as_one(_words(content.ideas)):  # no board is left behind when its ideas are refused
        board = store.create_board(
            question, context=content.context, constraints=content.constraints, audience=content.audience
        )
        bring_in(store, found, board.id, with_repeats=True)
        return board


def _words(ideas: Sequence[Entry]) -> str:
    return f"import of {len(ideas):,} ideas" if len(ideas) != 1 else "import of an idea"


def _orphaned(ideas: list[Entry]) -> list[Entry]:
    """Take away parents that stay out, and folds under ideas that stay out or are folded themselves."""
    here = {idea.number for idea in ideas}
    standing = {idea.number for idea in ideas if idea.folded_into is None}

    def known(number: int | None, among: set[int | None]) -> int | None:
        return number if number in among else None

    return [
        replace(
            idea, parent=known(idea.parent, here), second_parent=known(idea.second_parent, here),
            folded_into=known(idea.folded_into, standing),
        )
        for idea in ideas
    ]  # fmt: skip
