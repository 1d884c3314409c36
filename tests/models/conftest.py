"""The tiny model's writers, shared with the engine's tests."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="session")
def gguf_maker() -> ModuleType:
    """The writers of tests/engine/tiny_gguf.py."""
    path = Path(__file__).parent.parent / "engine" / "tiny_gguf.py"
    spec = importlib.util.spec_from_file_location("tiny_gguf", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["tiny_gguf"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def base(tmp_path: Path, gguf_maker: ModuleType) -> Path:
    """A whole base model."""
    return gguf_maker.write_base(tmp_path / "base.gguf")
