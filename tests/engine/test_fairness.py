"""Who waits for whom, and for how long at most. python -m pytest tests/engine/test_fairness.py"""

from itertools import pairwise
from pathlib import Path

import pytest
from asking import MANY, ask, held, idle, texts
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workbench.engine.admission import MAX_QUEUED, new_job
from workbench.engine.chat import Chat
from workbench.engine.decoding import PROMPT_CHUNK
from workbench.engine.interface import Job, Sampling, State
from workbench.engine.llama import Model
from workbench.engine.llama_engine import LlamaEngine
from workbench.engine.loading import Loaded
from workbench.engine.preparing import prepare
from workbench.engine.runner import Runner
from workbench.engine.tasks import Task
from workbench.errors import EngineBusy


def test_the_queue_is_bounded_and_says_so_at_once(engine: LlamaEngine) -> None:
    _, release = held(engine, ask("hello"))
    jobs = [engine.submit(ask("good day")) for _ in range(MAX_QUEUED)]
    with pytest.raises(EngineBusy, match=f"{MAX_QUEUED} requests are waiting"):
        engine.submit(ask("good day"))
    assert [job.view().position for job in jobs] == list(range(MAX_QUEUED))
    release.set()
    assert all(job.wait(120).state == State.DONE for job in jobs)
    idle(engine)


def test_positions_count_down(engine: LlamaEngine) -> None:
    _, release = held(engine, ask("hello"))
    seen: list[list[int]] = []

    def look(_: Job) -> None:
        seen.append([job.view().position for job in jobs])

    wide = ask(*MANY, sampling=Sampling(max_tokens=40))
    jobs = [engine.submit(wide, look) for _ in range(6)]
    seen.append([job.view().position for job in jobs])
    release.set()
    assert all(job.wait(120).state == State.DONE for job in jobs)
    assert seen[0] == [0, 1, 2, 3, 4, 5]
    assert all(later <= earlier for positions in zip(*seen, strict=True) for earlier, later in pairwise(positions))
    assert seen[-1] == [0] * 6


def test_a_short_prompt_does_not_wait_for_a_long_one(engine: LlamaEngine) -> None:
    _, release = held(engine, ask("hello"))
    long, short = engine.submit(ask("word " * 250)), engine.submit(ask("good day"))
    release.set()
    views = [job.wait(120) for job in (short, long)]
    assert all(texts(view) for view in views)
    first_of_short, first_of_long = (view.sequences[0].first_token_s for view in views)
    assert first_of_short is not None and first_of_long is not None and first_of_short < first_of_long


class Bench:
    """A runner that the test steps itself, so that waits are counted in steps and not by the clock."""

    def __init__(self, tiny: Path, n_ctx: int) -> None:
        model = Model(tiny / "base.gguf")
        model.load_adapter("refine", tiny / "refine.gguf")
        self.loaded, self.n_ctx = Loaded(model, Chat(model, "base.gguf")), n_ctx
        self.runner = Runner(model, n_ctx, 1)
        self.queue: list[Task] = []
        self.steps = 0

    def put(self, text: str, n: int, tokens: int) -> Task:
        return self.put_each(text, *[tokens] * n)

    def put_each(self, text: str, *tokens: int, adapter: str | None = None) -> Task:
        samplings = tuple(Sampling(temperature=0, max_tokens=most) for most in tokens)
        task = Task(new_job(ask(*[text] * len(tokens), samplings=samplings, adapter=adapter), None))
        prepare(task, self.loaded, self.n_ctx)
        self.queue.append(task)
        return task

    def step(self) -> None:
        self.runner.sweep()
        self.runner.admit(self.queue)
        self.queue = [task for task in self.queue if not task.begun]
        self.runner.step()
        self.steps += 1

    def close(self) -> None:
        self.runner.close()
        self.loaded.model.close()


JOBS = st.lists(st.tuples(st.integers(0, 3), st.integers(1, 16), st.integers(1, 40)), min_size=1, max_size=6)


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(ahead=JOBS, mine=st.tuples(st.integers(0, 3), st.integers(1, 16), st.integers(1, 40)))
def test_nobody_who_comes_later_makes_a_request_wait(
    tiny: Path, ahead: list[tuple[int, int, int]], mine: tuple[int, int, int]
) -> None:
    """The stated bound: it begins at the latest when all that were ahead have ended, whoever else keeps coming."""
    bench = Bench(tiny, n_ctx=512)
    try:
        before = [bench.put(f"{'word ' * 12 * long} {i}", n, tokens) for i, (long, n, tokens) in enumerate(ahead)]
        me = bench.put(f"{'mine ' * 12 * mine[0]}", *mine[1:])
        while not me.begun:
            bench.put(f"{bench.steps} newcomer", 1, 8)
            all_ended = all(task.progress.ended for task in before)
            bench.step()
            assert me.begun or not all_ended
    finally:
        bench.close()


def test_a_long_prompt_gets_on_however_many_short_ones_keep_coming(tiny: Path) -> None:
    """Half of every step's prompt tokens are the oldest request's."""
    bench = Bench(tiny, n_ctx=4096)
    long = bench.put("word " * 100, 1, 4)
    bench.step()
    while not long.writes and not long.progress.ended:
        bench.put(f"{bench.steps} newcomer with a question of its own", 1, 2)
        bench.step()
    assert bench.steps <= len(long.prompts[0]) / (PROMPT_CHUNK / 2) + 2
    bench.close()


def test_requests_in_shifts_never_wait_for_each_other(tiny: Path) -> None:
    """Each holds its prompt's beginning between two of its sequences: the longest sequence has to come first."""
    bench = Bench(tiny, n_ctx=512)
    tasks = [bench.put_each("word " * 20, 5, 250, adapter=adapter) for adapter in (None, "refine")]
    assert 2 * tasks[0].shared + tasks[0].need(1) > 512  # both beginnings and the long one: that is too much
    while not all(task.progress.ended for task in tasks):
        bench.step()
        assert bench.steps < 2000, [len(task.lanes) for task in tasks]
    assert [sequence.tokens for task in tasks for sequence in task.job.view().sequences] == [5, 250] * 2
    bench.close()


SHIFTS = st.tuples(
    st.integers(0, 3), st.lists(st.integers(1, 250), min_size=1, max_size=4), st.sampled_from([None, "refine"])
)


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(SHIFTS, min_size=2, max_size=5))
def test_whatever_is_asked_for_everybody_gets_through(
    tiny: Path, asked: list[tuple[int, list[int], str | None]]
) -> None:
    bench = Bench(tiny, n_ctx=512)
    try:
        tasks = [
            bench.put_each(f"{'word ' * 12 * long}{i}", *tokens, adapter=adapter)
            for i, (long, tokens, adapter) in enumerate(asked)
        ]
        while not all(task.progress.ended for task in tasks):
            bench.step()
            assert bench.steps < 10_000, [(len(task.lanes), len(task.waiting)) for task in tasks]
        assert [[s.tokens for s in task.job.view().sequences] for task in tasks] == [tokens for _, tokens, _ in asked]
    finally:
        bench.close()
