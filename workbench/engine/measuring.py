"""The engine against the plain way, on one base and its adapters.

    python -m workbench.engine.measuring MODEL.gguf --adapter A.gguf --adapter B.gguf [--json]

On an idle machine, or the figures say more about the neighbours than about the engine. Rates are in tokens a second.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from itertools import count
from pathlib import Path

from workbench.engine.footprint import resident, threads_for
from workbench.engine.interface import Completion, Job, Messages, Request, Sampling, ScoreRequest, View
from workbench.engine.llama_engine import LlamaEngine
from workbench.engine.plain import bare_decode_rate, plain_chat, plain_model
from workbench.models.gguf import sha256
from workbench.settings import Settings

NUMBERS = count(1)
WORDS = "the baker on the corner sells bread to people who wait in a long queue before work "
Figures = dict[str, float]


class Bench:
    """A base, its adapters, and an engine on them."""

    def __init__(self, base: Path, adapters: list[Path], threads: int | None) -> None:
        self.base, self.adapter = base, adapters[0] if adapters else None
        self.threads = threads or threads_for(base.stat().st_size)
        self.folder = Path(tempfile.mkdtemp(prefix="workbench-measuring-"))
        self.settings = Settings(model=model_folder(self.folder, base, adapters), threads=self.threads)
        self.engine = LlamaEngine(self.settings)
        self.names: list[str | None] = [adapter.name for adapter in self.engine.status().adapters] or [None]

    def close(self) -> None:
        """Free the model and the folder of links."""
        self.engine.close()
        shutil.rmtree(self.folder)

    def chat(self, tokens: int, *rest: str, fresh: bool = True, system: int = 0) -> Messages:
        """Return a prompt of about `tokens` tokens; a fresh one shares nothing with any before."""
        mark = f"{next(NUMBERS)} " if fresh else "0 "
        text = mark + WORDS * tokens
        most = len(text) * tokens // max(len(self.engine._loaded.model.tokenize(text, special=False)), 1)
        first = [{"role": "system", "content": mark + WORDS * (system // 17)}] if system else []
        return [*first, {"role": "user", "content": "\n".join([text[:most], *rest])}]

    def submit(self, prompts: list[Messages], tokens: int, adapter: int = 0) -> Job:
        """Ask for `tokens` tokens on each prompt."""
        sampling = Sampling(max_tokens=tokens, seed=1)
        return self.engine.submit(Request("measuring", tuple(prompts), sampling, self.names[adapter]))

    def run(self, prompts: list[Messages], tokens: int) -> View:
        """Do so and wait."""
        return self.submit(prompts, tokens).wait(600)


def model_folder(folder: Path, base: Path, adapters: list[Path]) -> Path:
    """Return a folder with links to the files and their manifest."""

    def entry(path: Path) -> dict[str, object]:
        (folder / path.name).symlink_to(path.resolve())
        return {"file": path.name, "sha256": sha256(path.resolve()), "bytes": path.stat().st_size}

    manifest = {"name": base.stem, "base": entry(base), "adapters": {path.stem: entry(path) for path in adapters}}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder


def rate(sequences: tuple[Completion, ...]) -> float:
    """Return the tokens a second from the first token to the last."""
    first = min(s.first_token_s for s in sequences if s.first_token_s is not None)
    return (sum(s.tokens for s in sequences) - 1) / (max(s.seconds for s in sequences) - first)


def streams(bench: Bench) -> Figures:
    """One stream against a bare loop, and sixteen against one."""
    bare = statistics.median(bare_decode_rate(bench.base, bench.adapter, bench.threads) for _ in range(3))
    one = statistics.median(rate(bench.run([bench.chat(64)], 64).sequences) for _ in range(3))
    shared = bench.chat(64)
    wide = rate(bench.run([with_line(shared, f"Lens: {i}") for i in range(16)], 32).sequences)
    return {
        "one_stream_ratio": one / bare,
        "wide_ratio": wide / one,
        "bare_tokens_per_s": bare,
        "one_stream_tokens_per_s": one,
        "wide_tokens_per_s": wide,
    }


def ideas(bench: Bench) -> Figures:
    """Ideas of 25 tokens on a cold 250-token prompt, side by side, against a list of them in one stream."""
    figures: Figures = {}
    with plain_model(bench.base, bench.adapter, bench.threads) as llama:
        for n in (16, 10):
            plain = plain_chat(llama, bench.chat(250), 25 * n)
            shared = bench.chat(250)
            view = bench.run([with_line(shared, f"Lens: {i}") for i in range(n)], 25)
            mine = max(s.seconds for s in view.sequences)
            per_token = plain.seconds * 25 * n / max(plain.tokens, 1)  # should the model have ended early
            figures |= {f"ideas{n}_ratio": mine / per_token, f"ideas{n}_s": mine, f"ideas{n}_plain_s": per_token}
    return figures


def first_token(bench: Bench) -> Figures:
    """The first token on a prompt whose 300-token beginning is in the cache, against cold."""
    cold, cached = [], []
    for _ in range(3):
        shared = bench.chat(300)
        cold.append(first_of(bench.run([with_line(shared, "Goal: shorter")], 2)))
        cached.append(first_of(bench.run([with_line(shared, "Goal: bolder")], 2)))
    a, b = statistics.median(cached), statistics.median(cold)
    return {"cached_first_token_ratio": a / b, "cached_first_token_s": a, "cold_first_token_s": b}


def checks(bench: Bench) -> Figures:
    """Eight checks of a 60-token idea by their logits, against eight answers as text from a cold prompt."""
    seconds = []
    for _ in range(4):
        idea = bench.chat(60)[-1]["content"]
        rubric = bench.chat(1, fresh=False, system=200)[:-1]
        chats = tuple([*rubric, {"role": "user", "content": f"{idea}\nCheck {i}: yes or no?"}] for i in range(1, 9))
        started = time.monotonic()
        bench.engine.submit(ScoreRequest("measuring", chats, adapter=bench.names[0])).wait(600)
        seconds.append(time.monotonic() - started)
    mine = statistics.median(seconds[1:])  # from the second on the rubric is in the cache
    with plain_model(bench.base, bench.adapter, bench.threads) as llama:
        plain = plain_chat(
            llama, bench.chat(60, "Answer each check.", system=200), 8 * 4
        )  # a line is `1. yes` and its end
    return {"checks_ratio": mine / plain.seconds, "checks_s": mine, "checks_plain_s": plain.seconds}


def stops_and_swaps(bench: Bench) -> Figures:
    """The slowest stop during a long prompt, and what a swap adds to a one-token request."""
    stops = []
    for _ in range(3):
        job = bench.submit([bench.chat(2000)], 8)
        time.sleep(0.5 if bench.base.stat().st_size > 10**8 else 0.01)
        started = time.monotonic()
        job.stop()
        job.wait(10)
        stops.append(time.monotonic() - started)
    context, swaps = bench.engine._runner.context, []
    for i in range(20):  # the engine is idle, so its thread leaves the context alone
        started = time.perf_counter()
        context.use_adapter(bench.names[i % len(bench.names)])
        swaps.append(time.perf_counter() - started)
    context.use_adapter(bench.engine._runner.active_adapter)
    return {"cancel_ms": max(stops) * 1e3, "swap_ms": statistics.median(swaps) * 1e3}


def two_people(bench: Bench, wide: float) -> Figures:
    """A second person asks while the first one's eight sequences go on; both share the system prompt."""
    bench.run([bench.chat(1, fresh=False, system=100)], 1)
    first = bench.submit([bench.chat(20, str(i), fresh=False, system=100) for i in range(8)], 100)
    while min(s.tokens for s in first.view().sequences) < 5:
        time.sleep(0.005)
    second = bench.submit([bench.chat(30, str(i), fresh=False, system=100) for i in range(8)], 60)
    while not (started := tokens_of(second)):
        time.sleep(0.005)
    began, before = time.monotonic(), started + tokens_of(first)
    while not (first.view().ended or second.view().ended):
        time.sleep(0.005)
    together = (tokens_of(first) + tokens_of(second) - before) / (time.monotonic() - began)
    second.wait(600)
    first.wait(600)
    waits = [s.first_token_s for s in second.view().sequences if s.first_token_s is not None]
    return {
        "second_person_first_token_s": min(waits),
        "two_people_ratio": together / wide,
        "two_people_tokens_per_s": together,
    }


def memory(bench: Bench) -> Figures:
    """Resident memory of this engine's kind of process, against one with two merged models loaded the plain way."""
    copy = bench.folder / "merged.gguf"
    shutil.copyfile(bench.base, copy)
    engine = in_own_process("engine", str(bench.settings.model))
    plain = in_own_process("plain", str(bench.base), str(copy))
    copy.unlink()
    return {"memory_ratio": engine / plain, "memory_mb": engine / 1e6, "memory_plain_mb": plain / 1e6}


def in_own_process(kind: str, *paths: str) -> float:
    """Return what a fresh process of that kind holds after a short answer."""
    command = [sys.executable, "-m", "workbench.engine.measuring", "--resident", kind, *paths]
    return float(subprocess.run(command, capture_output=True, text=True, check=True, env=os.environ).stdout.split()[-1])


def resident_after_use(kind: str, paths: list[Path]) -> int:
    """Load, answer once, and return this process's resident memory."""
    chat = [{"role": "user", "content": WORDS * 10}]
    if kind == "engine":
        engine = LlamaEngine(Settings(model=paths[0]))
        engine.submit(Request("measuring", (chat,), Sampling(max_tokens=4))).wait(600)
        return resident()
    with plain_model(paths[0], None, 2) as first, plain_model(paths[1], None, 2) as second:
        for llama in (first, second):
            plain_chat(llama, chat, 4)
        return resident()


def with_line(chat: Messages, line: str) -> Messages:
    """Return the chat with a line more at the end."""
    return [*chat[:-1], {"role": "user", "content": f"{chat[-1]['content']}\n{line}"}]


def first_of(view: View) -> float:
    """Return the seconds to the first token."""
    seconds = view.sequences[0].first_token_s
    return view.sequences[0].seconds if seconds is None else seconds


def tokens_of(job: Job) -> int:
    """Return the tokens so far, of all sequences."""
    return sum(sequence.tokens for sequence in job.view().sequences)


def measure(base: Path, adapters: list[Path], threads: int | None) -> Figures:
    """Return every figure."""
    bench = Bench(base, adapters, threads)
    try:
        figures = streams(bench)
        for part in (ideas, first_token, checks, stops_and_swaps):
            figures |= part(bench)
        figures |= two_people(bench, figures["wide_tokens_per_s"])
        return figures | memory(bench)
    finally:
        bench.close()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path, nargs="*")
    parser.add_argument("--adapter", type=Path, action="append", default=[])
    parser.add_argument("--threads", type=int)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--resident", choices=("engine", "plain"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.resident:
        print(resident_after_use(options.resident, options.model))
        return
    figures = measure(options.model[0], options.adapter, options.threads)
    if options.json:
        print(json.dumps(figures, indent=1))
        return
    for name, figure in figures.items():
        print(f"| {name} | {figure:.3g} |")


if __name__ == "__main__":
    main()
