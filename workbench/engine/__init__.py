"""Text in, text out: one base model with hot-swapped adapters, behind one interface."""

from workbench.engine.embedding import Embedder, open_embedder
from workbench.engine.fake import FakeEngine
from workbench.engine.interface import Engine
from workbench.engine.unloaded import UnloadedEngine
from workbench.errors import InputError, ModelError
from workbench.settings import Settings
from workbench.store import Store

__all__ = ["Embedder", "open_embedder", "open_engine"]


def open_engine(settings: Settings, store: Store | None = None) -> Engine:
    """Return the engine the settings name; one that says why (`status().error`) when there is none to ask.

    With a store each task goes to the model that was chosen for it there, unless the settings name a model themselves.
    """
    if settings.engine == "fake":
        return FakeEngine(delay=0.02)
    if settings.engine == "remote":
        from workbench.engine.remote.engine import RemoteEngine  # loads an HTTP client

        try:
            return RemoteEngine(settings)
        except InputError as error:
            return UnloadedEngine(None, str(error))
    if store is not None and "model" not in settings.model_fields_set:
        from workbench.engine.router import Router  # loads llama.cpp's libraries

        return Router(settings, store)
    from workbench.engine.llama_engine import LlamaEngine  # loads llama.cpp's libraries

    try:
        return LlamaEngine(settings)
    except ModelError as error:
        return UnloadedEngine(settings.model, str(error))
