"""Too long: cut and said. Not to be served: refused at once. python -m pytest tests/engine/test_limits.py"""

import pytest
from asking import ask, chat, idle, texts

from workbench.engine.interface import Sampling, ScoreRequest
from workbench.engine.llama_engine import LlamaEngine
from workbench.errors import InputError


def test_what_cannot_be_served_is_refused_at_once(engine: LlamaEngine) -> None:
    for request, words in (
        (ask(), "1 to 16 prompts"),
        (ask(*["x"] * 17), "1 to 16 prompts"),
        (ask(" "), "prompt is empty"),
        (ask("hello", adapter="poetry"), "no adapter 'poetry'.*brainstorm, refine"),
        (ask("hello", sampling=Sampling(max_tokens=0)), "at least one token"),
        (ScoreRequest("test", (chat("x"),), ("yes",)), "at least two"),
        (ScoreRequest("test", (chat("x"),), ("ab", "ac")), "begin with the same token"),
        (ScoreRequest("test", (chat("x"),), ("yes", "")), "empty"),
    ):
        with pytest.raises(InputError, match=words):
            engine.submit(request)
    idle(engine)


def test_over_long_input_is_cut_and_said(engine: LlamaEngine) -> None:
    view = engine.submit(ask("A sentence here. " * 3000)).wait(120)
    assert texts(view)[0]
    assert view.sequences[0].prompt_tokens <= 2048 - 24
    assert "cut at a sentence" in view.notes[0]
    idle(engine)
