"""The model leaves memory when nobody asks, and comes back on use. python -m pytest tests/engine/test_idle.py"""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from workbench.engine.footprint import resident
from workbench.engine.interface import Request, Sampling, ScoreRequest, State, Weights
from workbench.engine.llama_engine import LlamaEngine
from workbench.settings import Settings

Open = Callable[..., LlamaEngine]


def ask(text: str = "hello", **more: object) -> Request:
    return Request("test", ([{"role": "user", "content": text}],), Sampling(temperature=0, max_tokens=16), **more)  # type: ignore[arg-type]


def until_unloaded(engine: LlamaEngine) -> None:
    """Wait for the thread's end, after which everything is freed."""
    engine._owner.thread.join(120)
    assert engine.status().weights is Weights.UNLOADED


@pytest.fixture
def open_idle(tiny: Path) -> Iterator[Open]:
    opened: list[LlamaEngine] = []

    def open_one(model: Path = tiny, context: int = 2048, seconds: float = 0.2) -> LlamaEngine:
        settings = Settings(model=model, context=context, threads=1, idle_unload_minutes=seconds / 60)
        opened.append(LlamaEngine(settings))
        return opened[-1]

    yield open_one
    for engine in opened:
        engine.close()


def test_an_idle_model_gives_its_memory_back_and_answers_as_before(open_idle: Open) -> None:
    engine = open_idle(context=400_000)
    first = engine.submit(ask()).wait(120)
    # On its own thread, and loaded there if need be: on a busy machine it may have been idle for long enough already.
    look = engine.call(lambda: (engine._owner.load(), engine.status(), resident(), engine._owner))
    _, status, held, owner = look.result(120)
    assert (status.weights, str(status.weights)) == (Weights.LOADED, "loaded")
    until_unloaded(engine)
    assert str(engine.status().weights) == "unloaded, loads on use"
    assert engine.status().model == "tiny" and engine.status().error is None
    assert held - resident() > 0.9 * status.kv_bytes
    again = engine.submit(ask()).wait(120)
    assert again.sequences[0].text == first.sequences[0].text
    assert engine._owner is not owner and not owner.thread.is_alive()


def test_zero_minutes_keep_the_model(open_idle: Open) -> None:
    engine = open_idle(seconds=0)
    assert engine._idle_s is None
    time.sleep(0.3)
    assert engine.status().weights is Weights.LOADED


def test_a_submit_never_waits_for_the_model(open_idle: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    engine, release = open_idle(seconds=0.5), threading.Event()
    until_unloaded(engine)
    from workbench.engine import owner

    real = owner.load

    def slow(*args: object) -> object:
        assert release.wait(120)
        return real(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(owner, "load", slow)  # a disk that takes its time
    jobs = [engine.submit(ask(text)) for text in ("hello", "good day")]
    while engine.status().weights is not Weights.LOADING:
        time.sleep(0.001)
    assert [job.view().state for job in jobs] == [State.QUEUED] * 2
    assert [job.view().position for job in jobs] == [0, 1]
    assert engine.status().queued == 2
    engine._owner._go_on_loading()
    assert all(job.view().wait_s is not None for job in jobs)  # what loading took the last time
    release.set()
    assert [job.wait(120).state for job in jobs] == [State.DONE] * 2


def test_a_request_that_cannot_be_served_says_so_once_the_model_is_back(open_idle: Open) -> None:
    engine = open_idle()
    until_unloaded(engine)
    same = ScoreRequest("test", ask().prompts, ("ab", "ac"))
    bad, good = engine.submit(same), engine.submit(ask("A sentence here. " * 3000))
    view = bad.wait(120)
    assert view.state == State.FAILED and view.error is not None and "begin with the same token" in view.error
    assert good.wait(120).state == State.DONE
    assert "cut at a sentence" in good.view().notes[0]


def test_a_model_that_does_not_come_back_ends_its_jobs_with_a_sentence(
    tmp_path: Path, tiny: Path, open_idle: Open
) -> None:
    path = tmp_path / "base.gguf"
    path.write_bytes((tiny / "base.gguf").read_bytes())
    engine = open_idle(model=path)
    until_unloaded(engine)
    path.rename(tmp_path / "elsewhere.gguf")
    jobs = [engine.submit(ask()) for _ in range(3)]
    for job in jobs:
        view = job.wait(120)
        assert view.state == State.FAILED and view.error is not None and "base.gguf is gone" in view.error
        assert view.sequences[0].finish is not None
    engine.call(lambda: None).result(120)  # the thread is done with them
    assert engine._intake.tasks() == []
    (tmp_path / "elsewhere.gguf").rename(path)
    assert engine.submit(ask()).wait(120).state == State.DONE


def test_another_file_in_its_place_is_not_taken_for_it(tmp_path: Path, tiny: Path, open_idle: Open) -> None:
    path = tmp_path / "base.gguf"
    path.write_bytes((tiny / "base.gguf").read_bytes())
    engine = open_idle(model=path)
    until_unloaded(engine)
    path.write_bytes(path.read_bytes()[:-4] + b"\1\2\3\4")
    view = engine.submit(ask()).wait(120)
    assert view.error is not None and "has changed since the app started" in view.error


def test_a_job_can_be_stopped_and_the_engine_closed_while_the_model_is_read(
    open_idle: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine, asked, go_on = open_idle(), threading.Event(), threading.Event()
    until_unloaded(engine)
    from workbench.engine.owner import Owner

    real = Owner._go_on_loading

    def held(owner: Owner) -> bool:
        asked.set()
        assert go_on.wait(120)
        return real(owner)

    monkeypatch.setattr(Owner, "_go_on_loading", held)
    stopped, other = engine.submit(ask()), engine.submit(ask())
    assert asked.wait(120)
    stopped.stop()
    closing = threading.Thread(target=engine.close)
    closing.start()
    while not engine._intake.closing:
        time.sleep(0.001)
    go_on.set()
    closing.join(120)
    assert [job.wait(120).state for job in (stopped, other)] == [State.STOPPED] * 2
    assert engine.status().weights is Weights.UNLOADED


def owners() -> set[threading.Thread]:
    """The owner threads of all engines of this process."""
    return {thread for thread in threading.enumerate() if thread.name == "llama-engine"}


def test_many_threads_ask_while_it_comes_and_goes(open_idle: Open) -> None:
    others = owners()
    engine = open_idle(seconds=0.01)
    wanted, answers = engine.submit(ask()).wait(120).sequences[0].text, []

    def work(pause: float) -> None:
        for _ in range(8):
            answers.append(engine.submit(ask()).wait(120).sequences[0].text)
            time.sleep(pause)

    threads = [threading.Thread(target=work, args=(0.004 * i,)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [wanted] * 32
    until_unloaded(engine)
    for thread in owners() - others:
        thread.join(120)
    assert owners() <= others
