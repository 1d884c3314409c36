"""How tokens are drawn: seeds, presets, penalties. python -m pytest tests/engine/test_sampling.py"""

from dataclasses import replace

import pytest
from asking import MANY, ask, texts

from workbench.engine.interface import PRESETS, WILD, Request, Sampling
from workbench.engine.llama_engine import LlamaEngine
from workbench.errors import InputError


def test_seeds_make_draws_repeatable_and_sequences_different(engine: LlamaEngine) -> None:
    wild = Sampling(temperature=1.5, top_k=0, top_p=1.0, min_p=0.0, seed=7, max_tokens=24)
    view = engine.submit(ask(*["hello"] * 4, sampling=wild)).wait(120)
    assert [sequence.seed for sequence in view.sequences] == [7, 8, 9, 10]
    assert len(set(texts(view))) == 4
    assert texts(engine.submit(ask(*["hello"] * 4, sampling=wild)).wait(120)) == texts(view)
    drawn = engine.submit(ask("hello", sampling=WILD)).wait(120).sequences[0]
    repeated = Sampling(**{**{f: getattr(WILD, f) for f in WILD.__slots__}, "seed": drawn.seed})
    assert texts(engine.submit(ask("hello", sampling=repeated)).wait(120)) == [drawn.text]


@pytest.mark.parametrize("change", [{"repeat_penalty": 1.8}, {"dry_multiplier": 4.0}])
def test_penalties_change_a_repeating_text(engine: LlamaEngine, change: dict[str, float]) -> None:
    plain = texts(engine.submit(ask("hello", sampling=Sampling(temperature=0, max_tokens=300))).wait(120))
    penalised = Sampling(temperature=0, max_tokens=300, **change)  # type: ignore[arg-type]
    assert texts(engine.submit(ask("hello", sampling=penalised)).wait(120)) != plain


def test_every_sequence_may_have_its_own_sampling_and_seed(engine: LlamaEngine) -> None:
    wild = Sampling(temperature=1.5, top_k=0, top_p=1.0, min_p=0.0, seed=7, max_tokens=12)
    samplings = (Sampling(temperature=0, max_tokens=20), wild, replace(wild, seed=99), replace(wild, max_tokens=5))
    view = engine.submit(ask(*["hello"] * 4, samplings=samplings)).wait(120)
    assert [sequence.tokens for sequence in view.sequences] == [20, 12, 12, 5]
    assert [sequence.seed for sequence in view.sequences[1:]] == [7, 99, 7]
    greedy, seven, other, short = texts(view)
    assert len({greedy, seven, other}) == 3 and seven.startswith(short)
    for text, sampling in zip((greedy, seven, other), samplings, strict=False):
        assert texts(engine.submit(ask("hello", sampling=sampling)).wait(120)) == [text]


def test_a_seed_that_is_not_given_is_drawn_for_each_sampling(engine: LlamaEngine) -> None:
    job = engine.submit(ask("hello", "hello", samplings=(WILD, WILD)))
    seeds = [sequence.seed for sequence in job.wait(120).sequences]
    assert len(set(seeds)) == 2
    assert isinstance(job.request, Request) and job.request.samplings is not None
    assert [sampling.seed for sampling in job.request.samplings] == seeds


def test_samplings_and_prompts_go_in_pairs(engine: LlamaEngine) -> None:
    with pytest.raises(InputError, match="2 prompts and 1 samplings"):
        engine.submit(ask("hello", "good day", samplings=(WILD,)))


def test_presets_differ_in_how_far_they_stray(engine: LlamaEngine) -> None:
    """Of 16 draws of a first token, the focused preset knows the fewest different ones, the wild one the most."""
    different = {
        name: len(set(texts(engine.submit(ask(*MANY, sampling=replace(preset, seed=3, max_tokens=1))).wait(120))))
        for name, preset in PRESETS.items()
    }
    assert different["focused"] <= different["balanced"] <= different["wild"]
    assert different["focused"] < different["wild"]
