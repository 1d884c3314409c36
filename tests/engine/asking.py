"""How the engine's tests ask and what they look at. conftest.py makes it importable."""

import threading
import time

from workbench.engine.interface import Job, Request, Sampling, State, View
from workbench.engine.llama_engine import LlamaEngine
from workbench.engine.runner import LANES

GREEDY = Sampling(temperature=0, max_tokens=24)
LONG = Sampling(temperature=0, max_tokens=700)
MANY = ("hello",) * 16
FOR_LONG = Sampling(temperature=0, max_tokens=400)  # sixteen of these take seconds, in shifts


def chat(text: str, system: str = "You think of ideas.") -> list[dict[str, str]]:
    return [{"role": "system", "content": system}, {"role": "user", "content": text}]


def ask(*texts: str, sampling: Sampling = GREEDY, adapter: str | None = None, **more: object) -> Request:
    return Request("test", tuple(map(chat, texts)), sampling, adapter, **more)  # type: ignore[arg-type]


def texts(view: View) -> list[str]:
    assert view.state == State.DONE, view
    return [sequence.text for sequence in view.sequences]


def held(engine: LlamaEngine, request: Request) -> tuple[Job, threading.Event]:
    """Return a job that has begun to write, and an event until which the engine's thread goes no further."""
    begun, release = threading.Event(), threading.Event()

    def hold(job: Job) -> None:
        begun.set()
        release.wait(120)

    job = engine.submit(request, hold)
    assert begun.wait(120)
    return job, release


def ended_at(job: Job) -> float:
    return job.submitted + max(sequence.seconds for sequence in job.view().sequences)


def idle(engine: LlamaEngine) -> None:
    """Assert that nothing is at work and nobody holds a cell but the prefix cache, by the books and by llama.cpp."""
    at_rest(engine)
    engine.call(lambda: check_idle(engine)).result(120)


def at_rest(engine: LlamaEngine) -> None:
    """Wait until the engine's thread has nothing to do: a job ends for its waiters before that is done with it."""
    deadline = time.monotonic() + 60
    while engine._runner.tasks and time.monotonic() < deadline:
        time.sleep(0.001)
    engine.call(lambda: None).result(120)


def check_idle(engine: LlamaEngine) -> None:
    """Do what `idle` does; on the engine's thread."""
    runner = engine._runner
    assert not runner.tasks and not engine._intake.tasks()
    assert sorted(runner._free) == list(range(LANES))
    lengths = [runner.context.length(sequence) for sequence in range(runner.context.n_seq)]
    assert lengths == [runner.memory.length(sequence) for sequence in range(runner.context.n_seq)]
    assert not any(lengths[:LANES])
    while runner.cache.evict():
        pass
    assert len(runner.cache) == 0 and runner.memory.used == 0
    assert not any(runner.context.length(sequence) for sequence in range(runner.context.n_seq))
