"""How quick a large board is: to list, to search, to map, to move in and out, to change and to undo."""

import gzip
import json
import tempfile
import time
from collections.abc import Callable
from functools import partial
from itertools import islice
from pathlib import Path
from statistics import median

from workbench.assist.map import idea_map
from workbench.exchange import content_of, read, write
from workbench.records import Status
from workbench.store import Entry, Store

IDEAS = 5000
QUESTION = "How might we bring people into the library on weekday evenings?"
# A word that stands in hundreds of ideas, one that stands in few, several, an unfinished one, none.
SEARCHES = ("children", "lantern", "evening soup neighbours", "gard", "zzzz")
ROUNDS = 3


def measure(library: Path, ideas: int = IDEAS) -> dict[str, float]:
    """Return milliseconds on a board of so many of the library's ideas, in a database of its own."""
    with tempfile.TemporaryDirectory(prefix="workbench-bench-") as folder:
        store = Store(Path(folder) / "boards.db")
        try:
            return {"board_ideas": ideas} | _measured(store, _entries(library, ideas))
        finally:
            store.close()


def _measured(store: Store, entries: list[Entry]) -> dict[str, float]:
    board = store.create_board(QUESTION)
    into = _times(lambda: store.add_entries(board.id, entries, "import"), 1)
    every = list(Status)
    listing = _times(lambda: store.list_ideas(board.id, statuses=every))
    searching = partial(store.search, board_id=board.id, statuses=every, limit=IDEAS)
    searches = [_times(partial(searching, words)) for words in SEARCHES]
    ideas = store.list_ideas(board.id, statuses=every)
    first = _times(lambda: idea_map(ideas[:5], QUESTION), 1)  # the first map of a process imports scikit-learn
    mapping = _times(lambda: idea_map(ideas, QUESTION))
    out = _times(lambda: read(write(content_of(store, board.id), "json"), "board.json"), 1)
    ids = [idea.id for idea in ideas]
    keep = _times(lambda: store.set_statuses(ids, Status.DROPPED), 1)
    undo = _times(lambda: store.undo(board.id), 1)
    return {
        "board_list_ms": listing, "board_search_ms": max(searches), "board_map_ms": mapping,
        "board_first_map_ms": first, "board_import_ms": into, "board_export_and_read_ms": out,
        "board_drop_all_ms": keep, "board_undo_all_ms": undo,
    }  # fmt: skip


def _entries(library: Path, count: int) -> list[Entry]:
    """Return the library's first ideas as a board would hold them: tagged, decided, some under others."""
    with gzip.open(library, "rt", encoding="utf-8") as lines:
        rows = (idea for line in lines for idea in json.loads(line)["ideas"])
        return [
            Entry(
                row["title"], row["text"], tuple(Status)[number % 4], (f"tag {number % 12}",), row["lens"],
                number=number, parent=number - 3 if number % 5 == 0 else None,
            )
            for number, row in enumerate(islice(rows, count), 1)
        ]  # fmt: skip


def _times(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Return the median milliseconds of some rounds."""
    taken = []
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        taken.append(1000 * (time.perf_counter() - began))
    return round(median(taken), 1)
