"""The estimate of a wait. python -m pytest tests/engine/test_waiting.py"""

import statistics
import threading
import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.engine.interface import Job, Request, Sampling, ScoreRequest, State
from workbench.engine.llama_engine import LlamaEngine
from workbench.engine.waiting import Rates, Work, first_tokens

WORKS = st.builds(
    Work,
    st.sampled_from([None, "a", "b"]),
    st.integers(1, 500),
    st.lists(st.tuples(st.floats(1, 100), st.integers(1, 300)), min_size=1, max_size=16).map(tuple),
)


def rates(step_s: float = 0.05, prompt_token_s: float = 0.01) -> Rates:
    measured = Rates()
    measured.step(1, 0, step_s)
    measured.step(0, 10, 10 * prompt_token_s)
    return measured


def wait(queue: list[Work], at_work: list[Work] | None = None, lanes: int = 4, cells: int = 10_000) -> list[float]:
    return first_tokens(rates(), at_work or [], queue, chunk=10, free_lanes=lanes, free_cells=cells)


def test_nothing_is_said_before_anything_was_measured() -> None:
    assert first_tokens(Rates(), [], [Work(None, 9, ((5, 9),))], chunk=10, free_lanes=1, free_cells=99) == []


def test_an_idle_engine_only_reads_the_prompt() -> None:
    assert wait([Work(None, 100, ((50, 50),))]) == [pytest.approx(100 * 0.01 + 10 * 0.05)]


def test_who_finds_no_lane_waits_for_the_first_that_ends() -> None:
    busy = Work(None, 0, ((20, 5), (60, 5)))
    (_, first) = wait([Work(None, 10, ((5, 5),))], [busy], lanes=0)
    assert first == pytest.approx(20 * 0.05 + 10 * 0.01 + 0.05)


def test_who_finds_no_cells_waits_until_enough_are_free() -> None:
    busy = Work(None, 0, ((20, 50), (60, 500)))
    (_, first) = wait([Work(None, 10, ((5, 400),))], [busy], cells=0)
    assert first == pytest.approx(60 * 0.05 + 10 * 0.01 + 0.05)


def test_two_adapters_take_turns_so_each_step_counts_twice() -> None:
    busy = Work("a", 0, ((20, 5),))
    alone, shared = (wait([Work(adapter, 10, ((5, 5),))], [busy])[1] for adapter in ("a", "b"))
    assert shared - alone == pytest.approx(0.05)


def test_the_width_measured_nearest_counts() -> None:
    measured = Rates()
    for width, seconds in ((1, 0.01), (16, 0.04)):
        measured.step(width, 0, seconds)
    assert [measured.step_s(width) for width in (1, 2, 3, 8, 16, 32)] == [0.01, 0.01, 0.01, 0.04, 0.04, 0.04]
    measured.step(16, 0, 0.09)
    assert measured.step_s(16) == pytest.approx(0.05)


def test_sequences_that_end_early_make_the_next_ones_shorter() -> None:
    measured = Rates()
    assert measured.left(0, 160) == 48
    for _ in range(60):
        measured.ended(32, 160)
    assert measured.left(0, 160) == pytest.approx(32, abs=1)
    assert measured.left(100, 160) == 16  # longer than usual already: it goes on for a little


@given(st.lists(WORKS, max_size=4), st.lists(WORKS, min_size=1, max_size=6), st.integers(0, 8), st.integers(0, 4000))
def test_the_estimate_is_finite_and_grows_along_the_queue(
    at_work: list[Work], queue: list[Work], lanes: int, cells: int
) -> None:
    waits = wait(queue, at_work, lanes, cells)
    assert len(waits) == len(at_work) + len(queue)
    assert all(0 < seconds < 1e6 for seconds in waits)
    more = wait([*queue, queue[0]], at_work, lanes, cells)
    assert more[:-1] == waits
    assert more[-1] >= waits[len(at_work)] - 0.05  # the same request again, at the end: one step is rounding


def ask(n: int, tokens: int, adapter: str | None = None) -> Request:
    chats = tuple([{"role": "user", "content": f"hello {i}"}] for i in range(n))
    return Request("test", chats, Sampling(temperature=0, max_tokens=tokens), adapter)


def test_a_real_wait_is_of_the_estimated_kind(open_tiny: Callable[..., LlamaEngine]) -> None:
    """Within a factor of 20 either way, half of the times it is asked for: it is a guess, and a busy machine stalls."""
    engine = open_tiny(context=512)  # room for a few of its sequences
    assert engine.submit(ask(16, 100)).wait(120).wait_s is None
    jobs = [engine.submit(ask(16, 100)) for _ in range(8)]
    guesses = []
    while not any(sequence.tokens for sequence in jobs[-1].view().sequences):
        view = jobs[-1].view()
        assert not view.ended
        if view.wait_s is not None:
            guesses.append((time.monotonic(), view.wait_s))
        time.sleep(0.001)
    last = jobs[-1].wait(120)
    first = jobs[-1].submitted + min(s.first_token_s or 0 for s in last.sequences)
    ratios = [guess / (first - asked) for asked, guess in guesses if guess > 0 and asked < first]
    assert 1 / 20 < statistics.median(ratios) < 20, ratios
    assert last.wait_s is None


def test_a_score_waits_with_an_estimate_too(engine: LlamaEngine) -> None:
    engine.submit(ask(1, 8)).wait(120)
    begun, release = threading.Event(), threading.Event()

    def hold(_: Job) -> None:
        begun.set()
        release.wait(120)

    running = engine.submit(ask(16, 60), hold)
    assert begun.wait(120)
    prompts = ask(16, 1).prompts
    score = engine.submit(ScoreRequest("test", prompts))
    assert score.view().state == State.QUEUED and score.view().position == 0
    release.set()
    assert score.wait(120).state == State.DONE and score.view().wait_s is None
    running.stop()
