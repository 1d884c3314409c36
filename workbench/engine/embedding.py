"""Sentence embeddings: texts in, unit vectors out, so that likeness of meaning is a dot product."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from workbench.engine.interface import Engine
from workbench.errors import EngineClosed
from workbench.settings import Settings

if TYPE_CHECKING:
    from workbench.engine.embedding_model import Batch, EmbeddingModel

Vectors = NDArray[np.float32]
Call = Callable[[Callable[[], Any]], "Future[Any]"]  # has the thread that owns the model run something

CACHE_BYTES = 64 * 2**20  # 40,000 vectors of 384
CLOSED = "The embedding model was closed. Start the app again."


class Embedder(Protocol):
    """Turns texts into vectors."""

    name: str
    width: int  # of a vector

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return one row of length 1 for each text, float32 [n, width]; zeros for a blank text.

        From any thread but the engine's own: not from a listener. Blocks. Raises EngineError.
        """
        ...

    def close(self) -> None:
        """Free the model."""
        ...


class LlamaEmbedder:
    """An embedding model in llama.cpp on the thread that owns it; what it has computed is remembered by text."""

    def __init__(self, model: "EmbeddingModel", name: str, call: Call, own: Executor | None = None) -> None:
        """`own`: the thread behind `call` when nobody else needs it."""
        self.name, self.width = name, model.width
        self._model, self._call, self._own = model, call, own
        self._known: dict[str, Vectors] = {}  # the least recently used first
        self._lock = threading.Lock()
        self._closed = False

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return one row for each text; only what is new is computed."""
        if self._closed:
            raise EngineClosed(CLOSED)
        with self._lock:
            found = {text: self._known[text] for text in texts if text in self._known}
        new = [text for text in dict.fromkeys(texts) if text not in found]
        for batch in self._model.batches(new):  # a call each, so that what else the thread does goes on between them
            found.update(zip((text for text, _ in batch), self._decode(batch), strict=True))
        self._remember(texts, found)
        rows: Vectors = np.zeros((len(texts), self.width), np.float32)
        for index, text in enumerate(texts):
            rows[index] = found[text]
        return rows

    def close(self) -> None:
        """Free the model, on its thread as long as that serves."""
        if self._closed:
            return
        self._closed = True
        try:
            self._call(self._model.close).result()
        except EngineClosed:
            self._model.close()
        if self._own is not None:
            self._own.shutdown(wait=False)

    def _decode(self, batch: "Batch") -> Vectors:
        rows: Vectors = self._call(lambda: self._model.decode(batch)).result()
        return rows

    def _remember(self, texts: Sequence[str], rows: dict[str, Vectors]) -> None:
        most = CACHE_BYTES // (4 * self.width)
        with self._lock:
            for text in texts:
                self._known.pop(text, None)
                self._known[text] = rows[text]
            for text in list(self._known)[: max(0, len(self._known) - most)]:
                del self._known[text]


def open_embedder(settings: Settings, engine: Engine) -> Embedder | None:
    """Return the embedder that WORKBENCH_EMBEDDING_MODEL names, None without that setting. Raises ModelError.

    Two threads that both compute with llama.cpp slow each other down, so it computes on the local engine's thread;
    beside any other engine it has one for itself.
    """
    path = settings.embedding_model
    if path is None:
        return None
    from workbench.engine.embedding_model import EmbeddingModel  # loads llama.cpp's libraries
    from workbench.engine.llama_engine import LlamaEngine
    from workbench.engine.router import Router

    if isinstance(engine, LlamaEngine | Router):
        return LlamaEmbedder(engine.call(lambda: EmbeddingModel(path)).result(), path.stem, engine.call)
    own = ThreadPoolExecutor(1, thread_name_prefix="embedder")
    return LlamaEmbedder(own.submit(EmbeddingModel, path).result(), path.stem, own.submit, own)
