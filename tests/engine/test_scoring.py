"""Probabilities of answers, without sampling. python -m pytest tests/engine/test_scoring.py"""

import pytest
from asking import LONG, ask, chat, ended_at, held, idle, texts

from workbench.engine.decoding import PROMPT_CHUNK
from workbench.engine.interface import Sampling, ScoreRequest, State
from workbench.engine.llama_engine import LlamaEngine


def test_scores_are_probabilities_and_independent_of_the_company(engine: LlamaEngine) -> None:
    prompts = tuple(chat(f"Check {i}: yes or no?") for i in range(1, 9))
    view = engine.submit(ScoreRequest("test", prompts)).wait(30)
    assert view.state == State.DONE
    assert len(view.probabilities) == 8
    for prompt, row in zip(prompts, view.probabilities, strict=True):
        assert sum(row) == pytest.approx(1)
        (alone,) = engine.submit(ScoreRequest("test", (prompt,))).wait(30).probabilities
        assert row == pytest.approx(alone, abs=1e-3)
    assert len(set(view.probabilities)) == 8
    idle(engine)


def test_a_score_is_what_the_next_token_says(engine: LlamaEngine) -> None:
    """Greedy picks the candidate that scoring ranks first when both are offered by the same logits."""
    (text,) = texts(engine.submit(ask("hello", sampling=Sampling(temperature=0, max_tokens=1))).wait(30))
    other = "z" if text != "z" else "y"
    ((first, second),) = engine.submit(ScoreRequest("test", (chat("hello"),), (text, other))).wait(30).probabilities
    assert first > second


def test_scoring_beside_generation(engine: LlamaEngine) -> None:
    running, release = held(engine, ask("hello", sampling=LONG))
    score = engine.submit(ScoreRequest("test", (chat("a"), chat("b"))))
    release.set()
    assert texts(running.wait(60)) and len(score.wait(30).probabilities) == 2
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


def test_eight_checks_of_an_idea_are_two_decodes(engine: LlamaEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    """One for what they share, one for what differs; the rubric before them comes from the cache."""
    rubric, idea = "The rubric is this. " * 8, "An idea of the usual length stands here. " * 2

    def eight(text: str) -> ScoreRequest:
        return ScoreRequest("test", tuple(chat(f"{text}\n{i}?", system=rubric) for i in range(1, 9)))

    engine.submit(eight("Another idea.")).wait(30)
    sizes = decodes(engine, monkeypatch)
    view = engine.submit(eight(idea)).wait(30)
    assert len(sizes) == 2
    assert view.sequences[0].cached_tokens > 100
    whole = len(engine._loaded.chat.tokens(chat(f"{idea}\n1?", system=rubric)))
    own = whole - view.sequences[0].cached_tokens
    assert sum(sizes) < own + 8 * 45  # the idea once, the ends eight times


def test_a_stream_beside_it_is_not_held_up_by_a_score(engine: LlamaEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    running, release = held(engine, ask("hello", sampling=LONG))
    score = engine.submit(ScoreRequest("test", tuple(chat(f"{'word ' * 60}{i}") for i in range(8))))
    sizes = decodes(engine, monkeypatch)
    release.set()
    assert score.wait(30).state == State.DONE
    assert max(sizes) <= 1 + PROMPT_CHUNK
    running.stop()
