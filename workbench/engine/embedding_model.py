"""An embedding model in llama.cpp: several texts a decode, pooled by the file's own rule. Belongs to one thread."""

import ctypes
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.engine.context import MAX_BATCH, OK
from workbench.engine.footprint import available, estimate, threads_for
from workbench.engine.llama import Model
from workbench.errors import EngineError, ModelDamaged, ModelMissing, ModelTooLarge
from workbench.models.gguf import Header, read_header

import llama_cpp as c  # isort: skip  after engine.llama, which sets what libgomp reads

# Tokens of a decode, and texts: 512 take as much processor time a text as 128, and the thread is away for longer.
TOGETHER, TEXTS = 128, 32
Batch = list[tuple[str, list[int]]]


class EmbeddingModel:
    """Texts to vectors of length 1."""

    def __init__(self, path: Path) -> None:
        """Load the model. Raises ModelError with the sentence to show."""
        if not path.is_file():
            raise ModelMissing(
                f"There is no embedding model at {path}. Put one there, or leave WORKBENCH_EMBEDDING_MODEL unset."
            )
        header = read_header(path)
        self.limit = min(MAX_BATCH, header.number("context_length", MAX_BATCH))  # tokens of a text; the rest is cut off
        check(header, self.limit)
        self._model = Model(path)
        self.width = int(c.llama_model_n_embd_out(self._model.handle))
        params = c.llama_context_default_params()
        params.n_ctx = params.n_batch = params.n_ubatch = self.limit  # who attends both ways needs a text in one ubatch
        params.n_seq_max, params.kv_unified, params.embeddings = TEXTS, True, True
        params.pooling_type = pooling(header)
        params.n_threads = params.n_threads_batch = threads_for(header.bytes)
        params.no_perf = True
        self._context: Any = c.llama_init_from_model(self._model.handle, params)
        if not self._context:
            self._model.close()
            raise ModelDamaged(f"llama.cpp cannot compute embeddings with {path.name}. Pick another embedding model.")
        self._batch = c.llama_batch_init(self.limit, 0, 1)

    def batches(self, texts: Sequence[str]) -> Iterator[Batch]:
        """Yield the texts with their tokens, as many at a time as make a decode. Safe from any thread."""
        batch: Batch = []
        room = TOGETHER
        for text in texts:
            tokens = self._tokens(text)
            if batch and (len(tokens) > room or len(batch) == TEXTS):
                yield batch
                batch, room = [], TOGETHER
            batch.append((text, tokens))
            room -= len(tokens)
        if batch:
            yield batch

    def decode(self, batch: Batch) -> NDArray[np.float32]:
        """Return one row for each text of the batch, of length 1; zeros for a blank text. Raises EngineError."""
        rows = np.zeros((len(batch), self.width), np.float32)
        written = [index for index, (_, tokens) in enumerate(batch) if tokens]
        if not written:
            return rows
        self._fill([batch[index][1] for index in written])
        if memory := c.llama_get_memory(self._context):  # a model that attends both ways has none
            c.llama_memory_clear(memory, False)
        code = int(c.llama_decode(self._context, self._batch))
        if code != OK:
            raise EngineError(f"The embedding model could not process a text (code {code}). Try again.")
        for sequence, index in enumerate(written):
            vector = np.ctypeslib.as_array(c.llama_get_embeddings_seq(self._context, sequence), (self.width,))
            rows[index] = vector / max(float(np.linalg.norm(vector)), 1e-12)
        return rows

    def close(self) -> None:
        """Free everything."""
        c.llama_batch_free(self._batch)
        c.llama_free(self._context)
        self._model.close()

    def _fill(self, sequences: list[list[int]]) -> None:
        at = 0
        for sequence, tokens in enumerate(sequences):
            for position, token in enumerate(tokens):
                self._batch.token[at], self._batch.pos[at] = token, position
                self._batch.n_seq_id[at], self._batch.seq_id[at][0] = 1, sequence
                self._batch.logits[at] = 1  # every token counts for the pooling
                at += 1
        self._batch.n_tokens = at

    def _tokens(self, text: str) -> list[int]:
        """Return the text's tokens with those the model wants around it; a long text loses its end, not the last."""
        if not text.strip():
            return []
        data = text.encode("utf-8", "replace")
        size = len(data) + 8
        tokens = (ctypes.c_int32 * size)()
        n = int(c.llama_tokenize(self._model.vocab, data, len(data), tokens, size, True, False))
        assert n >= 0, f"{len(data)} bytes gave {-n} tokens"
        return tokens[:n] if n <= self.limit else [*tokens[: self.limit - 1], tokens[n - 1]]


def pooling(header: Header) -> int:
    """Return how a text's tokens become one vector: as the file says, their mean when it does not."""
    kind = header.number("pooling_type", c.LLAMA_POOLING_TYPE_NONE)
    if kind == c.LLAMA_POOLING_TYPE_RANK:
        raise ModelDamaged(f"{header.path.name} ranks texts and gives no vectors. Pick an embedding model.")
    return kind or int(c.LLAMA_POOLING_TYPE_MEAN)


def check(header: Header, limit: int) -> None:
    """Raise ModelTooLarge unless weights and buffers fit into free memory."""
    # A model that writes computes its logits for every token along with the vectors.
    writes = bool(header.metadata.get(f"{header.architecture}.attention.causal", True))
    needed, free = estimate(header, 0, limit, limit if writes else 0), available()
    if needed > free:
        raise ModelTooLarge(
            f"The embedding model {header.path.name} needs about {needed / 1e9:.1f} GB and {free / 1e9:.1f} GB are "
            "free. Pick a smaller one, or leave WORKBENCH_EMBEDDING_MODEL unset."
        )
