"""Text in, text out: one base model with hot-swapped adapters, behind one interface."""

from workbench.engine.fake import FakeEngine
from workbench.engine.interface import Engine
from workbench.engine.unloaded import UnloadedEngine
from workbench.settings import Settings

__all__ = ["open_engine"]


def open_engine(settings: Settings) -> Engine:
    """Return the engine the settings name. A model that cannot be loaded shows in `status().error`, not as an exception."""
    if settings.engine == "fake":
        return FakeEngine(delay=0.02)
    return UnloadedEngine(settings.model, f"There is no engine for {settings.model.name} yet.")
