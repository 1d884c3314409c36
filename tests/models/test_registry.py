"""What lies on this machine and which of it does which task. python -m pytest tests/models/test_registry.py"""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from workbench.errors import AdapterMismatch, InputError, ModelDamaged
from workbench.models.registry import adapters_of, refresh, register_adapter, use
from workbench.records import Kind, RegisteredModel, Switch
from workbench.settings import Settings
from workbench.store import Store


@pytest.fixture
def store(own_data: Path) -> Iterator[Store]:
    opened = Store(own_data / "workbench.db")
    yield opened
    opened.close()


@pytest.fixture
def chosen(tmp_path: Path) -> Settings:
    return Settings(models=tmp_path / "models")


def entry(path: Path) -> dict[str, object]:
    return {"file": path.name, "sha256": hashlib.sha256(path.read_bytes()).hexdigest(), "bytes": path.stat().st_size}


@pytest.fixture
def small(chosen: Settings, gguf_maker: ModuleType) -> Path:
    """A model in the models folder with an adapter for refining, its run's record, and its proof."""
    folder = chosen.models / "small"
    folder.mkdir(parents=True)
    base = gguf_maker.write_base(folder / "base.gguf")
    refine = gguf_maker.write_adapter(folder / "refine.gguf")
    manifest = {"name": "small", "title": "Small", "base": entry(base), "adapters": {"refine": entry(refine)},
                "licence": "MIT", "trial": {"decode_per_s": 40.5, "text": "no number"}}  # fmt: skip
    (folder / "manifest.json").write_text(json.dumps(manifest))
    records = folder / "records" / "refine"
    records.mkdir(parents=True)
    run = {"started": "2026-11-21", "rows": 12, "config": {"rank": 4, "base": "/somewhere"}, "data": {"a.jsonl": "ff"}}
    (records / "run.json").write_text(json.dumps(run))
    (records / "curve.jsonl").write_text('{"step": 1, "loss": 4}\n{"step": 2, "eval_loss": 2.5}\n{"cut o')
    (folder / "proof.json").write_text(json.dumps({"refine": {"shipped": {"mean KL divergence": 0.001}}}))
    return folder


def named(store: Store) -> dict[str, RegisteredModel]:
    return {each.name: each for each in store.registered()}


def by_task(switch: Switch) -> dict[str, tuple[str, str | None]]:
    return {task: (b.base.name, b.adapter.name if b.adapter else None) for task, b in switch.of.items()}


def test_bases_and_adapters_are_written_down_with_their_figures(store: Store, chosen: Settings, small: Path) -> None:
    assert refresh(store, chosen) == {}
    found = named(store)
    assert {*found} == {"starter", "starter/brainstorm", "starter/refine", "small", "small/refine"}
    base, adapter = found["small"], found["small/refine"]
    assert (base.kind, base.licence, base.figures["decode_per_s"]) == (Kind.BASE, "MIT", 40.5)
    assert (adapter.kind, adapter.task, adapter.rank, adapter.base_sha256) == (Kind.ADAPTER, "refine", 4, base.sha256)
    assert adapter.figures == {"shipped mean KL divergence": 0.001, "eval_loss": 2.5}
    assert adapter.run == {"started": "2026-11-21", "rows": 12, "rank": 4, "data": ["a.jsonl"]}
    assert adapters_of(store, base) == [adapter]
    assert found["starter/refine"].run["rows"] > 0 and found["starter/brainstorm"].figures


def test_what_is_gone_is_marked_and_what_changed_is_read_anew(store: Store, chosen: Settings, small: Path) -> None:
    refresh(store, chosen)
    before = named(store)["small"]
    away = small.rename(small.with_name(".away"))
    refresh(store, chosen)
    assert "small" not in named(store) and "small/refine" not in named(store)
    away.rename(small)
    manifest = json.loads((small / "manifest.json").read_text())
    (small / "manifest.json").write_text(json.dumps(manifest | {"title": "Another"}))
    refresh(store, chosen)
    assert named(store)["small"].title == "Another" and named(store)["small"].id == before.id


def test_a_broken_manifest_is_a_sentence_and_the_others_are_read(store: Store, chosen: Settings, small: Path) -> None:
    (small / "manifest.json").write_text("{")
    broken = refresh(store, chosen)
    assert "not valid JSON" in broken[str(small)] and "starter" in named(store)


def test_one_switch_for_everything_takes_the_models_own_adapters(store: Store, chosen: Settings, small: Path) -> None:
    switch = use(store, chosen, "small")
    assert by_task(switch) == {
        "brainstorm": ("small", None), "refine": ("small", "small/refine"), "evaluate": ("small", "small/refine"),
    }  # fmt: skip
    assert switch.words == "small for everything" and len(store.switches()) == 1
    assert by_task(use(store, chosen, "starter", tasks=["refine"], adapter=""))["refine"] == ("starter", None)
    assert store.in_use().words == "starter for refine"


def test_an_adapter_of_another_base_is_refused_and_nothing_is_switched(
    store: Store, chosen: Settings, small: Path
) -> None:
    with pytest.raises(AdapterMismatch):
        use(store, chosen, "small", adapter="starter/refine")
    assert store.switch_id() == 0


def test_a_damaged_file_is_refused_and_nothing_is_switched(store: Store, chosen: Settings, small: Path) -> None:
    refresh(store, chosen)
    data = bytearray((small / "base.gguf").read_bytes())
    data[-1] ^= 1
    (small / "base.gguf").write_bytes(bytes(data))
    with pytest.raises(ModelDamaged, match="has the hash"):
        use(store, chosen, "small")
    assert store.switch_id() == 0


def test_a_wrong_name_says_which_there_are(store: Store, chosen: Settings, small: Path) -> None:
    with pytest.raises(InputError, match="there are: small, starter"):
        use(store, chosen, "large")
    with pytest.raises(InputError, match="There is no adapter 'x'"):
        use(store, chosen, "small", adapter="x")
    with pytest.raises(InputError, match="There is no task 'dream'"):
        use(store, chosen, "small", tasks=["dream"])


def test_a_file_anywhere_can_be_used_by_its_path(
    store: Store, chosen: Settings, tmp_path: Path, gguf_maker: ModuleType
) -> None:
    path = gguf_maker.write_base(tmp_path / "elsewhere.gguf", seed=3)
    assert by_task(use(store, chosen, str(path)))["evaluate"] == ("elsewhere", None)
    refresh(store, chosen)
    found = named(store)["elsewhere"]
    assert found.path == str(path) and found.figures["decode_per_s"] > 0  # it was tried first


def test_an_adapter_is_no_model(store: Store, chosen: Settings, tmp_path: Path, gguf_maker: ModuleType) -> None:
    path = gguf_maker.write_adapter(tmp_path / "lora.gguf")
    with pytest.raises(ModelDamaged, match="is an adapter and no model"):
        use(store, chosen, str(path))
    assert store.switch_id() == 0 and "lora" not in named(store)


def test_a_trained_adapter_becomes_the_next_version_and_is_rolled_back(
    store: Store, chosen: Settings, small: Path, tmp_path: Path, gguf_maker: ModuleType
) -> None:
    trained = gguf_maker.write_adapter(tmp_path / "out.gguf", seed=8)
    run, figures = {"rows": 40}, {"wins against the one before": 0.61}
    made = register_adapter(store, chosen, trained, task="refine", base="small", run=run, figures=figures)
    assert (made.name, made.task, made.run) == ("small-refine-2", "refine", run)
    assert made.figures["wins against the one before"] == 0.61 and Path(made.path).is_relative_to(chosen.models)
    assert store.switch_id() == 0  # nothing is switched unasked
    first = use(store, chosen, "small")
    assert by_task(use(store, chosen, "small", tasks=["refine"], adapter=made.name))["refine"][1] == "small-refine-2"
    assert by_task(store.roll_back()) == by_task(first)
    refresh(store, chosen)
    assert named(store)["small-refine-2"].figures == made.figures  # it stands in the manifest
