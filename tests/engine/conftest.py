"""A tiny real model with two adapters, and an engine on it."""

import hashlib
import importlib.util
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

from workbench.engine.llama_engine import LlamaEngine
from workbench.settings import Settings


def _load(name: str) -> ModuleType:
    """Import the module beside this file (tests are no package, see --import-mode=importlib)."""
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


_load("asking")


@pytest.fixture(scope="session")
def gguf_maker() -> ModuleType:
    """The writers of tiny_gguf.py."""
    return _load("tiny_gguf")


def entry(path: Path) -> dict[str, object]:
    """Return what a manifest says of a file."""
    return {"file": path.name, "sha256": hashlib.sha256(path.read_bytes()).hexdigest(), "bytes": path.stat().st_size}


def write_manifest(folder: Path, base: Path, adapters: dict[str, Path], **more: object) -> Path:
    """Write a manifest of the files as they are, and return the folder."""
    manifest = {
        "name": "tiny",
        "title": "Tiny",
        "base": entry(base),
        "adapters": {name: entry(path) for name, path in adapters.items()},
        "licence": "CC0-1.0",
        "prompts_version": 1,
    }
    (folder / "manifest.json").write_text(json.dumps(manifest | more))
    return folder


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory, gguf_maker: ModuleType) -> Path:
    """The folder of the tiny model; not to be changed."""
    folder = tmp_path_factory.mktemp("tiny")
    base = gguf_maker.write_base(folder / "base.gguf")
    adapters = {
        name: gguf_maker.write_adapter(folder / f"{name}.gguf", seed=seed)
        for seed, name in enumerate(("brainstorm", "refine"), 1)
    }
    return write_manifest(folder, base, adapters)


@pytest.fixture
def open_tiny(tiny: Path) -> Iterator[Callable[..., LlamaEngine]]:
    """Open engines on the tiny model, and close them when the test is over.

    One thread: what else runs on the test machine would stall every barrier between two.
    """
    opened: list[LlamaEngine] = []

    def open_one(context: int = 2048, model: Path = tiny) -> LlamaEngine:
        opened.append(LlamaEngine(Settings(model=model, context=context, threads=1)))
        return opened[-1]

    yield open_one
    for engine in opened:
        engine.close()


@pytest.fixture
def engine(open_tiny: Callable[..., LlamaEngine]) -> LlamaEngine:
    """An engine on the tiny model."""
    return open_tiny()
