"""What a server is sent, what it refuses, and what it never sees. python -m pytest tests/engine/remote"""

from collections.abc import Callable

import pytest

from tests.engine.remote.wayward import HELLO, WHOLE, Exchange, Wayward, answers, ask, error_of, says, words
from workbench.engine import open_engine
from workbench.engine.interface import Finish, Request, Sampling, ScoreRequest, State
from workbench.engine.remote.engine import RemoteEngine
from workbench.errors import InputError
from workbench.settings import Settings

Open = Callable[..., RemoteEngine]


def test_a_whole_answer_with_the_servers_own_counts(wayward: Wayward, open_remote: Open) -> None:
    wayward.does(answers)
    view = open_remote(wayward.url).submit(ask()).wait(120)
    sequence = view.sequences[0]
    assert (view.state, sequence.text, sequence.finish) == (State.DONE, "Bread bus", Finish.STOP)
    assert (sequence.tokens, sequence.prompt_tokens) == (5, 9)


def test_what_is_sent(wayward: Wayward, open_remote: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKBENCH_REMOTE_KEY", "key-123")
    wayward.does(answers)
    engine = open_remote(wayward.url, remote_model="big", remote_model_refine="small")
    sampling = Sampling(temperature=0.4, top_k=0, repeat_penalty=1.1, dry_multiplier=0.8, seed=5, max_tokens=30)
    engine.submit(ask(2, sampling=sampling, stop=("\n",))).wait(120)
    engine.submit(Request("refine", (HELLO,))).wait(120)
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
        assert engine.submit(ask(grammar=grammar)).wait(120).state == State.DONE
    by_schema, by_grammar = (body for _, body in wayward.seen)
    assert by_schema["response_format"]["json_schema"]["schema"] == schema  # type: ignore[index]
    assert by_grammar["grammar"] == 'root ::= "yes" | "no"'


def test_nothing_is_contacted_before_the_first_request(wayward: Wayward, open_remote: Open) -> None:
    engine = open_remote(wayward.url)
    status = engine.status()
    assert status.server == wayward.url.removesuffix("/v1") and not status.error
    assert wayward.seen == [] and engine._thread is None
    engine.close()


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
    for tries in (4, 5):  # the second job knows, and says so too
        view = engine.submit(ask()).wait(120)
        assert view.state == State.DONE and len(wayward.seen) == tries
        (note,) = view.notes
        assert note.endswith("does not take top_k, min_p, repeat_penalty: left out.")


def test_a_server_that_wants_max_completion_tokens_gets_it(wayward: Wayward, open_remote: Open) -> None:
    def new(exchange: Exchange) -> None:
        if "max_tokens" in exchange.asked:
            exchange.say(400, {"error": {"message": "Unsupported parameter: use 'max_completion_tokens' instead."}})
        else:
            exchange.stream(*WHOLE)

    wayward.does(new)
    engine = open_remote(wayward.url)
    for tries in (2, 3):  # the second request knows
        view = engine.submit(ask(sampling=Sampling(max_tokens=33))).wait(120)
        assert view.state == State.DONE and view.notes == () and len(wayward.seen) == tries
        assert wayward.seen[-1][1]["max_completion_tokens"] == 33


def test_the_key_shows_nowhere(
    wayward: Wayward, open_remote: Open, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("WORKBENCH_REMOTE_KEY", "sk-secret-7")
    caplog.set_level("DEBUG")
    wayward.does(says(401, "no such key: sk-secret-7"), says(500, "key sk-secret-7 met a fault"))
    engine = open_remote(wayward.url)
    refused, failed = error_of(engine.submit(ask()).wait(120)), error_of(engine.submit(ask()).wait(120))
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
    view = open_remote("http://models.invalid/v1").submit(ask()).wait(120)
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
    view = engine.submit(ScoreRequest("evaluate", (HELLO, HELLO))).wait(120)
    assert "gives no logprobs for mute" in error_of(view)


def test_a_score_without_logprobs_in_the_answer(wayward: Wayward, open_remote: Open) -> None:
    wayward.does(lambda exchange: exchange.say(200, {"choices": [{"message": {"content": "yes"}}]}))
    job = open_remote(wayward.url).submit(ScoreRequest("evaluate", (HELLO,)))
    assert "gives no logprobs" in error_of(job.wait(120))


def test_an_unknown_model_is_answered_with_those_the_server_has(wayward: Wayward, open_remote: Open) -> None:
    wayward.names = ["llama3.2:1b", "qwen3:8b"]
    wayward.does(says(404, "model 'tiny' not found"))
    error = error_of(open_remote(wayward.url).submit(ask()).wait(120))
    assert "no model 'tiny'. It has llama3.2:1b, qwen3:8b. Set WORKBENCH_REMOTE_MODEL" in error


def test_a_model_that_only_thinks_is_noted(wayward: Wayward, open_remote: Open) -> None:
    thinks = {"choices": [{"delta": {"reasoning_content": "Hm."}, "finish_reason": None}]}
    wayward.does(lambda exchange: exchange.stream(thinks, words("", "length")))
    view = open_remote(wayward.url).submit(ask()).wait(120)
    assert view.state == State.DONE and "only thought and wrote nothing" in view.notes[0]


def test_pieces_of_any_kind_are_read(wayward: Wayward, open_remote: Open) -> None:
    odd = ({"choices": None}, {"choices": [None]}, {"choices": [{"delta": None}], "usage": "none"}, {"object": 7})
    wayward.does(lambda exchange: exchange.stream(*odd, words("Bread"), *odd, words(" bus", "stop"), *odd))
    view = open_remote(wayward.url).submit(ask()).wait(120)
    assert (view.state, view.sequences[0].text) == (State.DONE, "Bread bus")


def test_a_proxy_that_cannot_be_used_is_a_sentence(open_remote: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("all_proxy", "socks9://127.0.0.1:9")
    engine = open_remote("http://models.invalid/v1")
    with pytest.raises(InputError, match="proxy that the environment names"):
        engine.submit(ask())
    monkeypatch.delenv("all_proxy")
    assert "cannot be reached" in error_of(engine.submit(ask()).wait(120))
