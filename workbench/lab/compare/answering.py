"""One answer: asked, written down as it grows, measured, and stopped when somebody asks for that."""

import time
from collections.abc import Callable
from dataclasses import asdict, replace

from workbench.engine.interface import Job, Messages, Request, Sampling, State, View
from workbench.engine.llama_engine import LlamaEngine
from workbench.lab.compare.opening import Opened
from workbench.records import Contender
from workbench.store import Store

TASK = "compare"
LOOK_S = 0.1  # seconds between two looks for a Stop
SAVE_S = 0.3  # seconds between two saves of a growing text: on the page it grows about as fast as it is read
WARM_UP_TOKENS = 16
MAX_SECONDS = 1800.0  # a large model on a small machine may take its time


def answer(
    store: Store, opened: Opened, contender: Contender, messages: Messages, sampling: Sampling,
    begun: Callable[[int], None], stop: Callable[[], bool],
) -> View:  # fmt: skip
    """Ask for one answer and write it down; `begun` gets its number at once. Return how it ended.

    What is kept of earlier prompts is dropped first: the time to the first token is that of a whole prompt. On a server
    nobody here can do that.
    """
    if isinstance(opened.engine, LlamaEngine):
        opened.engine.forget_prompts()
    request = Request(TASK, (messages,), sampling, adapter=opened.adapters[contender], max_seconds=MAX_SECONDS)
    number = _log(store, opened, contender, request)
    begun(number)
    job = opened.engine.submit(request)
    _follow(store, job, number, stop)
    view = job.wait()
    done = view.sequences[0]
    finish = "failed" if view.state is State.FAILED else str(done.finish or view.state)
    store.finish_generation(
        number, text=done.text, prompt_tokens=done.prompt_tokens, tokens=done.tokens, first_token_s=done.first_token_s,
        seconds=done.seconds, finish=finish, error=view.error,
    )  # fmt: skip
    return view


def warm_up(store: Store, opened: Opened, contender: Contender, messages: Messages, sampling: Sampling) -> int:
    """Have a model that was just loaded say a few words that count for nothing; return their number."""
    numbers: list[int] = []
    short = replace(sampling, max_tokens=WARM_UP_TOKENS)
    answer(store, opened, contender, messages, short, numbers.append, lambda: False)
    return numbers[0]


def _follow(store: Store, job: Job, number: int, stop: Callable[[], bool]) -> None:
    saved, saved_at = 0, time.monotonic()
    while not (view := job.wait(LOOK_S)).ended:
        if stop():
            job.stop()
        now, grown = time.monotonic(), view.sequences[0]
        if grown.tokens > saved and now - saved_at >= SAVE_S:
            store.update_generation(number, text=grown.text, tokens=grown.tokens)
            saved, saved_at = grown.tokens, now


def _log(store: Store, opened: Opened, contender: Contender, request: Request) -> int:
    status = opened.engine.status()
    adapter = next((each for each in status.adapters if each.name == request.adapter), None)
    drawn = request.sampling_of(0)
    return store.start_generation(
        job_id=f"compare-{time.time_ns():x}", task=TASK, messages=[dict(message) for message in request.prompts[0]],
        model=f"{status.model} at {status.server}" if status.server else status.model, model_sha256=status.sha256,
        adapter=request.adapter, adapter_sha256=adapter.sha256 if adapter else None, sampling=asdict(drawn),
        seed=drawn.seed or 0,
    )  # fmt: skip
