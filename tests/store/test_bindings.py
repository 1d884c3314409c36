"""Which model does which task: switches, roll back, kills. python -m pytest tests/store/test_bindings.py"""

import signal
from collections.abc import Callable
from pathlib import Path
from subprocess import Popen

import pytest

from workbench.errors import InputError, NotFound
from workbench.records import Kind, RegisteredModel, Switch
from workbench.store import Store


def register(store: Store, name: str, **more: object) -> RegisteredModel:
    given = {
        "id": 0, "kind": Kind.BASE, "name": name, "title": name.title(), "task": "", "path": f"/models/{name}",
        "sha256": name[0] * 64, "bytes": 10, "modified": 1,
    }  # fmt: skip
    return store.save_model(RegisteredModel(**(given | more)))  # type: ignore[arg-type]


def names(state: Switch) -> dict[str, tuple[str, str | None]]:
    return {task: (b.base.name, b.adapter.name if b.adapter else None) for task, b in state.of.items()}


@pytest.fixture
def models(store: Store) -> dict[str, int]:
    adapter = register(store, "small/refine", kind=Kind.ADAPTER, task="refine", rank=8, base_sha256="s" * 64)
    return {name: register(store, name).id for name in ("small", "large")} | {"adapter": adapter.id}


def test_a_model_is_kept_by_its_path_and_read_back_as_it_was(store: Store) -> None:
    first = register(store, "small", run={"started": "2026"}, figures={"eval_loss": 2.5})
    assert (first.run, first.figures, first.kind) == ({"started": "2026"}, {"eval_loss": 2.5}, Kind.BASE)
    again = register(store, "small", sha256="b" * 64)
    assert again.id == first.id and again.added == first.added and store.registered() == [again]
    assert store.add_figures(first.id, {"wins": 0.6}).figures == {"wins": 0.6}
    store.mark_removed(first.id)
    assert store.registered() == [] and [each.name for each in store.registered(removed=True)] == ["small"]
    assert not register(store, "small").removed


def test_nothing_is_chosen_at_the_beginning(store: Store) -> None:
    assert (store.in_use().id, store.in_use().of, store.switches(), store.switch_id()) == (0, {}, [], 0)
    with pytest.raises(InputError, match="nothing to roll back"):
        store.roll_back()


def test_a_switch_of_one_task_leaves_the_others_as_they_are(store: Store, models: dict[str, int]) -> None:
    everything = dict.fromkeys(("brainstorm", "refine", "evaluate"), (models["small"], None))
    first = store.bind(everything, "small for everything")
    second = store.bind({"refine": (models["small"], models["adapter"])}, "refine by its adapter")
    assert names(second) == {
        "brainstorm": ("small", None), "evaluate": ("small", None), "refine": ("small", "small/refine"),
    }  # fmt: skip
    assert store.in_use() == second and store.switches() == [second, first] and store.switch_id() == second.id


def test_rolling_back_goes_on_further_back_and_is_history_too(store: Store, models: dict[str, int]) -> None:
    one = store.bind({"refine": (models["small"], None)}, "one")
    store.bind({"refine": (models["large"], None)}, "two")
    assert names(store.roll_back()) == names(one)
    assert store.in_use().restores == one.id
    assert store.roll_back().of == {} and store.in_use().words == "Rolled back to the beginning"
    with pytest.raises(InputError, match="nothing to roll back"):
        store.roll_back()
    assert [each.words for each in store.switches()][2:] == ["two", "one"]


def test_a_switch_after_a_roll_back_rolls_back_to_what_was_in_use_then(store: Store, models: dict[str, int]) -> None:
    store.bind({"refine": (models["small"], None)}, "one")
    store.bind({"refine": (models["large"], None)}, "two")
    store.roll_back()
    store.bind({"refine": (models["large"], models["adapter"])}, "three")
    assert names(store.roll_back()) == {"refine": ("small", None)}


def test_any_row_of_history_can_be_brought_back(store: Store, models: dict[str, int]) -> None:
    store.bind({"refine": (models["small"], None)}, "one")
    two = store.bind({"refine": (models["large"], None)}, "two")
    back = store.roll_back()
    assert names(store.roll_back(two.id)) == {"refine": ("large", None)}
    assert names(store.roll_back(back.id)) == {"refine": ("small", None)}  # a roll back stands for what it brought
    assert store.roll_back(0).of == {}
    with pytest.raises(InputError, match="in use already"):
        store.roll_back(0)
    with pytest.raises(NotFound):
        store.roll_back(99)


def test_an_unknown_model_is_not_bound(store: Store, models: dict[str, int]) -> None:
    with pytest.raises(NotFound):
        store.bind({"refine": (models["small"], 99)}, "no such adapter")
    assert store.switch_id() == 0


def test_another_process_sees_the_switch(store: Store, path: Path, models: dict[str, int]) -> None:
    other = Store(path)
    store.bind({"refine": (models["large"], None)}, "two")
    assert other.switch_id() == store.switch_id() and names(other.in_use()) == {"refine": ("large", None)}
    other.roll_back()
    assert store.in_use().of == {}
    other.close()


KILLED = """
import sys
from pathlib import Path
from workbench.store import Store
store = Store(Path(sys.argv[1]))
print("ready", flush=True)
models = [model.id for model in store.registered(kind="base")]
while True:
    for base in models:
        store.bind(dict.fromkeys(("brainstorm", "refine", "evaluate"), (base, None)), "again")
        print("switched", flush=True)
"""


def test_a_kill_during_a_switch_leaves_the_old_state_or_the_new(
    store: Store, path: Path, models: dict[str, int], python: Callable[..., "Popen[str]"]
) -> None:
    process = python(KILLED, path)
    assert process.stdout is not None
    for _ in range(4):
        assert process.stdout.readline()
    process.send_signal(signal.SIGKILL)
    process.wait()
    for switch in store.switches():
        assert len(switch.of) == 3 and len({binding.base.id for binding in switch.of.values()}) == 1
    store.bind({"refine": (models["large"], None)}, "goes on")
