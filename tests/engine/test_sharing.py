"""Several engines in one process: turns, room, late adapters. python -m pytest tests/engine/test_sharing.py"""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest
from asking import held

from workbench.engine.interface import Job, Request, Sampling, State, Weights
from workbench.engine.llama_engine import LlamaEngine
from workbench.engine.loading import read_adapter
from workbench.engine.runner import Runner
from workbench.engine.sharing import Sharing
from workbench.errors import AdapterMismatch, InputError
from workbench.settings import Settings

PLENTY = 2**50
LONG = 1200  # tokens
Open = Callable[..., LlamaEngine]


def ask(engine: LlamaEngine, text: str = "hello", tokens: int = 16, adapter: str | None = None) -> Job:
    prompt = [{"role": "user", "content": text}]
    return engine.submit(Request("test", (prompt,), Sampling(temperature=0, max_tokens=tokens), adapter))


def begun(engine: LlamaEngine, tokens: int = LONG) -> tuple[Job, threading.Event]:
    """Return a job that has begun to write, and an event until which it goes no further."""
    prompt = [{"role": "user", "content": "hello"}]
    return held(engine, Request("test", (prompt,), Sampling(temperature=0, max_tokens=tokens)))


def answer(job: Job) -> str:
    view = job.wait(120)
    assert view.state is State.DONE, view.error
    return view.sequences[0].text


def until(what: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.002)


class Room:
    """How much memory is free, as the test says."""

    def __init__(self) -> None:
        self.free = PLENTY

    def __call__(self) -> int:
        return self.free


@pytest.fixture
def room() -> Room:
    return Room()


@pytest.fixture
def bases(tmp_path_factory: pytest.TempPathFactory, gguf_maker: ModuleType) -> list[Path]:
    folder = tmp_path_factory.mktemp("bases")
    return [gguf_maker.write_base(folder / f"{name}.gguf", seed=seed) for seed, name in enumerate("ab")]


@pytest.fixture
def open_shared(bases: list[Path], room: Room) -> Iterator[Open]:
    opened: list[LlamaEngine] = []
    sharing = Sharing(room)

    def open_one(number: int, **more: object) -> LlamaEngine:
        settings = Settings(model=bases[number], context=4096, threads=1)
        opened.append(LlamaEngine(settings, sharing=sharing, load_now=False, **more))  # type: ignore[arg-type]
        return opened[-1]

    yield open_one
    for engine in opened:
        engine.close()


def test_a_model_is_loaded_at_its_first_use(open_shared: Open) -> None:
    engine = open_shared(0)
    assert engine.status().weights is Weights.UNLOADED and engine.status().model == "a"
    assert answer(ask(engine))
    assert engine.status().weights is Weights.LOADED


def test_two_models_answer_as_each_does_alone_and_one_computes_at_a_time(
    open_shared: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = open_shared(0), open_shared(1)
    alone = [answer(ask(first, tokens=200)), answer(ask(second, tokens=200))]
    assert alone[0] != alone[1]
    inside: set[int] = set()
    together, turns = [], []
    step = Runner.step

    def watched(runner: Runner) -> None:
        inside.add(id(runner))
        together.append(len(inside))
        if turns[-1:] != [id(runner)]:
            turns.append(id(runner))
        if len(turns) == 1:  # the other one has come to wait for its turn
            until(lambda: bool(first._sharing._line))  # type: ignore[union-attr]
        step(runner)
        inside.discard(id(runner))

    monkeypatch.setattr(Runner, "step", watched)
    monkeypatch.setattr("workbench.engine.sharing.TURN_SECONDS", 0.0)
    jobs = [ask(engine, tokens=200) for engine in (first, second)]
    assert [answer(job) for job in jobs] == alone
    assert max(together) == 1 and len(turns) > 2
    assert [engine.status().weights for engine in (first, second)] == [Weights.LOADED] * 2


def test_the_thread_that_computed_has_ended_before_another_one_computes(open_shared: Open) -> None:
    first, second = open_shared(0), open_shared(1)
    answer(ask(first))
    thread, model = first._owner.thread, first._loaded.model
    answer(ask(second))
    assert not thread.is_alive()
    answer(ask(first, "again"))
    assert first._loaded.model is model  # it stayed in memory


def test_without_room_the_other_one_leaves_memory_when_its_work_is_done(open_shared: Open, room: Room) -> None:
    first, second = open_shared(0), open_shared(1)
    answer(ask(first))
    room.free = 0
    long, release = begun(first)
    other = ask(second)
    release.set()
    assert answer(other)
    assert long.view().state is State.DONE  # it was not cut short
    assert first.status().weights is Weights.UNLOADED
    assert answer(ask(first))
    assert second.status().weights is Weights.UNLOADED


def test_the_least_recently_used_leaves_first(
    open_shared: Open, room: Room, bases: list[Path], gguf_maker: ModuleType
) -> None:
    bases.append(gguf_maker.write_base(bases[0].with_name("c.gguf"), seed=9))
    engines = [open_shared(number) for number in range(3)]
    answer(ask(engines[0]))
    answer(ask(engines[1]))
    answer(ask(engines[0]))
    needs = engines[2]._seat.needs  # type: ignore[union-attr]
    mapped = sum(engine.status().bytes for engine in engines[:2])
    room.free = needs + mapped + 2**30 - 1  # one byte too few
    answer(ask(engines[2]))
    states = [engine.status().weights for engine in engines]
    assert states == [Weights.LOADED, Weights.UNLOADED, Weights.LOADED]


def test_what_waits_for_its_turn_can_be_stopped(open_shared: Open, room: Room) -> None:
    first, second = open_shared(0), open_shared(1)
    answer(ask(first))
    room.free = 0
    long, release = begun(first, 3000)
    waiting = ask(second)
    waiting.stop()
    assert waiting.wait(120).state is State.STOPPED
    long.stop()
    release.set()
    assert long.wait(120).ended
    assert answer(ask(first))  # nobody needs its room any more


def test_a_released_model_leaves_memory_and_comes_back_on_use(open_shared: Open) -> None:
    engine = open_shared(0)
    before = answer(ask(engine))
    engine.release()
    until(lambda: engine.status().weights is Weights.UNLOADED)
    assert answer(ask(engine)) == before


def test_an_engine_can_be_closed_while_another_one_computes(open_shared: Open) -> None:
    first, second = open_shared(0), open_shared(1)
    answer(ask(second))
    long, release = begun(first)
    waiting = ask(second, tokens=LONG)
    second.close()
    release.set()
    assert waiting.wait(120).state is State.STOPPED
    assert answer(long)


def test_an_adapter_can_come_later_and_the_base_stays(
    open_shared: Open, gguf_maker: ModuleType, tmp_path: Path
) -> None:
    engine = open_shared(0)
    bare = answer(ask(engine))
    model = engine._loaded.model
    one, two = (gguf_maker.write_adapter(tmp_path / f"{seed}.gguf", seed=seed) for seed in (1, 2))
    engine.set_adapters([read_adapter("one", one)])
    first = answer(ask(engine, adapter="one"))
    engine.set_adapters([read_adapter("one", one), read_adapter("two", two)])
    second = answer(ask(engine, adapter="two"))
    assert len({bare, first, second}) == 3 and engine._loaded.model is model
    engine.set_adapters([read_adapter("two", two)])
    with pytest.raises(InputError, match="no adapter 'one'"):
        ask(engine, adapter="one")
    assert answer(ask(engine, adapter="two")) == second


def test_an_adapter_of_another_base_is_refused(
    open_shared: Open, gguf_maker: ModuleType, tmp_path: Path
) -> None:
    engine = open_shared(0)
    wrong = gguf_maker.write_adapter(tmp_path / "wrong.gguf", gguf_maker.wider())
    with pytest.raises(AdapterMismatch):
        engine.check_adapter(wrong)


def test_an_adapter_that_is_gone_when_it_is_needed_is_a_sentence(
    open_shared: Open, gguf_maker: ModuleType, tmp_path: Path
) -> None:
    engine = open_shared(0)
    path = gguf_maker.write_adapter(tmp_path / "gone.gguf")
    answer(ask(engine))
    engine.set_adapters([read_adapter("gone", path)])
    path.unlink()
    view = ask(engine, adapter="gone").wait(120)
    assert view.state is State.FAILED and view.error is not None and "gone.gguf is gone" in view.error
    assert answer(ask(engine))


def test_many_ask_two_models_that_do_not_fit_together(
    open_shared: Open, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workbench.engine.sharing.TURN_SECONDS", 0.01)
    engines = [open_shared(0), open_shared(1)]
    wanted = [answer(ask(engine)) for engine in engines]
    room.free = 0
    wrong: list[str] = []

    def work(number: int) -> None:
        answers = [answer(ask(engines[number % 2])) for _ in range(4)]
        wrong.extend(each for each in answers if each != wanted[number % 2])

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
        assert not thread.is_alive()
    assert not wrong
