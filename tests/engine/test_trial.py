"""A model file tried in a process of its own: good ones are measured, bad ones end that process and not this one.

    python -m pytest tests/engine/test_trial.py
"""

import random
import signal
import struct
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import gguf
import numpy as np
import pytest

from workbench.errors import ModelDamaged, ModelError, ModelTooLarge
from workbench.models.gguf import read_header
from workbench.models.trial import run_trial
from workbench.settings import ROOT

ENDLESS = "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}"
GREEDY = "{{ 'a' * 8000000000 }}"


@pytest.fixture
def base(tmp_path: Path, gguf_maker: ModuleType) -> Path:
    return gguf_maker.write_base(tmp_path / "base.gguf")


def test_a_whole_model_is_measured(base: Path) -> None:
    found = run_trial(base)
    assert found.parameters == read_header(base).parameters and found.bytes == base.stat().st_size
    assert min(found.prompt_per_s, found.decode_per_s, found.wide_per_s) > 0
    assert found.peak_bytes > 10 * 2**20
    assert found.text


def test_an_adapter_is_tried_on_its_base(base: Path, gguf_maker: ModuleType) -> None:
    adapter = gguf_maker.write_adapter(base.with_name("adapter.gguf"))
    assert run_trial(base, adapter).text != run_trial(base).text


def test_an_adapter_that_changes_nothing_is_refused(base: Path) -> None:
    """As an export of one that was never trained: B is zero."""
    writer = gguf.GGUFWriter(base.with_name("empty.gguf"), "llama")
    writer.add_string("general.type", "adapter")
    writer.add_string("adapter.type", "lora")
    writer.add_float32("adapter.lora.alpha", 4.0)
    writer.add_tensor("blk.0.attn_q.weight.lora_a", np.ones((4, 64), np.float32))
    writer.add_tensor("blk.0.attn_q.weight.lora_b", np.zeros((64, 4), np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    with pytest.raises(ModelDamaged, match=r"empty\.gguf changes nothing"):
        run_trial(base, base.with_name("empty.gguf"))


def test_a_template_that_never_ends_is_stopped(tmp_path: Path, gguf_maker: ModuleType) -> None:
    path = gguf_maker.write_base(tmp_path / "endless.gguf", template=ENDLESS)
    with pytest.raises(ModelDamaged, match=r"endless\.gguf did not come to an end of its trial within 2 seconds"):
        run_trial(path, seconds=2)


def test_a_template_that_takes_all_memory_is_stopped(tmp_path: Path, gguf_maker: ModuleType) -> None:
    path = gguf_maker.write_base(tmp_path / "greedy.gguf", template=GREEDY)
    with pytest.raises(ModelTooLarge, match=r"greedy\.gguf took more memory"):
        run_trial(path, memory=2**28)


def test_too_much_processor_time_is_told_from_too_much_memory() -> None:
    """One second is allowed, and a loop that never ends takes it."""
    script = "import os; from workbench.engine.confined import limit; limit(2**30, 1 / os.cpu_count())\nwhile 1: pass"
    child = subprocess.run([sys.executable, "-c", script], cwd=ROOT, timeout=120)
    assert child.returncode == -signal.SIGXCPU


def test_weights_that_compute_nothing_are_refused(base: Path) -> None:
    tensor = next(t for t in gguf.GGUFReader(base).tensors if t.name == "output_norm.weight")
    data = bytearray(base.read_bytes())
    data[tensor.data_offset : tensor.data_offset + 256] = np.full(64, np.nan, np.float32).tobytes()
    base.write_bytes(data)
    with pytest.raises(ModelDamaged, match="its weights are broken"):
        run_trial(base)


def test_an_architecture_that_llama_cpp_does_not_know_is_named(base: Path) -> None:
    length = struct.pack("<Q", 5)
    renamed = base.read_bytes().replace(b"llama.", b"plume.").replace(length + b"llama", length + b"plume")
    base.write_bytes(renamed)
    with pytest.raises(ModelDamaged, match=r"of the architecture 'plume', which llama\.cpp as installed"):
        run_trial(base)


def test_a_missing_tensor_is_named(base: Path) -> None:
    base.write_bytes(base.read_bytes().replace(b"blk.1.ffn_up.weight", b"blk.1.ffn_XX.weight"))
    with pytest.raises(ModelDamaged, match=r"llama.cpp cannot load base\.gguf: .*'blk\.1\.ffn_up\.weight'"):
        run_trial(base)


def with_number(path: Path, key: bytes, value: int) -> Path:
    """Give a 32-bit number of the header another value."""
    data = bytearray(path.read_bytes())
    struct.pack_into("<I", data, data.index(key) + len(key) + 4, value)
    path.write_bytes(data)
    return path


def test_a_crash_of_llama_cpp_ends_the_child_and_is_said(base: Path) -> None:
    """A model of no layers trips one of its assertions, which end a process."""
    with pytest.raises(ModelDamaged, match=r"base\.gguf made llama\.cpp crash \(SIGABRT.*the app itself did not"):
        run_trial(with_number(base, b"llama.block_count", 0))


def test_broken_files_of_many_kinds_leave_this_process_alive(base: Path) -> None:
    """Whatever llama.cpp does with it: figures, or one sentence with the file's name."""
    whole = base.read_bytes()
    start = min(int(tensor.data_offset) for tensor in gguf.GGUFReader(base).tensors)
    for seed in range(3):
        draw = random.Random(seed)
        data = bytearray(whole)
        for _ in range(4):
            data[draw.randrange(24, start)] = draw.randrange(256)
        base.write_bytes(data)
        try:
            assert run_trial(base).bytes == len(whole)
        except ModelError as error:
            assert "base.gguf" in str(error), seed
