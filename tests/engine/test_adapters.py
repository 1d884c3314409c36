"""Adapters are swapped in place. python -m pytest tests/engine/test_adapters.py"""

from collections.abc import Callable

import pytest
from asking import ask, idle, texts

from workbench.engine import turns
from workbench.engine.interface import Sampling
from workbench.engine.llama_engine import LlamaEngine

ADAPTERS = (None, "brainstorm", "refine")


def test_swapping_adapters_changes_the_answer_and_back_restores_it(open_tiny: Callable[..., LlamaEngine]) -> None:
    cold = {a: texts(open_tiny().submit(ask("hello", adapter=a)).wait(120)) for a in ADAPTERS}
    assert len({text for (text,) in cold.values()}) == 3
    engine = open_tiny()
    for adapter in (*ADAPTERS, *ADAPTERS, "brainstorm"):
        assert texts(engine.submit(ask("hello", adapter=adapter)).wait(120)) == cold[adapter]
    idle(engine)


def test_adapters_take_turns_without_disturbing_each_other(
    engine: LlamaEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "TURN_SECONDS", 0.005)  # dozens of swaps instead of one
    sampling = Sampling(temperature=0, max_tokens=120)  # longer ones may part at a near tie: rounding
    alone = {a: texts(engine.submit(ask("hello", sampling=sampling, adapter=a)).wait(120)) for a in ADAPTERS}
    jobs = {a: engine.submit(ask("hello", sampling=sampling, adapter=a)) for a in ADAPTERS}
    assert {a: texts(job.wait(120)) for a, job in jobs.items()} == alone
