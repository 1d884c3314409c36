"""The engine of an app that has no model to ask: it says why, and the rest of the app works on."""

from pathlib import Path
from typing import Self

from workbench.engine.interface import EngineStatus, Job, Listener, Request, ScoreRequest
from workbench.errors import EngineClosed


class UnloadedEngine:
    """Refuses every request with the sentence that says why there is no model."""

    def __init__(self, path: Path | None, reason: str) -> None:
        self._path, self._reason = path, reason

    def submit(self, request: Request | ScoreRequest, listener: Listener | None = None) -> Job:
        """Raise EngineClosed with the reason."""
        raise EngineClosed(self._reason)

    def serving(self, task: str) -> Self:
        """Return itself: it does every task."""
        return self

    def status(self) -> EngineStatus:
        """Return an empty status that carries the reason."""
        return EngineStatus(
            model="",
            path=self._path,
            sha256="",
            parameters=0,
            bytes=0,
            context=0,
            adapters=(),
            active_adapter=None,
            kv_bytes=0,
            resident_bytes=0,
            queued=0,
            running=0,
            error=self._reason,
        )

    def close(self) -> None:
        """Nothing is held."""
