"""The views of a board: the same ideas as cards, table, tree, columns by status, and map."""

from collections.abc import Callable

from workbench.records import Board, Idea
from workbench.ui.cards import Family
from workbench.ui.views.grid import grid
from workbench.ui.views.map import get_ready, idea_map
from workbench.ui.views.status import columns
from workbench.ui.views.table import table
from workbench.ui.views.tree import tree

CARDS, TABLE, TREE, STATUS, MAP = "Cards", "Table", "Tree", "Status", "Map"
VIEWS: dict[str, Callable[[Board, list[Idea], Family], None]] = {
    CARDS: grid, TABLE: table, TREE: tree, STATUS: columns, MAP: idea_map,
}  # fmt: skip

__all__ = ["CARDS", "MAP", "STATUS", "TABLE", "TREE", "VIEWS", "get_ready"]
