"""Any order of submit, stop, swap and fail leaves nothing behind. python -m pytest tests/engine/test_operations.py"""

import time
from collections.abc import Callable
from typing import Any

import pytest
from asking import at_rest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workbench.engine.interface import Job, Request, Sampling, ScoreRequest, State
from workbench.engine.llama_engine import LlamaEngine
from workbench.engine.runner import LANES
from workbench.errors import EngineBusy

WORDS = ("hello", "hello there", "Idea: a bus that brings bread", "Idea: a van", "word " * 60)
FORMS = ("root ::= [a-z]{3,20}", r'root ::= "ab" [^\x00-\UFFFFFFFF]')  # the second is a dead end
operations = st.one_of(
    st.tuples(
        st.just("submit"),
        st.lists(st.sampled_from(WORDS), min_size=1, max_size=6),
        st.sampled_from([None, "brainstorm", "refine"]),
        st.integers(1, 30),
    ),
    st.tuples(
        st.just("score"), st.lists(st.sampled_from(WORDS), min_size=1, max_size=4), st.sampled_from([None, "refine"])
    ),
    st.tuples(st.just("fail"), st.sampled_from(WORDS)),
    st.tuples(st.just("form"), st.sampled_from(WORDS), st.sampled_from(FORMS)),
    st.tuples(st.just("call")),
    st.tuples(st.just("time out"), st.sampled_from(WORDS)),
    st.tuples(st.just("stop"), st.integers(0, 20)),
    st.tuples(st.just("wait"), st.integers(0, 5)),
)


def prompts(words: list[str]) -> tuple[list[dict[str, str]], ...]:
    return tuple([{"role": "user", "content": word}] for word in words)


def operate(engine: LlamaEngine, jobs: list[Job], operation: Any) -> None:
    match operation:
        case ("submit", words, adapter, tokens):
            jobs.append(engine.submit(Request("test", prompts(words), Sampling(max_tokens=tokens), adapter)))
        case ("score", words, adapter):
            jobs.append(engine.submit(ScoreRequest("test", prompts(words), adapter=adapter)))
        case ("fail", word):
            jobs.append(engine.submit(Request("test", prompts([word]), Sampling(temperature="hot"))))  # type: ignore[arg-type]
        case ("form", word, gbnf):
            samplings = (Sampling(seed=1), Sampling(temperature=0, max_tokens=9))
            request = Request("test", prompts([word, word]), samplings=samplings, grammar=gbnf)
            jobs.append(engine.submit(request))
        case ("call",):
            engine.call(lambda: None)
        case ("time out", word):
            jobs.append(engine.submit(Request("test", prompts([word]), Sampling(max_tokens=300), max_seconds=0.005)))
        case ("stop", number) if jobs:
            jobs[number % len(jobs)].stop()
        case ("wait", milliseconds):
            time.sleep(milliseconds / 1000)


def check_nothing_is_left(engine: LlamaEngine, jobs: list[Job]) -> None:
    for job in jobs:
        view = job.wait(120)
        assert view.ended and all(sequence.finish is not None for sequence in view.sequences), view
        assert view.state != State.FAILED or view.error
    at_rest(engine)
    engine.call(lambda: check_everything_is_free(engine)).result(120)


def check_everything_is_free(engine: LlamaEngine) -> None:
    """On the engine's thread."""
    runner = engine._runner
    assert not runner.tasks and not engine._intake.tasks()
    assert sorted(runner._free) == list(range(LANES))
    everyone = range(runner.context.n_seq)
    assert [runner.context.length(s) for s in everyone] == [runner.memory.length(s) for s in everyone]
    assert not any(runner.memory.length(s) for s in range(LANES))
    assert all(prefix.users == 0 and prefix.missing == 0 for prefix in runner.cache._prefixes)
    cells = {cell for prefix in runner.cache._prefixes for cell in runner.memory._cells[prefix.sequence]}
    assert runner.memory.used == len(cells) <= runner.memory.total // 2


def run(engine: LlamaEngine, sequence: list[Any]) -> None:
    jobs: list[Job] = []
    for operation in sequence:
        try:
            operate(engine, jobs, operation)
        except EngineBusy:
            pass
    check_nothing_is_left(engine, jobs)
    # The whole memory is still to be had: a leaked cell would make this one wait for ever.
    wide = engine.submit(Request("test", prompts(["word " * 5000]), Sampling(max_tokens=2)))
    assert wide.wait(120).state == State.DONE


def test_two_hundred_random_operations_leave_nothing_behind(open_tiny: Callable[..., LlamaEngine]) -> None:
    engine = open_tiny(context=768)

    @settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(operations, min_size=10, max_size=40))
    def check(sequence: list[Any]) -> None:
        run(engine, sequence)

    check()


@pytest.mark.slow
def test_many_more_random_operations_leave_nothing_behind(open_tiny: Callable[..., LlamaEngine]) -> None:
    engine = open_tiny(context=1024)

    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(operations, min_size=100, max_size=200))
    def check(sequence: list[Any]) -> None:
        run(engine, sequence)

    check()
