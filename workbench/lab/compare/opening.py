"""One base in memory, with the adapters that its contenders need."""

import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from workbench.engine import open_engine
from workbench.engine.footprint import give_back, resident
from workbench.engine.interface import Engine
from workbench.errors import EngineClosed
from workbench.models import read_model
from workbench.models.gguf import sha256
from workbench.records import Contender
from workbench.settings import Settings


@dataclass(frozen=True, slots=True)
class Opened:
    """An engine, what each contender's adapter is called there, and what memory the process held before."""

    engine: Engine
    adapters: Mapping[Contender, str | None]
    before_bytes: int | None  # None: the model is on a server

    def memory(self) -> int | None:
        """Return the bytes that the model has added to this process; None on a server."""
        return None if self.before_bytes is None else max(0, resident() - self.before_bytes)


@contextmanager
def opened(contenders: Sequence[Contender], settings: Settings) -> Iterator[Opened]:
    """Load the base that the contenders share, and free it again. Raises WorkbenchError with the reason."""
    first = contenders[0]
    assert all(contender.base == first.base for contender in contenders), contenders
    give_back()
    before = None if first.server else resident()
    with tempfile.TemporaryDirectory(prefix="workbench-compare-") as folder:
        names = {contender: _adapter_name(contender) for contender in contenders}
        engine = open_engine(_settings(contenders, settings, Path(folder)))
        try:
            if error := engine.status().error:
                raise EngineClosed(error)
            yield Opened(engine, names, before)
        finally:
            engine.close()


def _adapter_name(contender: Contender) -> str | None:
    return Path(contender.adapter).stem if contender.adapter.endswith(".gguf") else contender.adapter or None


def _settings(contenders: Sequence[Contender], settings: Settings, folder: Path) -> Settings:
    """Return settings that name the base; idle or not, it stays until it is closed."""
    first = contenders[0]
    if first.server:
        remote = {f"remote_model_{task}": "" for task in ("brainstorm", "refine", "evaluate")}
        return settings.model_copy(
            update={"engine": "remote", "remote_url": first.server, "remote_model": first.model, **remote}
        )
    path = Path(first.model)
    loose = [Path(contender.adapter) for contender in contenders if contender.adapter.endswith(".gguf")]
    if loose:
        path = _with_adapters(path, loose, folder)
    return settings.model_copy(update={"engine": "llama", "model": path, "idle_unload_minutes": 0.0})


def _with_adapters(path: Path, loose: Sequence[Path], folder: Path) -> Path:
    """Return a folder of links: the base, its own adapters, and those files."""
    model = read_model(path)
    adapters = model.adapters | {adapter.stem: adapter for adapter in loose}

    def entry(file: Path, name: str) -> dict[str, object]:
        (folder / name).symlink_to(file.resolve())
        return {"file": name, "sha256": sha256(file), "bytes": file.stat().st_size}

    manifest = {
        "name": model.name,
        "base": entry(model.base, "base.gguf"),
        "adapters": {name: entry(file, f"adapter-{place}.gguf") for place, (name, file) in enumerate(adapters.items())},
    }
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return folder
