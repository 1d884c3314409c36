"""Adding a model or an adapter from a file: looked at, tried, and in place in one step or not at all.

    python -m pytest tests/models/test_adding.py
"""

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path
from types import ModuleType

import gguf
import numpy as np
import pytest

from workbench.errors import AdapterMismatch, InputError, ModelDamaged, ModelMissing
from workbench.models import read_model
from workbench.models.adapters import adapter_places, read_adapter
from workbench.models.adding import MOST_UPLOADED, add, check_upload
from workbench.models.gguf import sha256
from workbench.models.installed import Installed, places
from workbench.models.placing import aside, entry, remove, slug, write_manifest


@pytest.fixture
def models(tmp_path: Path) -> Path:
    folder = tmp_path / "models"
    folder.mkdir()
    return folder


def names(models: Path) -> list[str]:
    """What lies in the folder, hidden things included."""
    return sorted(path.name for path in models.iterdir() if path.name != ".lock")


def lay(models: Path, file: Path, name: str) -> None:
    """Have a base model there without a trial, as an earlier `add` left it."""
    with aside(models / name) as folder:
        copy = Path(shutil.copy(file, folder))
        write_manifest(folder, {"name": name, "base": entry(copy, sha256(copy))})


def small_gguf(path: Path, *, architecture: str = "llama", **values: object) -> Path:
    """A GGUF of one tensor and these values, `__` for a dot."""
    writer = gguf.GGUFWriter(path, architecture)
    for key, value in values.items():
        key = key.replace("__", ".")
        if isinstance(value, bool):
            writer.add_bool(key, value)
        elif isinstance(value, int):
            writer.add_uint32(key, value)
        else:
            writer.add_string(key, str(value))
    writer.add_tensor("output.weight", np.zeros((1, 32), np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def test_a_model_is_copied_tried_and_installed_with_a_manifest(base: Path, models: Path) -> None:
    seen: list[str] = []
    found = add(models, base, name="My first model", progress=lambda words, _: seen.append(words))
    assert isinstance(found, Installed) and found.name == "my-first-model"
    assert read_model(models / "my-first-model") == found
    assert found.base.read_bytes() == base.read_bytes() and base.exists()
    manifest = json.loads((models / "my-first-model" / "manifest.json").read_text())
    assert manifest["trial"]["decode_per_s"] > 0 and manifest["added"] and manifest["base"]["bytes"]
    assert list(dict.fromkeys(seen)) == ["looking at the file", "copying", "trying it"]
    assert names(models) == ["my-first-model"] and places(models) == [models / "my-first-model"]


def test_an_own_file_is_moved(base: Path, models: Path) -> None:
    whole = base.read_bytes()
    inside = base.rename(models / ".upload.gguf")
    found = add(models, inside, name="moved", own=True)
    assert not inside.exists() and found == read_model(models / "moved")
    assert read_model(models / "moved").base_sha256 == hashlib.sha256(whole).hexdigest()


def test_a_name_is_given_once_and_a_file_comes_once(base: Path, models: Path, gguf_maker: ModuleType) -> None:
    lay(models, base, "one")
    other = gguf_maker.write_base(base.with_name("other.gguf"), seed=2)
    with pytest.raises(InputError, match="There is already a model one"):
        add(models, other, name="one")
    with pytest.raises(InputError, match="already here: it is the model one"):
        add(models, base, name="two")
    assert names(models) == ["one"]


@pytest.mark.parametrize("words", ["", "../..", "adapters", "///", "…"])
def test_a_name_that_is_none_is_refused(words: str) -> None:
    with pytest.raises(InputError, match="cannot be a model's name"):
        slug(words)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"tokenizer__ggml__model": "gpt2"}, "carries no tokenizer"),
        ({}, "carries no tokenizer"),
        ({"llama__attention__causal": False}, "is an embedding model"),
        ({"llama__pooling_type": 1}, "is an embedding model"),
        ({"split__count": 3}, "is one of 3 parts of a model. Join them first"),
        ({"general__type": "mmproj"}, "sees pictures"),
        ({"architecture": "clip"}, "sees pictures"),
    ],
)
def test_what_cannot_answer_is_named_for_what_it_is(
    tmp_path: Path, models: Path, values: dict[str, object], sentence: str
) -> None:
    with pytest.raises(ModelDamaged, match=sentence):
        add(models, small_gguf(tmp_path / "odd.gguf", **values))  # type: ignore[arg-type]
    assert names(models) == []


def test_a_model_without_a_chat_template_is_refused(tmp_path: Path, models: Path, gguf_maker: ModuleType) -> None:
    path = gguf_maker.write_base(tmp_path / "plain.gguf", template=None)
    with pytest.raises(ModelDamaged, match=r"carries no chat template\. Take the instruct or chat version"):
        add(models, path)


def test_a_template_that_cannot_be_read_leaves_nothing(tmp_path: Path, models: Path, gguf_maker: ModuleType) -> None:
    path = gguf_maker.write_base(tmp_path / "broken.gguf", template="{% for m in messages %}{{ m.content")
    with pytest.raises(ModelDamaged, match="carries a chat template that cannot be read"):
        add(models, path)
    assert names(models) == [] and path.exists()


def test_a_template_that_refuses_a_system_message_is_said(tmp_path: Path, models: Path, gguf_maker: ModuleType) -> None:
    template = "{% if messages[0]['role'] == 'system' %}{{ raise_exception('no system role') }}{% endif %}hello"
    with pytest.raises(ModelDamaged, match="template refuses these messages: no system role"):
        add(models, gguf_maker.write_base(tmp_path / "picky.gguf", template=template))


def test_a_template_that_leaves_out_the_system_message_is_refused(
    tmp_path: Path, models: Path, gguf_maker: ModuleType
) -> None:
    template = "{% for m in messages %}{% if m.role == 'system' %}{% continue %}{% endif %}{{ m.content }}{% endfor %}"
    with pytest.raises(ModelDamaged, match=r"The chat template of deaf\.gguf leaves out the system message"):
        add(models, gguf_maker.write_base(tmp_path / "deaf.gguf", template=template))


def test_a_cut_off_file_is_refused_before_it_is_copied(base: Path, models: Path) -> None:
    base.write_bytes(base.read_bytes()[:-100])
    with pytest.raises(ModelDamaged, match="is cut off"):
        add(models, base)
    with pytest.raises(ModelMissing, match="no model file"):
        add(models, base.with_name("absent.gguf"))


def test_an_adapter_finds_its_base(base: Path, models: Path, gguf_maker: ModuleType) -> None:
    lay(models, base, "tiny")
    lay(models, gguf_maker.write_base(base.with_name("wide.gguf"), gguf_maker.wider()), "wide")
    found = add(models, gguf_maker.write_adapter(base.with_name("cheaper.gguf")))
    assert found == read_adapter(models / "adapters" / "cheaper")
    assert (found.name, found.base, found.rank) == ("cheaper", "tiny", 4)  # type: ignore[union-attr]
    assert adapter_places(models) == [models / "adapters" / "cheaper"]
    assert [path.name for path in places(models)] == ["tiny", "wide"]


def test_an_adapter_of_another_architecture_is_told_what_it_needs(
    base: Path, models: Path, gguf_maker: ModuleType
) -> None:
    """A Qwen adapter where there is a Llama only."""
    lay(models, base, "tiny")
    adapter = gguf_maker.write_adapter(base.with_name("foreign.gguf"))
    adapter.write_bytes(adapter.read_bytes().replace(b"\5\0\0\0\0\0\0\0llama", b"\5\0\0\0\0\0\0\0qwen2"))
    with pytest.raises(AdapterMismatch, match=r"for the architecture 'qwen2' and fits none.*tiny: 'llama'.*Get"):
        add(models, adapter)
    with pytest.raises(AdapterMismatch, match=r"is for the architecture 'qwen2', base\.gguf is 'llama'"):
        add(models, adapter, base="tiny")
    with pytest.raises(AdapterMismatch, match="no base model 'other' here; there are tiny"):
        add(models, adapter, base="other")


def test_an_adapter_that_fits_two_bases_asks_which(base: Path, models: Path, gguf_maker: ModuleType) -> None:
    lay(models, base, "one")
    lay(models, gguf_maker.write_base(base.with_name("other.gguf"), seed=5), "two")
    adapter = gguf_maker.write_adapter(base.with_name("lora.gguf"))
    with pytest.raises(AdapterMismatch, match="fits one and two: say which"):
        add(models, adapter)
    assert add(models, adapter, base="two").base == "two"  # type: ignore[union-attr]


def test_a_kill_in_the_middle_leaves_nothing_half_made(base: Path, models: Path) -> None:
    """The child stops for good in the middle of copying, and is killed there."""
    script = (
        "import sys, time; from pathlib import Path; from workbench.models import adding\n"
        "def progress(words, share):\n"
        "    if words == sys.argv[3]: print('there', flush=True); time.sleep(600)\n"
        "adding.add(Path(sys.argv[1]), Path(sys.argv[2]), name='half', progress=progress)"
    )
    for moment in ("copying", "trying it"):
        command = [sys.executable, "-c", script, str(models), str(base), moment]
        child = subprocess.Popen(command, stdout=subprocess.PIPE, env=os.environ | {"PYTHONPATH": "."})
        assert child.stdout is not None and child.stdout.readline() == b"there\n"
        child.send_signal(signal.SIGKILL)
        child.wait()
        assert places(models) == [] and names(models) == [".new-half"]
    assert add(models, base, name="half") == read_model(models / "half")
    assert names(models) == ["half"]


def test_a_kill_between_two_renames_brings_the_old_model_back(base: Path, models: Path) -> None:
    lay(models, base, "kept")
    (models / "kept").rename(models / ".old-kept")
    with pytest.raises(InputError, match="already a model kept"):
        add(models, base, name="kept")
    assert names(models) == ["kept"]


def test_two_at_a_time_wait_for_each_other(base: Path, models: Path) -> None:
    order: list[str] = []
    inside, go_on = threading.Event(), threading.Event()

    def first() -> None:
        with aside(models / "first") as folder:
            inside.set()
            assert go_on.wait(120)
            (folder / "file").touch()
            order.append("first")

    thread = threading.Thread(target=first)
    thread.start()
    assert inside.wait(120)
    second = threading.Thread(target=lambda: (lay(models, base, "second"), order.append("second")))
    second.start()
    go_on.set()
    thread.join(120)
    second.join(120)
    assert order == ["first", "second"] and names(models) == ["first", "second"]


def test_a_removed_model_is_gone_and_the_starter_is_not(base: Path, models: Path, starter: Path) -> None:
    lay(models, base, "one")
    remove(models / "one")
    assert names(models) == []
    with pytest.raises(ModelMissing, match="no model one"):
        remove(models / "one")
    with pytest.raises(InputError, match="starter stays"):
        remove(starter)
    assert (starter / "manifest.json").is_file()


@pytest.mark.parametrize(
    ("name", "size", "beginning", "sentence"),
    [
        ("photo.png", 10, b"\x89PNG", "photo.png is not a GGUF file"),
        ("model.gguf", 10, b"PK\3\4", "model.gguf is not a GGUF file"),
        ("model.gguf", MOST_UPLOADED + 1, b"GGUF", "Add it by its path"),
    ],
)
def test_an_upload_is_refused_before_it_is_kept(
    models: Path, name: str, size: int, beginning: bytes, sentence: str
) -> None:
    with pytest.raises(InputError, match=sentence):
        check_upload(models, name, size, beginning)
    check_upload(models, "fine.gguf", 1000, b"GGUF\3\0\0\0")
