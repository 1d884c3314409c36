"""Text in, text out: one base model with hot-swapped adapters, behind one interface."""

from workbench.engine.embedding import Embedder, open_embedder
from workbench.engine.fake import FakeEngine
from workbench.engine.interface import Engine
from workbench.engine.unloaded import UnloadedEngine
from workbench.errors import ModelError
from workbench.settings import Settings

__all__ = ["Embedder", "open_embedder", "open_engine"]


def open_engine(settings: Settings) -> Engine:
    """Return the engine the settings name; one that says why (`status().error`) when the model cannot be loaded."""
    if settings.engine == "fake":
        return FakeEngine(delay=0.02)
    from workbench.engine.llama_engine import LlamaEngine  # loads llama.cpp's libraries

    try:
        return LlamaEngine(settings)
    except ModelError as error:
        return UnloadedEngine(settings.model, str(error))
