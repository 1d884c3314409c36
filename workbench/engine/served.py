"""One task's model: the engine of its base, and the adapter that the task goes through."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Self

from workbench.engine.interface import AdapterInfo, Engine, EngineStatus, Job, Listener, Request, ScoreRequest
from workbench.models import Installed
from workbench.models.tasks import ADAPTERS

Signature = tuple[int, int] | None  # size and modification time of a file; None: it is not there


@dataclass(frozen=True, eq=False)
class Served:
    """Stays what it is when another model is chosen: what has begun goes on with it."""

    task: str
    engine: Engine
    installed: Installed | None = None  # None: there is no model to ask
    adapter: AdapterInfo | None = None  # its name is the engine's
    notice: str = ""  # why it is not what was chosen
    files: Mapping[Path, Signature] = field(default_factory=dict)  # what it was made from

    def submit(self, request: Request | ScoreRequest, listener: Listener | None = None) -> Job:
        """Queue the request at the base's engine; a request that names an adapter goes through the task's."""
        name = self.adapter.name if self.adapter is not None and request.adapter is not None else None
        return self.engine.submit(replace(request, adapter=name), listener)

    def serving(self, task: str) -> Self:
        """Return itself."""
        return self

    def status(self) -> EngineStatus:
        """Return the base's status, with the task's adapter under the name that the task asks for."""
        status = self.engine.status()
        if self.installed is None:
            return status
        active = self.adapter is not None and status.active_adapter == self.adapter.name
        return replace(
            status, model=self.installed.name, notice=self.notice,
            adapters=(replace(self.adapter, name=ADAPTERS[self.task]),) if self.adapter is not None else (),
            active_adapter=ADAPTERS[self.task] if active else None,
        )  # fmt: skip

    def close(self) -> None:
        """Nothing of its own is held."""


def signature(path: Path) -> Signature:
    """Return what tells that a file has changed."""
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_size, stat.st_mtime_ns
