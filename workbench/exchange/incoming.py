"""Bringing ideas in: a look first, then all of them or none."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from workbench.assist import idea_line
from workbench.exchange.content import Content
from workbench.exchange.duplicates import repeats
from workbench.records import Board, Status
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
    """Add what the preview showed as one action and return the new ids; repeats of the board's ideas stay out."""
    ideas = found.content.ideas
    chosen = [idea for place, idea in enumerate(ideas) if with_repeats or place not in found.on_board]
    return store.add_entries(board_id, _orphaned(chosen), _words(chosen)) if chosen else []


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
    """Take away parents that stay out."""
    here = {idea.number for idea in ideas}

    def known(number: int | None) -> int | None:
        return number if number in here else None

    return [replace(idea, parent=known(idea.parent), second_parent=known(idea.second_parent)) for idea in ideas]
