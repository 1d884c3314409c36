"""Beginnings are computed once and never taken for others. python -m pytest tests/engine/test_prefix_cache.py"""

from collections.abc import Callable

from asking import ask, at_rest, chat, held, idle, texts

from workbench.engine.interface import Sampling
from workbench.engine.llama_engine import LlamaEngine


def test_a_prefix_is_processed_once_and_changes_nothing(open_tiny: Callable[..., LlamaEngine]) -> None:
    prompts = [f"the same long beginning, then {i}" for i in range(4)]
    cold = [texts(open_tiny().submit(ask(prompt)).wait(120))[0] for prompt in prompts]
    warm = open_tiny()
    views = [warm.submit(ask(prompt)).wait(120) for prompt in prompts]
    assert [texts(view)[0] for view in views] == cold
    assert views[0].sequences[0].cached_tokens == 0
    assert all(view.sequences[0].cached_tokens > 40 for view in views[1:])
    again = warm.submit(ask(prompts[2])).wait(120)
    assert texts(again) == [cold[2]]
    assert again.sequences[0].cached_tokens == again.sequences[0].prompt_tokens - 1
    idle(warm)


def test_a_forgotten_prompt_is_processed_whole_again(open_tiny: Callable[..., LlamaEngine]) -> None:
    engine = open_tiny()
    first = engine.submit(ask("the same prompt")).wait(120)
    engine.forget_prompts()
    again = engine.submit(ask("the same prompt")).wait(120)
    assert again.sequences[0].cached_tokens == 0 and texts(again) == texts(first)
    idle(engine)


def test_a_beginning_two_jobs_share_is_computed_by_one_of_them(open_tiny: Callable[..., LlamaEngine]) -> None:
    story = "word " * 60
    wanted = [texts(open_tiny().submit(ask(story + end)).wait(120)) for end in ("one", "two")]
    engine = open_tiny()
    _, release = held(engine, ask("hello"))
    jobs = [engine.submit(ask(story + end)) for end in ("one", "two")]
    release.set()
    first, second = (job.wait(120) for job in jobs)
    assert [texts(first), texts(second)] == wanted
    assert first.sequences[0].cached_tokens < 60 < 200 < second.sequences[0].cached_tokens
    idle(engine)


def test_a_changed_idea_does_not_reuse_what_differs(open_tiny: Callable[..., LlamaEngine]) -> None:
    engine = open_tiny()
    engine.submit(ask("Idea: a bus that brings bread.\nGoal: shorter")).wait(120)
    changed = engine.submit(ask("Idea: a van that brings bread.\nGoal: shorter")).wait(120)
    kept = len(engine._loaded.chat.tokens(chat("Idea: a "))) - len(engine._loaded.chat.tokens(chat(""))) + 60
    assert 0 < changed.sequences[0].cached_tokens < kept
    assert texts(changed) == texts(open_tiny().submit(ask("Idea: a van that brings bread.\nGoal: shorter")).wait(120))


def test_cells_of_one_adapter_are_never_taken_for_another(engine: LlamaEngine) -> None:
    def cached(adapter: str | None) -> int:
        return engine.submit(ask("hello", adapter=adapter)).wait(120).sequences[0].cached_tokens

    everything = len(engine._loaded.chat.tokens(chat("hello"))) - 1
    assert [cached(None), cached("brainstorm"), cached("refine")] == [0, 0, 0]
    assert [cached(None), cached("brainstorm"), cached("refine")] == [everything] * 3


def test_an_unrelated_long_prompt_pushes_the_cache_out(open_tiny: Callable[..., LlamaEngine]) -> None:
    engine = open_tiny(context=1024)
    for word in ("one ", "two ", "six "):
        view = engine.submit(ask(word * 5000)).wait(120)
        assert texts(view)[0]
        assert view.sequences[0].prompt_tokens > 900
    idle(engine)


def test_the_cache_keeps_to_its_budget(open_tiny: Callable[..., LlamaEngine]) -> None:
    engine = open_tiny(context=1024)
    for i in range(40):
        engine.submit(ask(f"{i} {'word ' * 30}", sampling=Sampling(temperature=0, max_tokens=2))).wait(120)
    at_rest(engine)
    assert engine._runner.memory.used <= 512
    idle(engine)
