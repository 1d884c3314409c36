"""A request from submit to its end. python -m pytest tests/engine/test_streaming.py"""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from asking import FOR_LONG, LONG, MANY, ask, chat, held, idle, texts

from workbench.engine.interface import Finish, Job, Sampling, State, View
from workbench.engine.llama_engine import LlamaEngine


def test_a_greedy_answer_is_the_same_again(engine: LlamaEngine) -> None:
    first = texts(engine.submit(ask("hello")).wait(120))
    assert first[0]
    assert texts(engine.submit(ask("hello")).wait(120)) == first
    idle(engine)


def test_it_streams(engine: LlamaEngine) -> None:
    seen: list[View] = []
    job = engine.submit(ask("hello", sampling=LONG), lambda job: seen.append(job.view()))
    final = job.wait(120)
    growing = [view.sequences[0].text for view in seen]
    assert growing[-1] == final.sequences[0].text
    assert all(later.startswith(earlier) for earlier, later in pairwise(growing))
    assert len(set(growing)) > 1
    assert seen[-1].state == State.DONE


def test_a_sequence_carries_its_figures(engine: LlamaEngine) -> None:
    sequence = engine.submit(ask("hello")).wait(120).sequences[0]
    assert sequence.finish == Finish.LENGTH
    assert sequence.tokens == 24
    assert sequence.prompt_tokens == len(engine._loaded.chat.tokens(chat("hello")))
    assert sequence.first_token_s is not None and 0 < sequence.first_token_s <= sequence.seconds


def test_a_stop_string_ends_one_sequence_and_not_the_others(engine: LlamaEngine) -> None:
    first, second = texts(engine.submit(ask("hello", "good day")).wait(120))
    stop = next(first[i : i + 3] for i in range(4, 20) if first[i : i + 3] not in second)
    view = engine.submit(ask("hello", "good day", stop=(stop,))).wait(120)
    assert [s.finish for s in view.sequences] == [Finish.STOP, Finish.LENGTH]
    assert texts(view) == [first[: first.index(stop)], second]


def test_the_model_ends_its_text_itself(
    tmp_path: Path, gguf_maker: object, open_tiny: Callable[..., LlamaEngine]
) -> None:
    path = gguf_maker.write_base(tmp_path / "ending.gguf", endless=False)  # type: ignore[attr-defined]
    engine = open_tiny(model=path)
    hot = Sampling(temperature=3.0, top_k=0, top_p=1.0, min_p=0.0, seed=1, max_tokens=400)
    view = engine.submit(ask(*["hello"] * 8, sampling=hot)).wait(120)
    assert Finish.STOP in {sequence.finish for sequence in view.sequences}
    assert not any("<|" in text for text in texts(view))


def test_max_seconds_ends_with_the_text_so_far(engine: LlamaEngine) -> None:
    whole = texts(engine.submit(ask("hello", sampling=LONG)).wait(120))[0]
    view = engine.submit(ask(*MANY, sampling=FOR_LONG, max_seconds=0.1)).wait(120)
    assert view.state == State.DONE
    assert {sequence.finish for sequence in view.sequences} == {Finish.TIME}
    assert all(whole.startswith(sequence.text) for sequence in view.sequences)


def test_a_listener_that_fails_harms_nobody(engine: LlamaEngine, caplog: pytest.LogCaptureFixture) -> None:
    def broken(job: Job) -> None:
        raise ValueError("a page is gone")

    assert engine.submit(ask("hello"), broken).wait(120).state == State.DONE
    assert "a page is gone" in caplog.text
    assert engine.submit(ask("hello")).wait(120).state == State.DONE


def test_a_listener_may_submit(engine: LlamaEngine) -> None:
    second: list[Job] = []

    def chain(job: Job) -> None:
        if job.view().ended and not second:
            second.append(engine.submit(ask("and then")))

    engine.submit(ask("hello"), chain).wait(120)
    assert second[0].wait(120).state == State.DONE


def test_status_tells_what_is_loaded(engine: LlamaEngine, tiny: Path) -> None:
    status = engine.status()
    assert (status.model, status.path, status.error) == ("tiny", tiny / "base.gguf", None)
    assert [(a.name, a.rank) for a in status.adapters] == [("brainstorm", 4), ("refine", 4)]
    assert status.kv_bytes == 2048 * 2 * 2 * 32 * 2  # cells, layers, K and V, width, bytes
    assert status.bytes == (tiny / "base.gguf").stat().st_size
    assert status.parameters > 0 and status.resident_bytes > 0
    _, release = held(engine, ask("hello", adapter="refine"))
    assert (engine.status().running, engine.status().active_adapter) == (1, "refine")
    engine.submit(ask("good day"))
    assert engine.status().queued == 1
    release.set()
