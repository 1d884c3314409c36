"""How quick it is: to start, to the first idea, to stop, to change adapters, to search the library."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from statistics import median
from typing import Any

from workbench.assist import Desk
from workbench.assist.prompts import check, one_idea
from workbench.bench.heldout import Topic
from workbench.engine.interface import BALANCED, Engine, Request, ScoreRequest
from workbench.errors import EngineError
from workbench.settings import ROOT
from workbench.store import Library

LOOK = 0.005  # seconds between two looks at a run
ROUNDS = 5
LONG = "The library is open on weekdays only and the hall beside it stands empty. " * 60  # about 900 tokens


def app_start() -> dict[str, float]:
    """Start the app on a free port with data of its own; return seconds to its answer and to its first drawn page."""
    command = [sys.executable, str(ROOT / "scripts" / "time_start.py")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=180)
    if done.returncode:
        raise EngineError(f"The app did not start for the measurement: {done.stderr.strip().splitlines()[-1]}")
    found: dict[str, float] = json.loads(done.stdout)
    return found


def ideas(desk: Desk, topics: Sequence[Topic]) -> dict[str, Any]:
    """Return the medians of a brainstorm of eight: seconds to the first word, the first whole idea, all of them."""
    words, firsts, alls, rates = [], [], [], []
    for topic in topics[:ROUNDS]:
        began = time.monotonic()
        run = desk.brainstorm(topic.topic, n=8, sampling=replace(BALANCED, seed=1))
        first = _until(lambda run=run: run.view().done > 0, began)  # type: ignore[misc]
        view = run.wait()
        alls.append(time.monotonic() - began)
        firsts.append(first)
        words.append(min(item.first_token_s or 0.0 for item in view.items))
        rates.append(sum(item.tokens for item in view.items) / alls[-1])
    return {
        "first_word_s": round(median(words), 3),
        "first_idea_s": round(median(firsts), 3),
        "eight_ideas_s": round(median(alls), 3),
        "tokens_per_s": round(median(rates), 1),
    }


def judgement(desk: Desk, topics: Sequence[Topic]) -> dict[str, float]:
    """Return the median seconds to the eight checks, and to the whole judgement in words."""
    checks, alls = [], []
    for topic in topics[:ROUNDS]:
        began = time.monotonic()
        run = desk.evaluate(topic.topic, topic.written[0], sampling=replace(BALANCED, seed=1))
        checks.append(_until(lambda run=run: bool(run.view().checks), began))  # type: ignore[misc]
        run.wait()
        alls.append(time.monotonic() - began)
    return {"checks_s": round(median(checks), 3), "judgement_s": round(median(alls), 3)}


def stopping(engine: Engine) -> dict[str, float]:
    """Return the slowest of some stops, in milliseconds: while ideas are written, and while a long prompt is read."""
    adapter = _adapters(engine)[0]
    long = replace(BALANCED, seed=1, max_tokens=400)

    def writing(number: int) -> Request:
        return Request("brainstorm", (one_idea(f"Waiting rooms, number {number}"),) * 8, long, adapter)

    def reading(number: int) -> Request:
        return Request("brainstorm", (one_idea(f"{number}", context=LONG),) * 2, long, adapter)

    return {
        "writing_ms": max(_stop(engine, writing(number), after=0.3) for number in range(ROUNDS)),
        "reading_ms": max(_stop(engine, reading(number), after=0.02) for number in range(ROUNDS)),
    }


def swapping(engine: Engine) -> float | None:
    """Return the milliseconds a request takes more when the one before used the other adapter; None without two."""
    names = [name for name in _adapters(engine) if name]
    if len(names) < 2:
        return None
    asked = {name: ScoreRequest("evaluate", (check("Rain", "Umbrella Row", 1),), adapter=name) for name in names[:2]}

    def one(name: str) -> float:
        began = time.monotonic()
        engine.submit(asked[name]).wait()
        return time.monotonic() - began

    for name in asked:  # each one's prompt is in the cache from here on
        one(name)
    same = [one(name) for name in asked for _ in range(20)]
    turns = [one(name) for _ in range(20) for name in asked]
    return round(1000 * (median(turns) - median(same)), 2)


def searching(library: Library, topics: Sequence[Topic]) -> dict[str, float]:
    """Return the median and the slowest search of the library, in milliseconds."""
    times = []
    for topic in topics:
        began = time.monotonic()
        library.search(topic.topic)
        times.append(1000 * (time.monotonic() - began))
    return {"median_ms": round(median(times), 1), "slowest_ms": round(max(times), 1)}


def _adapters(engine: Engine) -> list[str | None]:
    return [adapter.name for adapter in engine.status().adapters] or [None]


def _stop(engine: Engine, request: Request, *, after: float) -> float:
    job = engine.submit(request)
    time.sleep(after)
    began = time.monotonic()
    job.stop()
    job.wait(10)
    return round(1000 * (time.monotonic() - began), 1)


def _until(reached: Callable[[], bool], began: float) -> float:
    while not reached():
        time.sleep(LOOK)
    return time.monotonic() - began
