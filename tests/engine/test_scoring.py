"""Probabilities of answers, without sampling. python -m pytest tests/engine/test_scoring.py"""

import threading
from collections.abc import Callable

import pytest
from asking import LONG, ask, chat, ended_at, held, idle, texts

from workbench.engine import decoding
from workbench.engine.context import ABORTED
from workbench.engine.decoding import PROMPT_CHUNK
from workbench.engine.interface import Sampling, ScoreRequest, State
from workbench.engine.llama_engine import LlamaEngine
from workbench.engine.tasks import common_length


def test_scores_are_probabilities_and_independent_of_the_company(engine: LlamaEngine) -> None:
    prompts = tuple(chat(f"Yes or no: check {i}") for i in range(1, 9))
    view = engine.submit(ScoreRequest("test", prompts)).wait(120)
    assert view.state == State.DONE
    assert len(view.probabilities) == 8
    for prompt, row in zip(prompts, view.probabilities, strict=True):
        assert sum(row) == pytest.approx(1)
        (alone,) = engine.submit(ScoreRequest("test", (prompt,))).wait(120).probabilities
        assert row == pytest.approx(alone, abs=1e-3)
    assert len(set(view.probabilities)) == 8
    idle(engine)


def test_a_score_is_what_the_next_token_says(engine: LlamaEngine) -> None:
    """Greedy picks the candidate that scoring ranks first when both are offered by the same logits."""
    (text,) = texts(engine.submit(ask("hello", sampling=Sampling(temperature=0, max_tokens=1))).wait(120))
    other = "z" if text != "z" else "y"
    ((first, second),) = engine.submit(ScoreRequest("test", (chat("hello"),), (text, other))).wait(120).probabilities
    assert first > second


def test_scoring_beside_generation(engine: LlamaEngine) -> None:
    running, release = held(engine, ask("hello", sampling=LONG))
    score = engine.submit(ScoreRequest("test", (chat("a"), chat("b"))))
    release.set()
    assert texts(running.wait(120)) and len(score.wait(120).probabilities) == 2
    assert ended_at(score) < ended_at(running)


def decodes(engine: LlamaEngine, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return a list that grows by the size of every batch."""
    sizes: list[int] = []
    context, real = engine._runner.context, engine._runner.context.decode

    def counted() -> int:
        sizes.append(context.max_batch - context.batch_room)
        return real()

    monkeypatch.setattr(context, "decode", counted)
    return sizes


RUBRIC, IDEA = "The rubric is this. " * 8, "The baker drives."


def eight(idea: str) -> ScoreRequest:
    return ScoreRequest("test", tuple(chat(f"{idea}{i}", system=RUBRIC) for i in range(1, 9)))


def test_eight_checks_of_an_idea_are_one_decode(engine: LlamaEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rubric before them comes from the cache, and the idea is computed once, for all eight together."""
    engine.submit(eight("Another one.")).wait(120)
    monkeypatch.setattr(decoding, "SCORE_CHUNK", 400)  # the tiny model's tokens are bytes
    sizes = decodes(engine, monkeypatch)
    view = engine.submit(eight(IDEA)).wait(120)
    whole, cached = view.sequences[0].prompt_tokens, view.sequences[0].cached_tokens
    shared = common_length([engine._loaded.chat.tokens(prompt) for prompt in eight(IDEA).prompts])
    assert cached > 150
    assert sizes == [shared - cached + 8 * (whole - shared)]
    idle(engine)


def test_one_decode_gives_what_many_give(
    open_tiny: Callable[..., LlamaEngine], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tolerance 0.001 of a probability: llama.cpp rounds differently for another batch size."""
    rows = []
    for chunk in (32, 400):
        monkeypatch.setattr(decoding, "SCORE_CHUNK", chunk)
        engine = open_tiny()
        engine.submit(eight("Another one.")).wait(120)
        rows.append(engine.submit(eight(IDEA)).wait(120).probabilities)
        after = engine.submit(ask(IDEA)).wait(120)  # a text on the same beginning
        rows.append(((after.sequences[0].text,),))
        idle(engine)
    for one, other in zip(rows[0], rows[2], strict=True):
        assert one == pytest.approx(other, abs=1e-3)
    assert rows[1] == rows[3]


def test_a_score_that_is_aborted_begins_again(engine: LlamaEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    """As when somebody else's job is stopped: nothing of the decode is kept, and the next one does it."""
    wanted = engine.submit(eight(IDEA)).wait(120).probabilities
    for joins in (False, True):
        engine.submit(eight(f"Pushes it out {joins}.")).wait(120)
        monkeypatch.setattr(decoding, "SCORE_CHUNK", 1000)
        context, real, codes = engine._runner.context, engine._runner.context.decode, []
        jobs = []

        def aborted() -> int:
            context.ask_abort(not codes)  # noqa: B023
            codes.append(real())  # noqa: B023
            if len(codes) == 1 and joins:  # noqa: B023
                jobs.append(engine.submit(ask("hello")))  # noqa: B023
            return codes[-1]  # noqa: B023

        monkeypatch.setattr(context, "decode", aborted)
        view = engine.submit(eight(IDEA.replace("baker", "biker" if joins else "maker"))).wait(120)
        monkeypatch.undo()
        assert codes[0] == ABORTED and view.state == State.DONE
        assert all(job.wait(120).state == State.DONE for job in jobs)
        again = engine.submit(eight(IDEA)).wait(120).probabilities
        for before, after in zip(wanted, again, strict=True):
            assert before == pytest.approx(after, abs=1e-3)
    idle(engine)


def test_a_score_that_was_asked_for_first_comes_first(engine: LlamaEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    """As Evaluate asks: the checks, and the judgement in words right behind them."""
    wanted = texts(engine.submit(ask("hello")).wait(120))
    monkeypatch.setattr(decoding, "SCORE_CHUNK", 1000)
    release = threading.Event()
    engine.call(lambda: release.wait(120))
    score, words = engine.submit(eight(IDEA)), engine.submit(ask("hello"))
    sizes = decodes(engine, monkeypatch)
    release.set()
    assert score.wait(120).state == State.DONE and texts(words.wait(120)) == wanted
    assert sizes[0] > 200 > PROMPT_CHUNK >= max(sizes[1:])


def test_a_stream_beside_it_is_not_held_up_by_a_score(engine: LlamaEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    running, release = held(engine, ask("hello", sampling=LONG))
    score = engine.submit(ScoreRequest("test", tuple(chat(f"{'word ' * 60}{i}") for i in range(8))))
    sizes = decodes(engine, monkeypatch)
    release.set()
    assert score.wait(120).state == State.DONE
    assert max(sizes) <= 1 + PROMPT_CHUNK
    running.stop()
