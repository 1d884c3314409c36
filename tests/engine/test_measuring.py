"""The measuring measures. python -m pytest tests/engine/test_measuring.py"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from workbench.engine.measuring import KEYS, figures, measure, rows
from workbench.engine.measuring.subject import Subject


@pytest.fixture
def subject(tiny: Path) -> Iterator[Subject]:
    with Subject(tiny / "base.gguf", [tiny / "brainstorm.gguf", tiny / "refine.gguf"], 1) as subject:
        yield subject


def test_a_prompt_is_about_as_long_as_asked_for(subject: Subject) -> None:
    tokens = subject.engine._loaded.chat.tokens(subject.chat(250))
    assert 240 < len(tokens) < 290


def test_a_fresh_prompt_shares_no_text_with_the_one_before(subject: Subject) -> None:
    subject.run([subject.chat(200)], 1)
    assert subject.run([subject.chat(200)], 1).sequences[0].cached_tokens < 40


def test_a_cached_beginning_is_quicker_than_a_cold_one(subject: Subject) -> None:
    for _ in range(5):  # a busy machine may stall in the middle of a measurement
        found = figures.first_token(subject)
        if found["cached_first_token_s"] < found["cold_first_token_s"]:
            break
    assert 0 < found["cached_first_token_s"] < found["cold_first_token_s"]


@pytest.mark.slow
def test_every_figure_of_the_table_is_measured(tiny: Path) -> None:
    found = measure(tiny / "base.gguf", [tiny / "brainstorm.gguf", tiny / "refine.gguf"], 1)
    assert tuple(found)[: len(KEYS)] == KEYS
    assert all(figure > 0 for figure in found.values())
    assert len(rows(found)) == 2 + len(KEYS)
