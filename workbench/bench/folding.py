"""How long it takes to see whether an idea repeats one of a large board.

    python -m workbench.bench.folding [--ideas 5000]
"""

import argparse
import tempfile
import time
from itertools import islice
from pathlib import Path
from statistics import median

from workbench.assist.folding import BoardIndex
from workbench.bench import heldout
from workbench.records import Origin, Status
from workbench.settings import settings
from workbench.store import Store

ASKED = 200


def main() -> None:
    """Fill a board with written ideas, then ask for others."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--ideas", type=int, default=5000)
    given = parser.parse_args()
    lines = (line for topic in heldout.trained_on(settings().library) for line in topic.written)
    with tempfile.TemporaryDirectory(prefix="workbench-folding-") as folder:
        store = Store(Path(folder) / "bench.db")
        board = store.create_board("How many?")
        with store.as_one("adding of all"):
            for text in islice(lines, given.ideas):
                title, _, body = text.partition(" — ")
                store.add_idea(board.id, title, body, status=Status.NEW, origin=Origin.MODEL)
        index = BoardIndex(store, board.id)
        first = _seconds(index, "Something — Else.")
        each = [_seconds(index, text) for text in islice(lines, ASKED)]
        store.close()
    times = f"{1000 * median(each):.1f} ms an idea (median), {1000 * max(each):.1f} ms at most"
    print(f"{given.ideas} ideas: index {first:.2f} s, then {times}")


def _seconds(index: BoardIndex, text: str) -> float:
    began = time.perf_counter()
    index.like(text)
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
