"""Mixed work for a while, memory measured at both ends.

WORKBENCH_SOAK_MINUTES=5 python -m pytest tests/engine/test_soak.py -s
"""

import gc
import os
import random
import time
from pathlib import Path

import pytest
from asking import ask, chat, check_idle

from workbench.engine.footprint import resident
from workbench.engine.grammar import idea_lines
from workbench.engine.interface import Job, Sampling, ScoreRequest, State
from workbench.engine.llama_engine import LlamaEngine
from workbench.settings import Settings

MINUTES = float(os.environ.get("WORKBENCH_SOAK_MINUTES", "0.1"))  # read here: every test's environment is emptied
WARM_JOBS = 60  # until then buffers and caches are still growing
MOST_GROWN = 12 * 2**20
ADAPTERS = (None, "brainstorm", "refine")


def submit(engine: LlamaEngine, dice: random.Random) -> Job:
    """Return a job of some kind, some of them stopped, too long, without a usable sampling, or in a form."""
    adapter, n = dice.choice(ADAPTERS), dice.randint(1, 12)
    words = [f"{dice.choice(('hello', 'word ' * 60, 'Idea: a bus'))} {dice.randint(0, 400)}" for _ in range(n)]
    kind = dice.random()
    if kind < 0.25:
        return engine.submit(ScoreRequest("test", tuple(map(chat, words)), adapter=adapter))
    if kind < 0.3:
        return engine.submit(ask("A sentence here. " * 2000, sampling=Sampling(max_tokens=4)))
    if kind < 0.35:
        return engine.submit(ask("hello", sampling=Sampling(temperature="hot")))  # type: ignore[arg-type]
    grammar = idea_lines() if kind < 0.45 else None
    sampling = Sampling(max_tokens=dice.randint(1, 60), repeat_penalty=dice.choice((1.0, 1.2)))
    job = engine.submit(ask(*words, sampling=sampling, adapter=adapter, grammar=grammar))
    if kind > 0.85:
        time.sleep(dice.random() * 0.02)
        job.stop()
    return job


@pytest.mark.slow
def test_memory_does_not_grow_with_the_work(tiny: Path) -> None:
    """Idle unloads included: every so often the engine is left alone long enough to give the model back."""
    engine = LlamaEngine(Settings(model=tiny, context=1024, threads=1, idle_unload_minutes=0.3 / 60))
    dice, ends, jobs, at_start = random.Random(1), time.monotonic() + MINUTES * 60, 0, 0
    while time.monotonic() < ends or jobs < 2 * WARM_JOBS:
        batch = [submit(engine, dice) for _ in range(dice.randint(1, 8))]
        views = [job.wait(120) for job in batch]
        assert all(view.ended and (view.state is not State.FAILED or view.error) for view in views)
        jobs += len(batch)
        if dice.random() < 0.03:
            engine._owner.thread.join(120)
        if not at_start and jobs >= WARM_JOBS:
            gc.collect()
            at_start = resident()
    assert engine.submit(ask("hello")).wait(120).state is State.DONE
    engine.call(lambda: (engine._owner.load(), check_idle(engine))).result(120)  # there, lest it unload meanwhile
    gc.collect()
    print(f"{jobs} jobs, {at_start / 1e6:.1f} MB after {WARM_JOBS}, {resident() / 1e6:.1f} MB at the end")
    assert resident() - at_start < MOST_GROWN
    engine.close()
