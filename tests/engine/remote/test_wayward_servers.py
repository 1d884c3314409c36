"""What goes wrong with a server is one sentence, and keeps what had come. python -m pytest tests/engine/remote"""

import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.engine.remote.conftest import Exchange, Wayward, words
from workbench.engine import open_engine
from workbench.engine.interface import Finish, Job, Request, Sampling, ScoreRequest, State, View
from workbench.engine.remote import server
from workbench.engine.remote.engine import RemoteEngine
from workbench.settings import Settings

Open = Callable[..., RemoteEngine]
HELLO = ({"role": "user", "content": "hello"},)
WHOLE = (words("Bread "), words("bus", "stop"), {"choices": [], "usage": {"prompt_tokens": 9, "completion_tokens": 5}})


def ask(n: int = 1, **more: Any) -> Request:
    return Request("brainstorm", (HELLO,) * n, more.pop("sampling", Sampling(seed=7)), **more)


def answers(exchange: Exchange) -> None:
    exchange.stream(*WHOLE)


def says(status: int, message: str = "", **headers: str) -> Callable[[Exchange], None]:
    return lambda exchange: exchange.say(status, {"error": {"message": message}}, **headers)


def error_of(view: View) -> str:
    assert view.state == State.FAILED and view.error is not None, view
    assert view.error.endswith(".") and "\n" not in view.error
    return view.error


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait a hundredth of the time between two tries."""
    monkeypatch.setattr(server, "FIRST_WAIT_S", 0.005)


def test_a_whole_answer_with_the_servers_own_counts(wayward: Wayward, open_remote: Open) -> None:
    wayward.does(answers)
    view = open_remote(wayward.url).submit(ask()).wait(10)
    sequence = view.sequences[0]
    assert (view.state, sequence.text, sequence.finish) == (State.DONE, "Bread bus", Finish.STOP)
    assert (sequence.tokens, sequence.prompt_tokens) == (5, 9)


def test_what_is_sent(wayward: Wayward, open_remote: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKBENCH_REMOTE_KEY", "key-123")
    wayward.does(answers)
    engine = open_remote(wayward.url, remote_model="big", remote_model_refine="small")
    sampling = Sampling(temperature=0.4, top_k=0, repeat_penalty=1.1, dry_multiplier=0.8, seed=5, max_tokens=30)
    engine.submit(ask(2, sampling=sampling, stop=("\n",))).wait(10)
    engine.submit(Request("refine", (HELLO,))).wait(10)
    (headers, first), (_, second), (_, third) = sorted(wayward.seen, key=lambda pair: pair[1]["model"], reverse=False)
    assert headers["Authorization"] == "Bearer key-123"
    assert [body["model"] for body in (first, second, third)] == ["big", "big", "small"]
    assert {first["seed"], second["seed"]} == {5, 6}
    assert first["messages"] == list(HELLO) and first["stop"] == ["\n"] and first["max_tokens"] == 30
    assert (first["temperature"], first["top_k"], first["dry_multiplier"]) == (0.4, 0, 0.8)
    assert first["repeat_penalty"] == first["repetition_penalty"] == 1.1
    assert "dry_multiplier" not in third and "stop" not in third


def test_a_json_schema_and_a_grammar_are_passed_on(wayward: Wayward, open_remote: Open) -> None:
    wayward.does(answers)
    engine = open_remote(wayward.url)
    schema = {"type": "object", "properties": {"title": {"type": "string", "maxLength": 60}}}
    for grammar in (schema, 'root ::= "yes" | "no"'):
        assert engine.submit(ask(grammar=grammar)).wait(10).state == State.DONE
    by_schema, by_grammar = (body for _, body in wayward.seen)
    assert by_schema["response_format"]["json_schema"]["schema"] == schema  # type: ignore[index]
    assert by_grammar["grammar"] == 'root ::= "yes" | "no"'


def test_nothing_is_contacted_before_the_first_request(wayward: Wayward, open_remote: Open) -> None:
    engine = open_remote(wayward.url)
    status = engine.status()
    assert status.server == wayward.url.removesuffix("/v1") and not status.error
    assert wayward.seen == [] and engine._thread is None
    engine.close()


@pytest.mark.parametrize("act", [says(429, "slow down"), says(500), says(503, "loading model")])
def test_a_passing_failure_is_asked_again_and_noted(
    wayward: Wayward, open_remote: Open, act: Callable[[Exchange], None]
) -> None:
    wayward.does(act, act, answers)
    view = open_remote(wayward.url).submit(ask()).wait(10)
    assert view.state == State.DONE and view.sequences[0].text == "Bread bus"
    assert len(wayward.seen) == 3 and "was asked again" in view.notes[0]


def test_retry_after_is_kept_to(wayward: Wayward, open_remote: Open) -> None:
    wayward.does(says(429, Retry_After="0.4"), answers)
    view = open_remote(wayward.url).submit(ask()).wait(10)
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
        (says(200, "hello"), "does not speak the OpenAI protocol", 1),
        (lambda exchange: exchange.stream("{half"), "does not speak the OpenAI protocol", 1),
        (lambda exchange: exchange.stream({"error": {"message": "CUDA"}}), "failed while it wrote: CUDA", 1),
        (lambda exchange: exchange.stream(end=False), "broke off before it wrote anything", 1),
    ],
)
def test_each_failure_is_a_sentence(
    wayward: Wayward, open_remote: Open, act: Callable[[Exchange], None], sentence: str, tries: int
) -> None:
    wayward.does(act)
    view = open_remote(wayward.url).submit(ask()).wait(10)
    assert sentence in error_of(view)
    assert view.sequences[0].finish == Finish.FAILED and len(wayward.seen) == tries


def test_a_server_that_is_not_there(open_remote: Open) -> None:
    view = open_remote("http://127.0.0.1:9/v1").submit(ask(4)).wait(10)
    assert "http://127.0.0.1:9 cannot be reached" in error_of(view)


def test_a_connection_that_ends_without_an_answer_is_tried_again(wayward: Wayward, open_remote: Open) -> None:
    def hangs_up(exchange: Exchange) -> None:
        exchange.close_connection = True

    wayward.does(hangs_up, answers)
    assert open_remote(wayward.url).submit(ask()).wait(10).state == State.DONE
    wayward.does(hangs_up)
    assert "closes the connection without an answer" in error_of(open_remote(wayward.url).submit(ask()).wait(10))


def test_a_cut_in_the_middle_keeps_the_text_and_the_other_sequences(wayward: Wayward, open_remote: Open) -> None:
    def cut(exchange: Exchange) -> None:
        exchange.stream(words("half an "), words("idea"), end=False)

    wayward.does(cut, answers)
    view = open_remote(wayward.url, remote_parallel=1).submit(ask(3)).wait(10)
    assert "broke off in the middle of an answer. The partial text is kept" in error_of(view)
    assert [s.text for s in view.sequences] == ["half an idea", "Bread bus", "Bread bus"]
    assert [s.finish for s in view.sequences] == [Finish.FAILED, Finish.STOP, Finish.STOP]


def test_a_hopeless_failure_spares_the_other_requests(wayward: Wayward, open_remote: Open) -> None:
    wayward.does(says(401))
    assert "asks for a key" in error_of(open_remote(wayward.url, remote_parallel=1).submit(ask(16)).wait(10))
    assert len(wayward.seen) == 1


def hang(exchange: Exchange) -> None:
    """Stream a word, then wait until the test is over or the other side hangs up."""
    exchange.send_response(200)
    exchange.send_header("Content-Type", "text/event-stream")
    exchange.end_headers()
    exchange.wfile.write(b'data: {"choices": [{"delta": {"content": "Bread"}}]}\n\n')
    exchange.wfile.flush()
    while not exchange.server.release.wait(0.02):
        exchange.wfile.write(b": still here\n\n")
        exchange.wfile.flush()


def until_it_writes(job: Job) -> None:
    while not job.view().sequences[0].tokens:
        assert not job.view().ended, job.view()
        time.sleep(0.001)


def test_stop_closes_the_connection_at_once(wayward: Wayward, open_remote: Open) -> None:
    wayward.does(hang)
    job = open_remote(wayward.url).submit(ask(2))
    until_it_writes(job)
    job.stop()
    view = job.wait(1)
    assert view.state == State.STOPPED and view.sequences[0].text == "Bread"
    assert wayward.hung_up.wait(2)


def test_stop_while_nothing_comes_and_while_it_waits_to_ask_again(
    wayward: Wayward, open_remote: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "FIRST_WAIT_S", 30.0)
    for act in (lambda exchange: exchange.server.release.wait(5), says(503)):
        wayward.does(act)
        asked = len(wayward.seen)
        job = open_remote(wayward.url).submit(ask())
        while len(wayward.seen) == asked:
            time.sleep(0.001)
        job.stop()
        assert job.wait(1).state == State.STOPPED


def test_silence_in_the_middle_ends_with_a_sentence(
    wayward: Wayward, open_remote: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "SILENCE_S", 0.2)
    wayward.does(hang)
    view = open_remote(wayward.url).submit(ask()).wait(5)
    assert "has sent nothing for 0.2 seconds. The partial text is kept" in error_of(view)
    assert view.sequences[0].text == "Bread"


def test_max_seconds_keeps_what_came_and_says_when_nothing_did(wayward: Wayward, open_remote: Open) -> None:
    wayward.does(hang)
    view = open_remote(wayward.url).submit(ask(max_seconds=0.3)).wait(5)
    assert (view.state, view.sequences[0].finish, view.sequences[0].text) == (State.DONE, Finish.TIME, "Bread")
    wayward.does(lambda exchange: exchange.server.release.wait(5))
    view = open_remote(wayward.url).submit(ask(max_seconds=0.3)).wait(5)
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
        assert "stopped unexpectedly" in error_of(job.wait(10))
    assert other.view().sequences[0].text == "Bread"
    assert dead is not None
    dead.join(10)
    assert engine.submit(ask()).wait(10).state == State.DONE


def test_fields_a_server_refuses_are_left_out_once_and_for_all(wayward: Wayward, open_remote: Open) -> None:
    def strict(exchange: Exchange) -> None:
        known = {"model", "messages", "max_tokens", "temperature", "top_p", "stream", "stream_options", "seed"}
        foreign = sorted(exchange.asked.keys() - known)
        if foreign:
            exchange.say(400, {"error": {"message": f"Unrecognized request argument supplied: {foreign[0]}"}})
        else:
            exchange.stream(*WHOLE)

    wayward.does(strict)
    engine = open_remote(wayward.url)
    view = engine.submit(ask()).wait(10)
    assert view.state == State.DONE
    assert " ".join(view.notes).count("left out") == 3  # min_p, repeat_penalty, top_k
    before = len(wayward.seen)
    assert engine.submit(ask()).wait(10).notes == () and len(wayward.seen) == before + 1


def test_a_server_that_wants_max_completion_tokens_gets_it(wayward: Wayward, open_remote: Open) -> None:
    def new(exchange: Exchange) -> None:
        if "max_tokens" in exchange.asked:
            exchange.say(400, {"error": {"message": "Unsupported parameter: use 'max_completion_tokens' instead."}})
        else:
            exchange.stream(*WHOLE)

    wayward.does(new)
    view = open_remote(wayward.url).submit(ask(sampling=Sampling(max_tokens=33))).wait(10)
    assert view.state == State.DONE and wayward.seen[-1][1]["max_completion_tokens"] == 33


def test_the_key_shows_nowhere(
    wayward: Wayward, open_remote: Open, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("WORKBENCH_REMOTE_KEY", "sk-secret-7")
    caplog.set_level("DEBUG")
    wayward.does(says(401, "no such key: sk-secret-7"), says(500, "key sk-secret-7 met a fault"))
    engine = open_remote(wayward.url)
    refused, failed = error_of(engine.submit(ask()).wait(10)), error_of(engine.submit(ask()).wait(10))
    assert "WORKBENCH_REMOTE_KEY is not one it takes" in refused and "key … met a fault" in failed
    shown = [refused, failed, repr(engine.status()), repr(Settings()), caplog.text]
    assert not any("sk-secret" in text for text in shown)


def test_a_proxy_of_the_environment_is_used(
    wayward: Wayward, open_remote: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", wayward.url.removesuffix("/v1"))
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    wayward.does(answers)
    view = open_remote("http://models.invalid/v1").submit(ask()).wait(10)
    assert view.state == State.DONE and wayward.seen[0][0]["Host"] == "models.invalid"


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({}, "set WORKBENCH_REMOTE_URL"),
        ({"remote_url": "gpu-box:8000"}, "is no address of a server"),
        ({"remote_url": "http://me:pass@gpu-box:8000"}, "put the key into WORKBENCH_REMOTE_KEY"),
        ({"remote_url": "http://gpu-box:8000", "remote_model": ""}, "set WORKBENCH_REMOTE_MODEL"),
    ],
)
def test_settings_that_cannot_be_used_are_a_sentence(given: dict[str, str], sentence: str) -> None:
    engine = open_engine(Settings(**({"engine": "remote", "remote_model": "tiny"} | given)))  # type: ignore[arg-type]
    error = engine.status().error
    assert error is not None and sentence in error and "pass" not in error.replace("password", "")


def test_a_server_without_logprobs_says_so_at_once(llama_server: str, open_remote: Open) -> None:
    engine = open_remote(llama_server, remote_model_evaluate="mute")
    view = engine.submit(ScoreRequest("evaluate", (HELLO, HELLO))).wait(20)
    assert "gives no logprobs for mute" in error_of(view)


def test_a_score_without_logprobs_in_the_answer(wayward: Wayward, open_remote: Open) -> None:
    wayward.does(lambda exchange: exchange.say(200, {"choices": [{"message": {"content": "yes"}}]}))
    assert "gives no logprobs" in error_of(open_remote(wayward.url).submit(ScoreRequest("evaluate", (HELLO,))).wait(9))
