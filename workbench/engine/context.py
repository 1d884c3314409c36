"""The KV memory and the compute buffers of llama.cpp. One context belongs to one thread.

Three facts shape it. A batch never exceeds n_ubatch, so a failed or aborted decode leaves the memory as it was before.
The abort callback is the C library's own strlen over a flag byte: llama.cpp calls it for every graph node, and a Python
callback there would wait for the interpreter's lock each time. llama.cpp ends the process on a bad size, so every size
is checked here first.
"""

import ctypes
import sys
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.engine.llama import Model
from workbench.errors import ModelTooLarge

import llama_cpp as c  # isort: skip  after engine.llama, which sets what libgomp reads

MAX_BATCH = 512  # tokens of one decode
OK, NO_SLOT, ABORTED = 0, 1, 2  # what `decode` returns; below zero is a failure

c_strlen = (ctypes.cdll.msvcrt if sys.platform == "win32" else ctypes.CDLL(None)).strlen


class Context:
    """The KV memory and the compute buffers: sequences 0..n_seq-1 over n_ctx cells they share."""

    def __init__(self, model: Model, *, n_ctx: int, n_seq: int, threads: int) -> None:
        params = c.llama_context_default_params()
        params.n_ctx, params.n_seq_max, params.kv_unified = n_ctx, n_seq, True
        self.max_batch = min(MAX_BATCH, n_ctx)
        params.n_batch = params.n_ubatch = self.max_batch
        # A row of logits per sequence, not per token of the batch: 128k floats each. It must not be below n_seq_max.
        params.n_outputs_max = max(n_seq, 1)
        params.n_threads = params.n_threads_batch = threads
        params.no_perf = True
        self.handle: Any = c.llama_init_from_model(model.handle, params)
        if not self.handle:
            raise ModelTooLarge(f"There is no memory for {n_ctx} tokens of context. Set WORKBENCH_CONTEXT to less.")
        self._memory: Any = c.llama_get_memory(self.handle)
        self._model = model
        self.n_ctx = int(c.llama_n_ctx(self.handle))
        self.n_seq = n_seq
        self._flag = ctypes.create_string_buffer(2)  # strlen of it is 0 or 1
        self._callback = ctypes.cast(c_strlen, c.ggml_abort_callback)
        c.llama_set_abort_callback(self.handle, self._callback, ctypes.cast(self._flag, ctypes.c_void_p))
        self._make_batch()

    def _make_batch(self) -> None:
        """Allocate one batch over arrays that Python fills directly; a token has one sequence, see `share`."""
        n = self.max_batch
        self._token, self._pos, self._n_seq_id = (
            (ctypes.c_int32 * n)(),
            (ctypes.c_int32 * n)(),
            (ctypes.c_int32 * n)(*[1] * n),
        )
        self._seq, self._want = (ctypes.c_int32 * n)(), (ctypes.c_int8 * n)()
        start, step, pointer = (
            ctypes.addressof(self._seq),
            ctypes.sizeof(ctypes.c_int32),
            ctypes.POINTER(ctypes.c_int32),
        )
        self._own = [ctypes.cast(start + i * step, pointer) for i in range(n)]
        self._seq_pointers = (pointer * n)(*self._own)
        self._together = (ctypes.c_int32 * self.n_seq)()  # the sequences of tokens that belong to several
        self._together_pointer = ctypes.cast(self._together, pointer)
        self._shared = range(0)  # where those tokens are
        self._batch = c.llama_batch(
            0,
            self._token,
            None,
            self._pos,
            self._n_seq_id,
            ctypes.cast(self._seq_pointers, ctypes.POINTER(pointer)),
            self._want,
        )

    def clear_batch(self) -> None:
        """Begin a new batch."""
        for i in self._shared:
            self._seq_pointers[i], self._n_seq_id[i] = self._own[i], 1
        self._shared = range(0)
        self._batch.n_tokens = 0

    @property
    def batch_room(self) -> int:
        """How many tokens still fit into the batch."""
        return self.max_batch - self._batch.n_tokens

    def add(self, tokens: list[int], position: int, sequence: int, *, want_logits: bool) -> int:
        """Put consecutive tokens of a sequence into the batch; return the last one's index in it."""
        n, end = self._batch.n_tokens, self._batch.n_tokens + len(tokens)
        assert tokens and end <= self.max_batch and 0 <= sequence < self.n_seq, (
            f"{len(tokens)} tokens, sequence {sequence}"
        )
        self._token[n:end] = [*tokens]
        positions: list[ctypes.c_int32 | int] = list(range(position, position + len(tokens)))
        self._pos[n:end] = positions
        self._seq[n:end] = [sequence] * len(tokens)
        self._want[n:end] = [0] * len(tokens)
        self._want[end - 1] = want_logits
        self._batch.n_tokens = end
        return end - 1

    def share(self, n: int, sequences: Sequence[int]) -> None:
        """Let the last `n` tokens of the batch belong to all these sequences; once a batch."""
        assert not self._shared and 0 < n <= self._batch.n_tokens, (self._shared, n)
        self._together[: len(sequences)] = [*sequences]
        self._shared = range(self._batch.n_tokens - n, self._batch.n_tokens)
        for i in self._shared:
            self._seq_pointers[i], self._n_seq_id[i] = self._together_pointer, len(sequences)

    def decode(self) -> int:
        """Process the batch: OK, NO_SLOT, ABORTED, or a negative failure; after these the memory is as before."""
        return int(c.llama_decode(self.handle, self._batch))

    def ask_abort(self, wanted: bool) -> None:
        """Make the decode that runs, or the next one, return ABORTED. Safe from any thread."""
        self._flag[0] = b"\x01" if wanted else b"\x00"

    def logits(self, index: int, tokens: Sequence[int]) -> list[float]:
        """Return the logits of these tokens at a batch index that wanted logits."""
        row = c.llama_get_logits_ith(self.handle, index)
        return [float(row[token]) for token in tokens]

    def row(self, index: int, n_vocab: int) -> NDArray[np.float32]:
        """Return all logits at a batch index that wanted them; valid until the next decode."""
        return np.ctypeslib.as_array(c.llama_get_logits_ith(self.handle, index), (n_vocab,))

    def use_adapter(self, name: str | None) -> None:
        """Switch to one adapter or to the bare base. The cells of other adapters stay, and stay theirs."""
        adapters = [self._model.adapter(name)] if name is not None else []
        handles = (c.llama_adapter_lora_p_ctypes * len(adapters))(*adapters)
        scales = (ctypes.c_float * len(adapters))(*[1.0] * len(adapters))
        code = c.llama_set_adapters_lora(self.handle, handles, len(adapters), scales)
        assert code == 0, f"llama_set_adapters_lora returned {code} for {name}"

    def copy(self, source: int, target: int, length: int) -> None:
        """Let `target` share the first `length` cells of `source`."""
        c.llama_memory_seq_cp(self._memory, source, target, 0, length)

    def remove(self, sequence: int, start: int = 0) -> None:
        """Take the sequence off its cells from position `start` on; cells nobody holds are free again."""
        c.llama_memory_seq_rm(self._memory, sequence, start, -1)

    def length(self, sequence: int) -> int:
        """Return how many positions the sequence holds."""
        return int(c.llama_memory_seq_pos_max(self._memory, sequence)) + 1

    def clear(self) -> None:
        """Free every cell of every sequence."""
        c.llama_memory_clear(self._memory, False)

    def close(self) -> None:
        """Free the memory."""
        if self.handle:
            c.llama_free(self.handle)
            self.handle = None
