"""The engine on the model that the project ships. python -m pytest tests/engine/test_starter.py"""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from workbench.assist import prompts
from workbench.engine import open_engine
from workbench.engine.interface import Engine, Request, Sampling, ScoreRequest, State, View
from workbench.engine.llama_engine import LlamaEngine
from workbench.settings import Settings

pytestmark = pytest.mark.model
GREEDY = Sampling(temperature=0, max_tokens=40)
TOPIC = "Shorter queues at the baker"


@pytest.fixture(scope="module")
def engine(starter: Path) -> Iterator[Engine]:
    engine = open_engine(Settings(model=starter, threads=1))
    assert engine.status().error is None
    yield engine
    engine.close()


def idea(
    engine: Engine, lens: str = "persona: nurse", adapter: str | None = "brainstorm", sampling: Sampling = GREEDY
) -> View:
    return engine.submit(Request("brainstorm", (prompts.one_idea(TOPIC, lens),), sampling, adapter)).wait(120)


def test_both_adapters_are_there(engine: Engine) -> None:
    assert [adapter.name for adapter in engine.status().adapters] == ["brainstorm", "refine"]


AWKWARD = (
    "hello", "Ärger über 25 €, 1,234.5 ½", "👩‍🌾🌱 日本語 العربية", "def f(x):\n\treturn x ** 2  # why?",
    "  spaces   everywhere  ", "a" * 900, "line\n\n\nbreaks\r\n", "it's they'll I'D",
    "<b>&amp;</b> {{ 7 * 7 }} {% raw %}", "\u200b\ufeff\u0301",
)  # fmt: skip


def test_the_engine_reads_prompts_as_training_wrote_them(engine: Engine, starter: Path) -> None:
    from transformers import AutoTokenizer

    assert isinstance(engine, LlamaEngine)
    tokenizer = AutoTokenizer.from_pretrained(starter / "tokenizer")
    for text in AWKWARD:
        for chat in (
            prompts.one_idea(text, text),
            prompts.refine(text, text, text),
            [{"role": "user", "content": text}],
        ):
            written = tokenizer.apply_chat_template(chat, add_generation_prompt=True, tokenize=False)
            wanted = tokenizer(written, add_special_tokens=False)["input_ids"]
            assert engine._loaded.chat.tokens(chat) == wanted, text


def test_swapping_adapters_changes_the_greedy_answer_and_back_restores_it(engine: Engine) -> None:
    wanted = {adapter: idea(engine, adapter=adapter).sequences[0].text for adapter in (None, "brainstorm", "refine")}
    assert len(set(wanted.values())) == 3
    for adapter in ("brainstorm", None, "refine", "brainstorm"):
        assert idea(engine, adapter=adapter).sequences[0].text == wanted[adapter]


def test_sequences_side_by_side_write_what_each_writes_alone(engine: Engine) -> None:
    """Greedy on quantised weights: rounding may part two texts at a near tie, so a few of sixteen may differ."""
    lenses = [f"persona: {who}" for who in ("nurse", "child", "baker", "mayor", "bee", "judge", "cook", "monk")] * 2
    chats = tuple(prompts.one_idea(TOPIC, lens) for lens in lenses)
    together = engine.submit(Request("brainstorm", chats, GREEDY, "brainstorm")).wait(120)
    alone = [idea(engine, lens).sequences[0].text for lens in lenses]
    same = sum(a == b.text for a, b in zip(alone, together.sequences, strict=True))
    assert same >= 14


def test_stop_during_a_long_prompt_is_quick(engine: Engine) -> None:
    """The aim is 250 ms on an idle machine; counted here is the processor's time, whatever else it has to do."""
    story = " ".join(f"Number {i} in the queue waits for bread and counts the coins." for i in range(400))
    slowest = 0.0
    for delay in (0.0, 0.01, 0.03, 0.06, 0.1):
        chat = prompts.one_idea(TOPIC, f"scenario {delay}", context=story)
        job = engine.submit(Request("brainstorm", (chat,), Sampling(max_tokens=200), "brainstorm"))
        time.sleep(delay)
        asked = time.process_time()
        job.stop()
        assert job.wait(120).state == State.STOPPED
        slowest = max(slowest, time.process_time() - asked)
    assert slowest < 1.0


def test_the_eight_checks_share_their_prompt(engine: Engine) -> None:
    checks = tuple(prompts.check(TOPIC, "Bread bus — The baker drives the loaves round.", n) for n in range(1, 9))
    view = engine.submit(ScoreRequest("evaluate", checks, prompts.YES_NO, "refine")).wait(120)
    assert view.state == State.DONE
    assert all(sum(row) == pytest.approx(1) and 0 < row[0] < 1 for row in view.probabilities)
    again = engine.submit(ScoreRequest("evaluate", checks, prompts.YES_NO, "refine")).wait(120)
    assert again.sequences[0].cached_tokens > 0.9 * again.sequences[0].prompt_tokens
    for before, after in zip(view.probabilities, again.probabilities, strict=True):
        assert before == pytest.approx(after, abs=0.01)


def test_wild_text_has_no_broken_characters_and_no_control_tokens(engine: Engine) -> None:
    hot = Sampling(temperature=2.5, top_k=0, top_p=1.0, min_p=0.0, seed=3, max_tokens=80)
    chats = tuple(prompts.one_idea("Ärger über 25 € — 🌱", f"lens {i}") for i in range(16))
    view = engine.submit(Request("brainstorm", chats, hot, "brainstorm")).wait(120)
    assert view.state == State.DONE
    for sequence in view.sequences:
        assert "\ufffd" not in sequence.text
        assert "<|" not in sequence.text
