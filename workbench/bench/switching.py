"""What switching costs: loading, another adapter, another base beside the first and in its place; memory after each.

    python -m workbench.bench.switching FIRST.gguf SECOND.gguf --adapter A.gguf --adapter B.gguf

The adapters are of the first base. Seconds are to the first word of an answer to a short, new prompt. Prints JSON.
"""

import argparse
import json
import multiprocessing
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from itertools import count
from pathlib import Path
from statistics import median
from typing import Any

from workbench.bench.machine import describe
from workbench.engine.footprint import resident
from workbench.engine.interface import Request, Sampling, View, Weights
from workbench.engine.llama_engine import LlamaEngine
from workbench.engine.loading import read_adapter
from workbench.engine.sharing import Sharing
from workbench.settings import Settings

PLENTY = 2**60  # bytes: whatever is loaded stays
NUMBERS = count(1)


class Room:
    """How much memory the engines are told is free."""

    def __init__(self) -> None:
        self.bytes = PLENTY

    def __call__(self) -> int:
        return self.bytes


def ask(engine: LlamaEngine, adapter: str | None = None, tokens: int = 2) -> View:
    """Answer a prompt that shares nothing with those before."""
    prompt = [{"role": "user", "content": f"{next(NUMBERS)}: what could a baker do with the bread of yesterday?"}]
    view = engine.submit(Request("measuring", (prompt,), Sampling(max_tokens=tokens, seed=1), adapter)).wait(600)
    assert view.error is None, view.error
    return view


def first_word(view: View) -> float:
    """Return the seconds to the first token."""
    found = view.sequences[0]
    return found.seconds if found.first_token_s is None else found.first_token_s


def rate(view: View) -> float:
    """Return the tokens a second after the first."""
    found = view.sequences[0]
    return (found.tokens - 1) / max(found.seconds - first_word(view), 1e-6)


def switches(first: Path, second: Path, adapters: list[Path], repeats: int) -> dict[str, Any]:
    """Switch every way, and return seconds to the first word and this process's memory after each."""
    room = Room()
    sharing = Sharing(room)
    one, two = (LlamaEngine(Settings(model=path), sharing=sharing, load_now=False) for path in (first, second))
    rows: dict[str, dict[str, float]] = {}

    def note(name: str, view: View, *more: View) -> None:
        seconds = median(first_word(each) for each in (view, *more))
        rows[name] = {"first_word_s": round(seconds, 3), "memory_mb": round(resident() / 1e6)}
        print(name, rows[name], file=sys.stderr, flush=True)

    note("first base, loaded from the disk", ask(one))
    note("first base again", *(ask(one) for _ in range(repeats)))
    infos = [read_adapter(path.stem, path) for path in adapters]
    one.set_adapters(infos)
    for info in infos:
        note(f"adapter {info.name}, loaded beside the base", ask(one, info.name))
    if len(infos) > 1:
        swapped = [ask(one, info.name) for _ in range(repeats) for info in infos]
        note("one adapter after the other", *swapped)
    note("second base, loaded beside the first", ask(two))
    note("one base after the other, both in memory", *(ask(engine) for _ in range(repeats) for engine in (one, two)))
    room.bytes = 0
    two.release()  # what is in memory stays there; what comes back now has to take the other's place
    while two.status().weights is not Weights.UNLOADED:
        time.sleep(0.05)
    two.release(False)
    note("one base in the other's place", *(ask(engine) for _ in range(repeats) for engine in (two, one)))
    one.close()
    two.close()
    return rows


def speeds(first: Path, second: Path, shared: bool, repeats: int, tokens: int) -> dict[str, float]:
    """Return how fast the first base writes alone, and once the second has computed in the same process too."""
    sharing = Sharing(Room()) if shared else None
    one = LlamaEngine(Settings(model=first), sharing=sharing)
    alone = [rate(ask(one, tokens=tokens)) for _ in range(repeats)]
    two = LlamaEngine(Settings(model=second), sharing=sharing)
    beside = []
    for _ in range(repeats):
        ask(two, tokens=tokens)
        beside.append(rate(ask(one, tokens=tokens)))
    two.close()
    after = [rate(ask(one, tokens=tokens)) for _ in range(repeats)]
    one.close()
    base = median([*alone, *after])
    found = median(beside)
    return {"alone_per_s": round(base, 1), "beside_per_s": round(found, 1), "share": round(found / base, 2)}


def measure(first: Path, second: Path, adapters: list[Path], repeats: int, tokens: int) -> dict[str, Any]:
    """Measure everything, each part in a process of its own."""

    def apart(work: Callable[..., Any], *given: object) -> Any:
        with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
            return pool.submit(work, *given).result()

    return {
        "machine": describe(),
        "files_mb": {path.name: round(path.stat().st_size / 1e6) for path in (first, second, *adapters)},
        "switches": apart(switches, first, second, adapters, repeats),
        "two_bases_turns_on_fresh_threads": apart(speeds, first, second, True, repeats, tokens),
        "two_bases_a_thread_each": apart(speeds, first, second, False, repeats, tokens),
    }


def main() -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("first", type=Path)
    parser.add_argument("second", type=Path)
    parser.add_argument("--adapter", type=Path, action="append", default=[])
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--tokens", type=int, default=32, help="of an answer whose speed counts (32)")
    given = parser.parse_args()
    figures = measure(given.first, given.second, given.adapter, given.repeats, given.tokens)
    print(json.dumps(figures, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
