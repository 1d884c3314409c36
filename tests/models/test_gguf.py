"""python -m pytest tests/models/test_gguf.py"""

import struct
from pathlib import Path
from types import ModuleType

import gguf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workbench.errors import ModelDamaged, ModelMissing
from workbench.models.gguf import read_header, sha256

QUICK = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def test_the_header_says_what_the_gguf_package_says(base: Path) -> None:
    header, theirs = read_header(base), gguf.GGUFReader(base)
    assert header.architecture == "llama"
    assert header.number("embedding_length") == 64
    assert header.metadata["tokenizer.chat_template"] == theirs.fields["tokenizer.chat_template"].contents()
    assert header.metadata["tokenizer.ggml.tokens"] == len(theirs.fields["tokenizer.ggml.tokens"].contents())
    assert {name: t.shape for name, t in header.tensors.items()} == {t.name: tuple(t.shape) for t in theirs.tensors}
    assert {name: t.bytes for name, t in header.tensors.items()} == {t.name: t.n_bytes for t in theirs.tensors}
    assert header.parameters == sum(int(t.n_elements) for t in theirs.tensors)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match=r"no model file at .*absent\.gguf"):
        read_header(tmp_path / "absent.gguf")


def test_another_format_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "model.gguf"
    path.write_bytes(b"PK\x03\x04 a zip file, say")
    with pytest.raises(ModelDamaged, match="not a GGUF file"):
        read_header(path)


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "model.gguf"
    path.touch()
    with pytest.raises(ModelDamaged, match="not a GGUF file"):
        read_header(path)


def test_an_unknown_version_is_refused(base: Path) -> None:
    base.write_bytes(b"GGUF" + struct.pack("<I", 9) + base.read_bytes()[8:])
    with pytest.raises(ModelDamaged, match="GGUF version 9"):
        read_header(base)


def test_a_file_without_its_last_tensor_says_how_much_is_missing(base: Path) -> None:
    base.write_bytes(base.read_bytes()[:-1000])
    with pytest.raises(ModelDamaged, match=r"cut off: it has .* bytes and its tensors need"):
        read_header(base)


@given(kept=st.floats(0, 0.999))
@QUICK
def test_a_file_cut_anywhere_is_refused_with_a_sentence(base: Path, kept: float) -> None:
    cut = base.with_name("cut.gguf")
    whole = base.read_bytes()
    cut.write_bytes(whole[: int(len(whole) * kept)])
    with pytest.raises(ModelDamaged, match=r"cut\.gguf"):
        read_header(cut)


@given(at=st.integers(4, 12_000), junk=st.binary(min_size=1, max_size=16))
@QUICK
def test_a_garbled_header_never_raises_anything_else(base: Path, at: int, junk: bytes) -> None:
    garbled = base.with_name("garbled.gguf")
    whole = base.read_bytes()
    garbled.write_bytes(whole[:at] + junk + whole[at + len(junk) :])
    try:
        read_header(garbled)  # junk in a text leaves a readable file
    except ModelDamaged:
        pass


def test_the_hash_is_of_the_file_as_it_is_now(tmp_path: Path, gguf_maker: ModuleType) -> None:
    first = sha256(gguf_maker.write_base(tmp_path / "base.gguf", seed=1))
    assert sha256(gguf_maker.write_base(tmp_path / "base.gguf", seed=2)) != first
    assert sha256(gguf_maker.write_base(tmp_path / "base.gguf", seed=1)) == first
