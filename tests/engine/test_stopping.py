"""Stop acts at once, and what was written is kept. python -m pytest tests/engine/test_stopping.py"""

import time
from collections.abc import Iterator

import pytest
from asking import FOR_LONG, LONG, MANY, ask, held, idle, texts

from workbench.engine.context import OK
from workbench.engine.interface import Finish, Sampling, State
from workbench.engine.llama_engine import LlamaEngine
from workbench.errors import EngineClosed


def test_stop_keeps_the_partial_text_and_frees_everything(engine: LlamaEngine) -> None:
    job, release = held(engine, ask(*["hello"] * 8, sampling=Sampling(max_tokens=200)))
    job.stop()
    release.set()
    asked = time.process_time()
    view = job.wait(120)
    assert time.process_time() - asked < 1.0  # of the processor: the clock would measure the machine's other work
    assert view.state == State.STOPPED
    assert all(sequence.finish == Finish.STOPPED and sequence.text for sequence in view.sequences)
    idle(engine)


def test_stopping_twice_or_after_the_end_does_nothing(engine: LlamaEngine) -> None:
    job = engine.submit(ask("hello"))
    before = job.wait(120)
    job.stop()
    job.stop()
    assert job.view() == before
    assert texts(engine.submit(ask("hello")).wait(120)) == texts(before)


def test_stop_acts_in_the_middle_of_a_decode(engine: LlamaEngine) -> None:
    """The abort flag, not only the pause between steps: a decode that is told to stop gives up half-way."""
    context = engine._runner.context
    tokens = [5] * 400
    context.clear_batch()
    context.add(tokens, 0, 0, want_logits=False)
    context.ask_abort(True)
    assert context.decode() == 2
    context.ask_abort(False)
    assert context.length(0) == 0
    assert context.decode() == OK
    assert context.length(0) == 400


def test_a_queued_job_can_be_stopped(engine: LlamaEngine) -> None:
    running, release = held(engine, ask("hello", sampling=LONG))
    queued = engine.submit(ask("good day"))
    assert queued.view().state == State.QUEUED
    queued.stop()
    release.set()
    assert queued.wait(120).state == State.STOPPED
    assert running.wait(120).state == State.DONE
    idle(engine)


def test_closing_keeps_partial_texts_and_refuses_the_rest(engine: LlamaEngine) -> None:
    job = engine.submit(ask(*MANY, sampling=FOR_LONG))
    while not job.view().sequences[0].tokens:
        time.sleep(0.001)
    engine.close()
    view = job.wait(0)
    assert view.state == State.STOPPED and view.sequences[0].text
    with pytest.raises(EngineClosed, match="was closed"):
        engine.submit(ask("hello"))
    engine.close()


@pytest.fixture
def switch_interval() -> Iterator[None]:
    """Make threads interleave far more often than usual."""
    import sys

    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(before)


def test_stops_race_with_steps(engine: LlamaEngine, switch_interval: None) -> None:
    states = []
    for i in range(60):
        job = engine.submit(ask("hello", f"good day {i % 3}", sampling=LONG))
        time.sleep(i % 7 * 0.001)
        job.stop()
        states.append(job.wait(120).state)
    assert State.STOPPED in states and set(states) <= {State.STOPPED, State.DONE}  # one may end before it is stopped
    idle(engine)
