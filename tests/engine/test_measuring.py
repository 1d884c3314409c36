"""The measuring script measures. python -m pytest tests/engine/test_measuring.py"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from workbench.engine import measuring

TABLE = {
    *("one_stream_ratio", "wide_ratio", "ideas16_ratio", "ideas10_ratio", "cached_first_token_ratio", "checks_ratio"),
    *("cancel_ms", "swap_ms", "memory_ratio", "second_person_first_token_s", "two_people_ratio"),
}


@pytest.fixture
def bench(tiny: Path) -> Iterator[measuring.Bench]:
    bench = measuring.Bench(tiny / "base.gguf", [tiny / "brainstorm.gguf", tiny / "refine.gguf"], 1)
    yield bench
    bench.close()


def test_a_prompt_is_about_as_long_as_asked_for(bench: measuring.Bench) -> None:
    tokens = bench.engine._loaded.chat.tokens(bench.chat(250))
    assert 240 < len(tokens) < 290


def test_a_fresh_prompt_shares_no_text_with_the_one_before(bench: measuring.Bench) -> None:
    bench.run([bench.chat(200)], 1)
    assert bench.run([bench.chat(200)], 1).sequences[0].cached_tokens < 40


def test_a_cached_beginning_is_quicker_than_a_cold_one(bench: measuring.Bench) -> None:
    figures = measuring.first_token(bench)
    assert 0 < figures["cached_first_token_s"] < figures["cold_first_token_s"]


@pytest.mark.slow
def test_every_figure_of_the_table_is_measured(tiny: Path) -> None:
    figures = measuring.measure(tiny / "base.gguf", [tiny / "brainstorm.gguf", tiny / "refine.gguf"], 1)
    assert set(figures) >= TABLE
    assert all(figure > 0 for figure in figures.values())
