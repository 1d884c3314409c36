"""Work of others on the engine's thread. python -m pytest tests/engine/test_calls.py"""

import threading
import time
from concurrent.futures import CancelledError

import pytest

from workbench.engine.calls import MAX_CALLS
from workbench.engine.interface import Request, Sampling, State
from workbench.engine.llama_engine import LlamaEngine
from workbench.errors import EngineBusy, EngineClosed


def ask(tokens: int = 8, n: int = 1) -> Request:
    return Request("test", ([{"role": "user", "content": "hello"}],) * n, Sampling(temperature=0, max_tokens=tokens))


def test_a_call_runs_on_the_engines_thread_between_two_steps(engine: LlamaEngine) -> None:
    job = engine.submit(ask(400, n=16))
    while not job.view().sequences[0].tokens:
        time.sleep(0.001)
    assert engine.call(threading.current_thread).result(120) is engine._owner.thread
    assert not job.view().ended
    job.stop()


def test_calls_keep_their_order_and_jobs_go_on(engine: LlamaEngine) -> None:
    order: list[int] = []
    futures = [engine.call(lambda i=i: order.append(i)) for i in range(8)]  # type: ignore[misc]
    assert engine.submit(ask()).wait(120).state == State.DONE
    assert all(future.done() for future in futures) and order == list(range(8))


def test_what_a_call_raises_goes_to_the_one_who_asked(engine: LlamaEngine) -> None:
    def broken() -> None:
        raise ValueError("no such text")

    with pytest.raises(ValueError, match="no such text"):
        engine.call(broken).result(120)
    assert engine.submit(ask()).wait(120).state == State.DONE


def test_calls_are_bounded_can_be_cancelled_and_end_with_the_engine(engine: LlamaEngine) -> None:
    begun, release = threading.Event(), threading.Event()

    def hold() -> bool:
        begun.set()
        return release.wait(120)

    first = engine.call(hold)
    assert begun.wait(120)
    waiting = [engine.call(lambda: None) for _ in range(MAX_CALLS)]
    with pytest.raises(EngineBusy, match=f"{MAX_CALLS} calls are waiting"):
        engine.call(lambda: None)
    assert waiting[0].cancel()
    closing = threading.Thread(target=engine.close)
    closing.start()
    while not engine._intake.closing:
        time.sleep(0.001)
    release.set()
    closing.join()
    assert first.result(0)
    with pytest.raises(CancelledError):
        waiting[0].result(0)
    with pytest.raises(EngineClosed, match="was closed"):
        waiting[1].result(0)
    with pytest.raises(EngineClosed, match="was closed"):
        engine.call(lambda: None)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_call_that_kills_the_thread_is_answered_and_the_next_finds_another(engine: LlamaEngine) -> None:
    def kill() -> None:
        raise SystemExit

    dead = engine._owner.thread
    with pytest.raises(SystemExit):
        engine.call(kill).result(120)
    dead.join(120)
    assert engine.call(threading.current_thread).result(120) is not dead
