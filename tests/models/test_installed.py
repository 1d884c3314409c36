"""python -m pytest tests/models/test_installed.py"""

import hashlib
import json
from pathlib import Path
from types import ModuleType

import pytest

from workbench.errors import AdapterMismatch, ModelDamaged, ModelMissing
from workbench.models import read_model


def entry(path: Path) -> dict[str, object]:
    return {"file": path.name, "sha256": hashlib.sha256(path.read_bytes()).hexdigest(), "bytes": path.stat().st_size}


def folder_of(base: Path, **adapters: Path) -> Path:
    manifest = {"name": "tiny", "title": "Tiny model", "base": entry(base), "licence": "CC0-1.0", "prompts_version": 1}
    manifest["adapters"] = {name: entry(path) for name, path in adapters.items()}
    (base.parent / "manifest.json").write_text(json.dumps(manifest))
    return base.parent


@pytest.fixture
def adapter(base: Path, gguf_maker: ModuleType) -> Path:
    return gguf_maker.write_adapter(base.with_name("refine.gguf"))


def test_a_folder_is_read_with_its_adapters(base: Path, adapter: Path) -> None:
    model = read_model(folder_of(base, refine=adapter))
    assert (model.name, model.title, model.licence, model.prompts_version) == ("tiny", "Tiny model", "CC0-1.0", 1)
    assert (model.base, model.adapters) == (base, {"refine": adapter})
    assert model.base_sha256 == hashlib.sha256(base.read_bytes()).hexdigest()
    assert model.parameters > 100_000


def test_a_lone_file_is_a_model_without_adapters(base: Path) -> None:
    model = read_model(base)
    assert (model.base, model.adapters) == (base, {})


def test_nothing_there(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match="no model file"):
        read_model(tmp_path / "nowhere")
    with pytest.raises(ModelMissing, match=r"no manifest\.json"):
        read_model(tmp_path)


@pytest.mark.parametrize("text", ["{", "[]", '{"name": "x"}', '{"name": "x", "base": "base.gguf"}'])
def test_a_bad_manifest_is_refused(base: Path, text: str) -> None:
    (base.parent / "manifest.json").write_text(text)
    with pytest.raises(ModelDamaged, match=r"manifest\.json"):
        read_model(base.parent)


def test_a_file_the_manifest_names_but_is_not_there(base: Path, adapter: Path) -> None:
    folder = folder_of(base, refine=adapter)
    adapter.unlink()
    with pytest.raises(ModelMissing, match=r"refine\.gguf is named in manifest"):
        read_model(folder)


def test_a_changed_file_of_the_same_size_is_refused(base: Path) -> None:
    folder = folder_of(base)
    data = bytearray(base.read_bytes())
    data[-1] ^= 1
    base.write_bytes(data)
    with pytest.raises(ModelDamaged, match="has the hash"):
        read_model(folder)


def test_a_cut_off_file_is_refused_by_its_size(base: Path) -> None:
    folder = folder_of(base)
    base.write_bytes(base.read_bytes()[:-100])
    with pytest.raises(ModelDamaged, match="its manifest says"):
        read_model(folder)


def test_an_adapter_of_another_width_is_refused(base: Path, gguf_maker: ModuleType) -> None:
    foreign = gguf_maker.write_adapter(base.with_name("foreign.gguf"), gguf_maker.wider())
    with pytest.raises(AdapterMismatch, match=r"foreign\.gguf was made for another base"):
        read_model(folder_of(base, refine=foreign))


def test_an_adapter_that_notes_another_base_is_refused(base: Path, gguf_maker: ModuleType) -> None:
    foreign = gguf_maker.write_adapter(base.with_name("foreign.gguf"), base_sha256="f" * 64)
    with pytest.raises(AdapterMismatch, match="was trained on the base ffffffffffff"):
        read_model(folder_of(base, refine=foreign))


def test_a_base_in_an_adapters_place_is_refused(base: Path, gguf_maker: ModuleType) -> None:
    other = gguf_maker.write_base(base.with_name("other.gguf"))
    with pytest.raises(AdapterMismatch, match="not a LoRA adapter"):
        read_model(folder_of(base, refine=other))
