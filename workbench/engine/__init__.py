"""Text in, text out: one base model with hot-swapped adapters, behind one interface."""

from workbench.engine.embedding import Embedder, open_embedder
from workbench.engine.fake import FakeEngine
from workbench.engine.interface import Engine
from workbench.engine.unloaded import UnloadedEngine
from workbench.errors import InputError, ModelError
from workbench.settings import Settings

__all__ = ["Embedder", "open_embedder", "open_engine"]


def open_engine(settings: Settings) -> Engine:
    """Return the engine the settings name; one that says why (`status().error`) when there is none to ask."""
    if settings.engine == "fake":
        return FakeEngine(delay=0.02)
    if settings.engine == "remote":
        from workbench.engine.remote.engine import RemoteEngine  # loads an HTTP client

        try:
            return RemoteEngine(settings)
        except InputError as error:
            return UnloadedEngine(None, str(error))
    from workbench.engine.llama_engine import LlamaEngine  # loads llama.cpp's libraries

    try:
        return LlamaEngine(settings)
    except ModelError as error:
        return UnloadedEngine(settings.model, str(error))
