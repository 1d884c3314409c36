"""The model in llama.cpp: weights, adapters, vocabulary. With context.py and sampler.py the door to its C calls."""

import ctypes
import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

# How many loops a thread spins at a barrier before it sleeps; libgomp reads it when it is loaded, so before llama_cpp.
# Its own default spins for milliseconds: fine on an idle machine, but a model has hundreds of barriers, and each one
# stalls that long as soon as anything else wants a core.
os.environ.setdefault("GOMP_SPINCOUNT", "20000")

import llama_cpp as c

from workbench.errors import AdapterMismatch, ModelDamaged

log = logging.getLogger("llama.cpp")

ABORT_NOISE = (b"ret = 2", b"compute status: 1", b"failed with error 1")  # what it says of an abort we asked for


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

    def __init__(self, path: Path, go_on: Callable[[], bool] = lambda: True) -> None:
        """Load the file; `go_on` is asked meanwhile, tensor by tensor, and False gives up. Raises ModelDamaged."""
        quiet()
        c.llama_backend_init()
        params = c.llama_model_default_params()
        params.n_gpu_layers, params.load_mode = 0, c.LLAMA_LOAD_MODE_MMAP
        params.progress_callback = c.llama_progress_callback(lambda _fraction, _data: go_on())
        self.handle: Any = c.llama_model_load_from_file(str(path).encode(), params)
        if not self.handle:
            raise ModelDamaged(f"llama.cpp cannot load {path.name}. Convert it anew with the current export script.")
        self.vocab: Any = c.llama_model_get_vocab(self.handle)
        self._adapters: dict[str, Any] = {}
        self.n_vocab = int(c.llama_vocab_n_tokens(self.vocab))
        self.n_ctx_train = int(c.llama_model_n_ctx_train(self.handle))
        self.bos = int(c.llama_vocab_bos(self.vocab))
        self.eos = int(c.llama_vocab_eos(self.vocab))
        self.adds_bos = bool(c.llama_vocab_get_add_bos(self.vocab))
        self._piece = ctypes.create_string_buffer(1024)

    def load_adapter(self, name: str, path: Path) -> None:
        """Load a LoRA adapter beside the base; it costs its own size and no copy of the base."""
        adapter = c.llama_adapter_lora_init(self.handle, str(path).encode())
        if not adapter:
            raise AdapterMismatch(
                f"llama.cpp cannot put {path.name} on this base. Pick another adapter or change the base model."
            )
        self._adapters[name] = adapter

    def has_adapter(self, name: str) -> bool:
        """True once the adapter is loaded."""
        return name in self._adapters

    def adapter(self, name: str) -> Any:
        """Return the handle of a loaded adapter."""
        return self._adapters[name]

    def metadata(self, key: str) -> str:
        """Return a metadata value, "" when there is none."""
        size = int(c.llama_model_meta_val_str(self.handle, key.encode(), None, 0)) + 1
        if size <= 0:
            return ""
        buffer = ctypes.create_string_buffer(size)
        c.llama_model_meta_val_str(self.handle, key.encode(), buffer, size)
        return buffer.value.decode("utf-8", "replace")

    def chat_template(self) -> str:
        """Return the template stored in the file, "" when there is none."""
        text = c.llama_model_chat_template(self.handle, None)
        return text.decode("utf-8") if text else ""

    def tokenize(self, text: str, *, special: bool) -> list[int]:
        """Return the tokens of the text, no BOS added; `special`: control tokens written in the text count as such."""
        data = text.encode("utf-8", "replace")
        size = len(data) + 8
        tokens = (ctypes.c_int32 * size)()
        n = int(c.llama_tokenize(self.vocab, data, len(data), tokens, size, False, special))
        assert n >= 0, f"{len(data)} bytes gave {-n} tokens"
        return tokens[:n]

    def token_text(self, token: int) -> str:
        """Return how the vocabulary writes a token, control tokens included."""
        text = c.llama_vocab_get_text(self.vocab, token)
        return text.decode("utf-8", "replace") if text else ""

    def piece(self, token: int) -> bytes:
        """Return the bytes a token stands for; nothing for control tokens. Engine thread only."""
        size = int(c.llama_token_to_piece(self.vocab, token, self._piece, len(self._piece), 0, False))
        return self._piece.raw[:size] if size > 0 else b""

    def is_end(self, token: int) -> bool:
        """True for every token that ends a turn or the text."""
        return bool(c.llama_vocab_is_eog(self.vocab, token))

    def close(self) -> None:
        """Free the weights and the adapters."""
        if self.handle:
            c.llama_model_free(self.handle)  # frees its adapters too
            self.handle = None
