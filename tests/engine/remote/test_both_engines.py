"""What the local and the remote engine promise alike, each on the same model. python -m pytest tests/engine/remote"""

import threading
import time
from itertools import pairwise

import pytest

from workbench.engine.admission import MAX_QUEUED
from workbench.engine.interface import Engine, Finish, Job, Request, Sampling, ScoreRequest, State, View
from workbench.errors import EngineBusy, EngineClosed, InputError

GREEDY = Sampling(temperature=0, max_tokens=24)
LONG = Sampling(temperature=0, max_tokens=700)


def chat(text: str) -> list[dict[str, str]]:
    return [{"role": "system", "content": "You think of ideas."}, {"role": "user", "content": text}]


def ask(*texts: str, sampling: Sampling = GREEDY, **more: object) -> Request:
    return Request("test", tuple(map(chat, texts)), sampling, **more)  # type: ignore[arg-type]


def texts(view: View) -> list[str]:
    assert view.state == State.DONE, view
    return [sequence.text for sequence in view.sequences]


def until_it_writes(job: Job) -> None:
    while not any(sequence.tokens for sequence in job.view().sequences):
        assert not job.view().ended, job.view()
        time.sleep(0.001)


@pytest.fixture(params=["engine", "remote"])
def either(request: pytest.FixtureRequest) -> Engine:
    """The local engine, then one on a server."""
    engine: Engine = request.getfixturevalue(request.param)
    return engine


def test_a_server_writes_what_the_local_engine_writes(engine: Engine, remote: Engine) -> None:
    request = ask("hello", "good day", "an idea", sampling=Sampling(temperature=0, max_tokens=3))  # rounding adds up
    assert texts(remote.submit(request).wait(120)) == texts(engine.submit(request).wait(120))


def test_a_greedy_answer_is_the_same_again_and_carries_its_figures(either: Engine) -> None:
    first = either.submit(ask("hello")).wait(120)
    assert texts(first)[0] and texts(either.submit(ask("hello")).wait(120)) == texts(first)
    sequence = first.sequences[0]
    assert (sequence.finish, sequence.tokens) == (Finish.LENGTH, 24)
    assert sequence.first_token_s is not None and 0 < sequence.first_token_s <= sequence.seconds


def test_it_streams(either: Engine) -> None:
    seen: list[View] = []
    final = either.submit(ask("hello", sampling=LONG), lambda job: seen.append(job.view())).wait(120)
    growing = [view.sequences[0].text for view in seen]
    assert growing[-1] == final.sequences[0].text
    assert all(later.startswith(earlier) for earlier, later in pairwise(growing))
    assert len(set(growing)) > 1 and seen[-1].state == State.DONE


def test_sequences_side_by_side_have_seeds_of_their_own(either: Engine) -> None:
    hot = Sampling(temperature=1.5, top_k=0, top_p=1.0, min_p=0.0, seed=7, max_tokens=24)
    view = either.submit(ask(*["hello"] * 4, sampling=hot)).wait(120)
    assert [sequence.seed for sequence in view.sequences] == [7, 8, 9, 10]
    assert len(set(texts(view))) == 4


def test_each_sequence_may_be_sampled_its_own_way(either: Engine) -> None:
    ways = (GREEDY, Sampling(temperature=1.5, top_k=0, top_p=1.0, seed=3, max_tokens=12))
    view = either.submit(ask("hello", "hello", samplings=ways)).wait(120)
    assert [sequence.tokens for sequence in view.sequences] == [24, 12]
    assert view.sequences[1].seed == 3
    assert texts(view)[0] == texts(either.submit(ask("hello")).wait(120))[0]


def test_a_stop_string_ends_one_sequence_and_not_the_others(either: Engine) -> None:
    first, second = texts(either.submit(ask("hello", "good day")).wait(120))
    stop = next(first[i : i + 3] for i in range(4, 20) if first[i : i + 3] not in second)
    view = either.submit(ask("hello", "good day", stop=(stop,))).wait(120)
    assert [s.finish for s in view.sequences] == [Finish.STOP, Finish.LENGTH]
    assert texts(view) == [first[: first.index(stop)], second]


def test_max_seconds_ends_with_the_text_so_far(either: Engine) -> None:
    endless = Sampling(temperature=0, max_tokens=1900)
    for seconds in (0.5, 4.0, 20.0):  # a busy machine may come to its first word later
        view = either.submit(ask(*["hello"] * 4, sampling=endless, max_seconds=seconds)).wait(120)
        if any(sequence.text for sequence in view.sequences):
            break
    assert view.state == State.DONE
    assert Finish.TIME in {sequence.finish for sequence in view.sequences}
    assert any(sequence.text for sequence in view.sequences)


def test_stop_keeps_the_partial_text(either: Engine) -> None:
    job = either.submit(ask(*["hello"] * 4, sampling=Sampling(max_tokens=450)))
    until_it_writes(job)
    asked = time.process_time()
    job.stop()
    view = job.wait(120)
    assert time.process_time() - asked < 1.0  # of the processor: the clock would measure the machine's other work
    assert all(sequence.tokens < 450 for sequence in view.sequences)
    assert view.state == State.STOPPED and any(sequence.text for sequence in view.sequences)
    assert Finish.STOPPED in {sequence.finish for sequence in view.sequences}
    assert texts(either.submit(ask("hello")).wait(120))


def test_stopping_twice_or_after_the_end_does_nothing(either: Engine) -> None:
    job = either.submit(ask("hello"))
    before = job.wait(120)
    job.stop()
    job.stop()
    assert job.view() == before
    assert texts(either.submit(ask("hello")).wait(120)) == texts(before)


def test_stops_race_with_starts(either: Engine) -> None:
    for i in range(30):
        job = either.submit(ask("hello", sampling=LONG))
        time.sleep(i % 7 * 0.002)
        job.stop()
        assert job.wait(120).state in (State.STOPPED, State.DONE)
    assert texts(either.submit(ask("hello")).wait(120))
    deadline = time.monotonic() + 60
    while (either.status().queued, either.status().running) != (0, 0):  # a waiter hears of the end a moment earlier
        assert time.monotonic() < deadline, either.status()
        time.sleep(0.001)


def test_a_listener_that_fails_harms_nobody(either: Engine, caplog: pytest.LogCaptureFixture) -> None:
    def broken(job: Job) -> None:
        raise ValueError("a page is gone")

    assert either.submit(ask("hello"), broken).wait(120).state == State.DONE
    assert "a page is gone" in caplog.text


def test_a_listener_may_submit_and_stop(either: Engine) -> None:
    second: list[Job] = []

    def chain(job: Job) -> None:
        if job.view().ended and not second:
            second.append(either.submit(ask("and then", sampling=LONG), lambda job: job.stop()))

    either.submit(ask("hello"), chain).wait(120)
    assert second[0].wait(120).state == State.STOPPED


def test_scores_are_what_the_local_engine_says(engine: Engine, remote: Engine) -> None:
    request = ScoreRequest("evaluate", tuple(map(chat, "abc")), (">", "="))  # no letters: their case is taken together
    here, there = engine.submit(request).wait(120), remote.submit(request).wait(120)
    assert there.state == State.DONE, there
    for ours, theirs in zip(here.probabilities, there.probabilities, strict=True):
        assert theirs == pytest.approx(ours, abs=0.01)
        assert sum(theirs) == pytest.approx(1)


def test_what_cannot_be_served_is_refused_at_once(either: Engine) -> None:
    for request, words in (
        (ask(), "1 to 16 prompts"),
        (ask(" "), "prompt is empty"),
        (ask("hello", adapter="poetry"), "no adapter 'poetry'"),
        (ScoreRequest("test", (chat("x"),), ("yes",)), "at least two"),
    ):
        with pytest.raises(InputError, match=words):
            either.submit(request)


def test_the_queue_is_bounded_counts_down_and_says_when_it_is_full(either: Engine) -> None:
    begun, release = threading.Event(), threading.Event()

    def hold(_: Job) -> None:
        begun.set()
        release.wait(120)

    either.submit(ask("hello"), hold)
    assert begun.wait(120)
    jobs = [either.submit(ask("good day")) for _ in range(MAX_QUEUED)]
    with pytest.raises(EngineBusy, match=f"{MAX_QUEUED} requests are waiting"):
        either.submit(ask("good day"))
    assert [job.view().position for job in jobs] == list(range(MAX_QUEUED))
    jobs[5].stop()
    release.set()
    states = [job.wait(120).state for job in jobs]
    assert states == [State.DONE] * 5 + [State.STOPPED] + [State.DONE] * (MAX_QUEUED - 6)


def test_closing_keeps_partial_texts_and_refuses_the_rest(either: Engine) -> None:
    job = either.submit(ask(*["hello"] * 4, sampling=Sampling(max_tokens=450)))
    until_it_writes(job)
    either.close()
    view = job.wait(0)
    assert view.state == State.STOPPED and any(sequence.text for sequence in view.sequences)
    with pytest.raises(EngineClosed, match="was closed"):
        either.submit(ask("hello"))
    either.close()
    assert either.status().error is not None
