"""Packing against none: rows a second, on the same rows, taken in turns.

    python -m finetune.bench.packing --rounds 3

Each way reads all rows once. A padded batch spends time on padding; a packed one has none, but all its sequences are as
long as --max_length. Compared are rows a second of wall time: both ways learn from the same tokens.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
from pathlib import Path
from types import SimpleNamespace

from finetune.bench import trainer as bench
from finetune.bench.rows import chats
from workbench.errors import WorkbenchError

ROWS = 96


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--base", default="runs/starter-cpu/pretrain/model")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--max_length", type=int, default=512)
    parser.add_argument("--device", default="cpu")
    asked = parser.parse_args(argv)
    asked.steps = -1
    with tempfile.TemporaryDirectory() as folder:
        print(json.dumps(compare(asked, Path(folder)), indent=1))


def compare(asked: argparse.Namespace, folder: Path) -> dict:
    """Return rows and tokens a second with packing and without, in each round."""
    settings = bench._settings(asked, chats(folder / "data", ROWS), folder)
    # As many tokens a step: packed rows are as long as can be, others about a third of that.
    ways = {
        "padded": SimpleNamespace(**vars(settings)),
        "packed": SimpleNamespace(**vars(settings) | {"packing": True, "batch_size": max(1, settings.batch_size // 3)}),
    }
    rounds = []
    for number in range(asked.rounds):
        order = list(ways) if number % 2 == 0 else list(reversed(ways))
        took = {name: bench.ours(ways[name], folder / f"{name}-{number}")["wall"] for name in order}
        rounds.append({name: round(ROWS / seconds, 2) for name, seconds in took.items()})
        print(rounds[-1], file=sys.stderr, flush=True)
    ratios = [one["packed"] / one["padded"] for one in rounds]
    return {
        "rows a second": rounds, "packed over padded": round(statistics.median(ratios), 3),
        "lowest": round(min(ratios), 3), "highest": round(max(ratios), 3), "load": round(os.getloadavg()[0], 1),
    }  # fmt: skip


if __name__ == "__main__":
    try:
        main()
    except WorkbenchError as error:
        sys.exit(str(error))
