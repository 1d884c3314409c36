"""The only door to llama.cpp: thin typed wrappers around the C calls the engine makes.

One context belongs to one thread. Three facts shape the rest. A batch never exceeds n_ubatch, so a failed or aborted
decode leaves the memory as it was before. The abort callback is the C library's own strlen over a flag byte: llama.cpp
calls it for every graph node, and a Python callback there would wait for the interpreter's lock each time. llama.cpp
ends the process on a bad size, so every size is checked here first.
"""

import ctypes
import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

# How many loops a thread spins at a barrier before it sleeps; libgomp reads it when it is loaded, so before llama_cpp.
# Its own default spins for milliseconds: fine on an idle machine, but a model has hundreds of barriers, and each one
# stalls that long as soon as anything else wants a core.
os.environ.setdefault("GOMP_SPINCOUNT", "20000")

import llama_cpp as c

from workbench.engine.interface import Sampling
from workbench.errors import AdapterMismatch, ModelDamaged, ModelTooLarge

log = logging.getLogger("llama.cpp")

MAX_BATCH = 512  # tokens of one decode
PENALTY_WINDOW = 64  # tokens the repeat penalty looks back
DRY_BASE, DRY_ALLOWED_LENGTH, DRY_WINDOW = 1.75, 2, 256  # the first two are llama.cpp's defaults
DRY_BREAKERS = (b"\n", b":", b'"', b"*")
NO_TOP_K = 1024  # what stands for "off"
ABORT_NOISE = (b"ret = 2", b"compute status: 1", b"failed with error 1")  # what it says of an abort we asked for
OK, NO_SLOT, ABORTED = 0, 1, 2  # what `decode` returns; below zero is a failure

c_strlen = (ctypes.cdll.msvcrt if sys.platform == "win32" else ctypes.CDLL(None)).strlen


@c.llama_log_callback  # type: ignore[untyped-decorator]
def _forward_log(level: int, text: bytes, _: object) -> None:
    # 4 is GGML_LOG_LEVEL_ERROR in ggml.h; llama_cpp's own table is out of date.
    if level == 4 and not any(noise in text for noise in ABORT_NOISE):
        log.error(text.decode("utf-8", "replace").strip())


def quiet() -> None:
    """Send llama.cpp's errors to `logging` and drop the rest; it writes hundreds of lines to stderr otherwise."""
    c.llama_log_set(_forward_log, ctypes.c_void_p(0))


class Model:
    """A base model with its adapters, each loaded once. Tokenising is thread-safe, the rest is not."""

    def __init__(self, path: Path) -> None:
        quiet()
        c.llama_backend_init()
        params = c.llama_model_default_params()
        params.n_gpu_layers = 0
        self._model: Any = c.llama_model_load_from_file(str(path).encode(), params)
        if not self._model:
            raise ModelDamaged(f"llama.cpp cannot load {path.name}. Convert it anew with the current export script.")
        self._vocab: Any = c.llama_model_get_vocab(self._model)
        self._adapters: dict[str, Any] = {}
        self.n_vocab = int(c.llama_vocab_n_tokens(self._vocab))
        self.n_ctx_train = int(c.llama_model_n_ctx_train(self._model))
        self.bos = int(c.llama_vocab_bos(self._vocab))
        self.eos = int(c.llama_vocab_eos(self._vocab))
        self.adds_bos = bool(c.llama_vocab_get_add_bos(self._vocab))
        self._piece = ctypes.create_string_buffer(1024)

    def load_adapter(self, name: str, path: Path) -> None:
        """Load a LoRA adapter beside the base; it costs its own size and no copy of the base."""
        adapter = c.llama_adapter_lora_init(self._model, str(path).encode())
        if not adapter:
            raise AdapterMismatch(
                f"llama.cpp cannot put {path.name} on this base. Pick another adapter or change the base model."
            )
        self._adapters[name] = adapter

    def metadata(self, key: str) -> str:
        """Return a metadata value, "" when there is none."""
        size = int(c.llama_model_meta_val_str(self._model, key.encode(), None, 0)) + 1
        if size <= 0:
            return ""
        buffer = ctypes.create_string_buffer(size)
        c.llama_model_meta_val_str(self._model, key.encode(), buffer, size)
        return buffer.value.decode("utf-8", "replace")

    def chat_template(self) -> str:
        """Return the template stored in the file, "" when there is none."""
        text = c.llama_model_chat_template(self._model, None)
        return text.decode("utf-8") if text else ""

    def tokenize(self, text: str, *, special: bool) -> list[int]:
        """Return the tokens of the text, no BOS added; `special`: control tokens written in the text count as such."""
        data = text.encode("utf-8", "replace")
        size = len(data) + 8
        tokens = (ctypes.c_int32 * size)()
        n = int(c.llama_tokenize(self._vocab, data, len(data), tokens, size, False, special))
        assert n >= 0, f"{len(data)} bytes gave {-n} tokens"
        return tokens[:n]

    def token_text(self, token: int) -> str:
        """Return how the vocabulary writes a token, control tokens included."""
        text = c.llama_vocab_get_text(self._vocab, token)
        return text.decode("utf-8", "replace") if text else ""

    def piece(self, token: int) -> bytes:
        """Return the bytes a token stands for; nothing for control tokens. Engine thread only."""
        size = int(c.llama_token_to_piece(self._vocab, token, self._piece, len(self._piece), 0, False))
        return self._piece.raw[:size] if size > 0 else b""

    def is_end(self, token: int) -> bool:
        """True for every token that ends a turn or the text."""
        return bool(c.llama_vocab_is_eog(self._vocab, token))

    def close(self) -> None:
        """Free the weights and the adapters."""
        if self._model:
            c.llama_model_free(self._model)  # frees its adapters too
            self._model = None


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
        self._context: Any = c.llama_init_from_model(model._model, params)
        if not self._context:
            raise ModelTooLarge(f"There is no memory for {n_ctx} tokens of context. Set WORKBENCH_CONTEXT to less.")
        self._memory: Any = c.llama_get_memory(self._context)
        self._model = model
        self.n_ctx = int(c.llama_n_ctx(self._context))
        self.n_seq = n_seq
        self._flag = ctypes.create_string_buffer(2)  # strlen of it is 0 or 1
        self._callback = ctypes.cast(c_strlen, c.ggml_abort_callback)
        c.llama_set_abort_callback(self._context, self._callback, ctypes.cast(self._flag, ctypes.c_void_p))
        self._make_batch()

    def _make_batch(self) -> None:
        """Allocate one batch whose tokens have one sequence each, over arrays that Python fills directly."""
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
        self._seq_pointers = (pointer * n)(*(ctypes.cast(start + i * step, pointer) for i in range(n)))
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

    def decode(self) -> int:
        """Process the batch: OK, NO_SLOT, ABORTED, or a negative failure; after these the memory is as before."""
        return int(c.llama_decode(self._context, self._batch))

    def ask_abort(self, wanted: bool) -> None:
        """Make the decode that runs, or the next one, return ABORTED. Safe from any thread."""
        self._flag[0] = b"\x01" if wanted else b"\x00"

    def logits(self, index: int, tokens: Sequence[int]) -> list[float]:
        """Return the logits of these tokens at a batch index that wanted logits."""
        row = c.llama_get_logits_ith(self._context, index)
        return [float(row[token]) for token in tokens]

    def use_adapter(self, name: str | None) -> None:
        """Switch to one adapter or to the bare base. The cells of other adapters stay, and stay theirs."""
        adapters = [self._model._adapters[name]] if name is not None else []
        handles = (c.llama_adapter_lora_p_ctypes * len(adapters))(*adapters)
        scales = (ctypes.c_float * len(adapters))(*[1.0] * len(adapters))
        code = c.llama_set_adapters_lora(self._context, handles, len(adapters), scales)
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
        if self._context:
            c.llama_free(self._context)
            self._context = None


class Sampler:
    """One sequence's sampler chain, in C."""

    def __init__(self, model: Model, sampling: Sampling, seed: int) -> None:
        params = c.llama_sampler_chain_default_params()
        params.no_perf = True
        self._chain: Any = c.llama_sampler_chain_init(params)
        for part in self._parts(model, sampling, seed):
            c.llama_sampler_chain_add(self._chain, part)

    @staticmethod
    def _parts(model: Model, s: Sampling, seed: int) -> list[Any]:
        parts = []
        if s.repeat_penalty != 1.0:
            parts.append(c.llama_sampler_init_penalties(model.n_vocab, PENALTY_WINDOW, s.repeat_penalty, 0.0, 0.0))
        if s.dry_multiplier > 0:
            breakers = (ctypes.c_char_p * len(DRY_BREAKERS))(*DRY_BREAKERS)
            parts.append(
                c.llama_sampler_init_dry(
                    model._vocab,
                    s.dry_multiplier,
                    DRY_BASE,
                    DRY_ALLOWED_LENGTH,
                    DRY_WINDOW,
                    breakers,
                    len(DRY_BREAKERS),
                )
            )
        if s.temperature <= 0:
            return [*parts, c.llama_sampler_init_greedy()]
        # Without a top-k, top-p sorts the whole vocabulary: 25 ms a token at 128k entries instead of 0.4.
        parts.append(c.llama_sampler_init_top_k(s.top_k if s.top_k > 0 else NO_TOP_K))
        if s.top_p < 1:
            parts.append(c.llama_sampler_init_top_p(s.top_p, 1))
        if s.min_p > 0:
            parts.append(c.llama_sampler_init_min_p(s.min_p, 1))
        return [*parts, c.llama_sampler_init_temp(s.temperature), c.llama_sampler_init_dist(seed)]

    def sample(self, context: Context, index: int) -> int:
        """Draw the next token at a batch index that wanted logits, and remember it for the penalties."""
        return int(c.llama_sampler_sample(self._chain, context._context, index))

    def close(self) -> None:
        """Free the chain."""
        if self._chain:
            c.llama_sampler_free(self._chain)
            self._chain = None
