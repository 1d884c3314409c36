"""python -m pytest tests/engine/test_footprint.py"""

import os
from pathlib import Path

import psutil
import pytest

from workbench.engine.context import Context
from workbench.engine.footprint import available, check_fits, estimate, kv_bytes, threads_for
from workbench.engine.llama import Model
from workbench.errors import ModelTooLarge
from workbench.models.gguf import read_header


def test_the_kv_estimate_is_what_llama_cpp_takes(tiny: Path) -> None:
    header, process = read_header(tiny / "base.gguf"), psutil.Process()
    model = Model(tiny / "base.gguf")
    n_ctx = 400_000
    before = process.memory_info().rss
    context = Context(model, n_ctx=n_ctx, n_seq=2, threads=1)
    taken = process.memory_info().rss - before
    context.close()
    model.close()
    assert kv_bytes(header, n_ctx) == n_ctx * 2 * 2 * 32 * 2
    assert taken == pytest.approx(kv_bytes(header, n_ctx), rel=0.35)  # beside it: masks and activations


def test_more_context_adapters_and_sequences_need_more(tiny: Path) -> None:
    header = read_header(tiny / "base.gguf")
    least = estimate(header, 0, 1024, 16)
    assert least > header.bytes
    assert estimate(header, 0, 2048, 16) > least < estimate(header, 1000, 1024, 16)
    assert estimate(header, 0, 1024, 48) > least


def test_what_fits_passes_and_what_does_not_is_refused() -> None:
    check_fits("tiny", 1, 1024)
    with pytest.raises(ModelTooLarge, match="tiny with 1,024 tokens of context needs about"):
        check_fits("tiny", available() * 2, 1024)


def test_a_small_model_leaves_the_other_cores_alone() -> None:
    assert threads_for(13_000_000) == 1
    assert 1 <= threads_for(800_000_000) <= (os.cpu_count() or 1)
