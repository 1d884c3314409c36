"""What goes wrong with a server is one sentence, and keeps what had come. python -m pytest tests/engine/remote"""

import time
from collections.abc import Callable

import pytest

from tests.engine.remote.wayward import Exchange, Wayward, answers, ask, error_of, hang, says, until_it_writes, words
from workbench.engine.interface import Finish, Job, State
from workbench.engine.remote import server
from workbench.engine.remote.engine import RemoteEngine

Open = Callable[..., RemoteEngine]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait a hundredth of the time between two tries."""
    monkeypatch.setattr(server, "FIRST_WAIT_S", 0.005)


@pytest.mark.parametrize("act", [says(429, "slow down"), says(500), says(503, "loading model")])
def test_a_passing_failure_is_asked_again_and_noted(
    wayward: Wayward, open_remote: Open, act: Callable[[Exchange], None]
) -> None:
    wayward.does(act, act, answers)
    view = open_remote(wayward.url).submit(ask()).wait(120)
    assert view.state == State.DONE and view.sequences[0].text == "Bread bus"
    assert len(wayward.seen) == 3 and "was asked again" in view.notes[0]


def test_retry_after_is_kept_to(wayward: Wayward, open_remote: Open) -> None:
    wayward.does(says(429, Retry_After="0.4"), answers)
    view = open_remote(wayward.url).submit(ask()).wait(120)
    assert view.state == State.DONE and view.sequences[0].seconds > 0.4


@pytest.mark.parametrize(
    ("act", "sentence", "tries"),
    [
        (says(429, "quota used up", Retry_After="3600"), "asked too often: quota used up", 1),
        (says(500, "out of memory"), "failed with 500: out of memory", server.ATTEMPTS),
        (says(401, "Incorrect API key"), "asks for a key. Set WORKBENCH_REMOTE_KEY", 1),
        (says(403), "asks for a key", 1),
        (says(404, "model 'tiny' not found"), "has no model 'tiny'. Set WORKBENCH_REMOTE_MODEL", 1),
        (says(400, "The model `tiny` does not exist"), "has no model 'tiny'", 1),
        (says(404, "Not Found"), "does not speak the OpenAI protocol", 1),
        (says(400, "This model's maximum context length is 4096 tokens"), "too long for tiny", 1),
        (says(400, "messages must alternate"), "refused the request with 400: messages must alternate", 1),
        (says(302), "does not speak the OpenAI protocol", 1),
        (lambda exchange: exchange.say(200, "hello"), "does not speak the OpenAI protocol", 1),
        (says(200, "the request exceeds the available context size"), "too long for tiny", 1),
        (says(500, "exceed_context_size_error: the available context size"), "too long for tiny", 1),
        (lambda exchange: exchange.stream("{half"), "does not speak the OpenAI protocol", 1),
        (lambda exchange: exchange.stream({"error": {"message": "CUDA"}}), "failed while it wrote: CUDA", 1),
        (lambda exchange: exchange.stream(end=False), "broke off before it wrote anything", 1),
    ],
)
def test_each_failure_is_a_sentence(
    wayward: Wayward, open_remote: Open, act: Callable[[Exchange], None], sentence: str, tries: int
) -> None:
    wayward.does(act)
    view = open_remote(wayward.url).submit(ask()).wait(120)
    assert sentence in error_of(view)
    assert view.sequences[0].finish == Finish.FAILED and len(wayward.seen) == tries


def test_a_server_that_is_not_there(open_remote: Open) -> None:
    view = open_remote("http://127.0.0.1:9/v1").submit(ask(4)).wait(120)
    assert "http://127.0.0.1:9 cannot be reached" in error_of(view)


def test_a_connection_that_ends_without_an_answer_is_tried_again(wayward: Wayward, open_remote: Open) -> None:
    def hangs_up(exchange: Exchange) -> None:
        exchange.close_connection = True

    wayward.does(hangs_up, answers)
    assert open_remote(wayward.url).submit(ask()).wait(120).state == State.DONE
    wayward.does(hangs_up)
    assert "closes the connection without an answer" in error_of(open_remote(wayward.url).submit(ask()).wait(120))


def test_a_cut_in_the_middle_keeps_the_text_and_the_other_sequences(wayward: Wayward, open_remote: Open) -> None:
    def cut(exchange: Exchange) -> None:
        exchange.stream(words("half an "), words("idea"), end=False)

    wayward.does(cut, answers)
    view = open_remote(wayward.url, remote_parallel=1).submit(ask(3)).wait(120)
    assert "broke off in the middle of an answer. The partial text is kept" in error_of(view)
    assert [s.text for s in view.sequences] == ["half an idea", "Bread bus", "Bread bus"]
    assert [s.finish for s in view.sequences] == [Finish.FAILED, Finish.STOP, Finish.STOP]


def test_a_hopeless_failure_spares_the_other_requests(wayward: Wayward, open_remote: Open) -> None:
    wayward.does(says(401))
    assert "asks for a key" in error_of(open_remote(wayward.url, remote_parallel=1).submit(ask(16)).wait(120))
    assert len(wayward.seen) == 1


def test_stop_closes_the_connection_at_once(wayward: Wayward, open_remote: Open) -> None:
    wayward.does(hang)
    job = open_remote(wayward.url).submit(ask(2))
    until_it_writes(job)
    job.stop()
    view = job.wait(120)  # the server would go on for ever
    assert view.state == State.STOPPED and view.sequences[0].text == "Bread"
    assert wayward.hung_up.wait(120)


def test_stop_while_nothing_comes_and_while_it_waits_to_ask_again(
    wayward: Wayward, open_remote: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "FIRST_WAIT_S", 600.0)
    for act in (lambda exchange: exchange.server.release.wait(600), says(503)):
        wayward.does(act)
        asked = len(wayward.seen)
        job = open_remote(wayward.url).submit(ask())
        while len(wayward.seen) == asked:
            time.sleep(0.001)
        job.stop()
        assert job.wait(120).state == State.STOPPED


def test_silence_in_the_middle_ends_with_a_sentence(
    wayward: Wayward, open_remote: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "SILENCE_S", 0.2)
    wayward.does(hang)
    view = open_remote(wayward.url).submit(ask()).wait(120)
    assert "has sent nothing for 0.2 seconds. The partial text is kept" in error_of(view)
    assert view.sequences[0].text == "Bread"


def test_max_seconds_keeps_what_came_and_says_when_nothing_did(wayward: Wayward, open_remote: Open) -> None:
    wayward.does(hang)
    for seconds in (0.3, 3.0, 30.0):  # a busy machine may come to the first word later
        view = open_remote(wayward.url).submit(ask(max_seconds=seconds)).wait(120)
        if view.sequences[0].text:
            break
    assert (view.state, view.sequences[0].finish, view.sequences[0].text) == (State.DONE, Finish.TIME, "Bread")
    wayward.does(lambda exchange: exchange.server.release.wait(600))
    view = open_remote(wayward.url).submit(ask(max_seconds=0.3)).wait(120)
    assert "gave no answer within 0.3 seconds" in error_of(view)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_dead_thread_fails_its_jobs_and_is_replaced(wayward: Wayward, open_remote: Open) -> None:
    def kill(job: Job) -> None:
        raise SystemExit  # no Exception: nothing in the engine catches it

    wayward.does(hang, answers)
    engine = open_remote(wayward.url)
    other = engine.submit(ask())
    until_it_writes(other)
    dead = engine._thread
    killer = engine.submit(ask(), kill)
    for job in (other, killer):
        assert "stopped unexpectedly" in error_of(job.wait(120))
    assert other.view().sequences[0].text == "Bread"
    assert dead is not None
    dead.join(120)
    assert engine.submit(ask()).wait(120).state == State.DONE
