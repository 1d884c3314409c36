"""The plain way to serve the same model: llama-cpp-python's own API, and a bare decode loop. Runs next door."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from workbench.engine.interface import Message

N_CTX = 4096


@dataclass(frozen=True, slots=True)
class Timing:
    """How long one answer took."""

    tokens: int
    first_token_s: float
    seconds: float


def bare_decode_rate(path: Path, adapter: Path | None, threads: int, *, prompt: int = 64, tokens: int = 64) -> float:
    """Return the tokens a second of llama_decode in a loop, one sequence, nothing sampled."""
    from workbench.engine.context import OK, Context
    from workbench.engine.llama import Model

    model = Model(path)
    context = Context(model, n_ctx=1024, n_seq=1, threads=threads)
    if adapter is not None:
        model.load_adapter("adapter", adapter)
        context.use_adapter("adapter")
    context.clear_batch()
    context.add(list(range(10, 10 + prompt)), 0, 0, want_logits=True)
    assert context.decode() == OK
    started = time.perf_counter()
    for i in range(tokens):
        context.clear_batch()
        context.add([10 + i], prompt + i, 0, want_logits=True)
        assert context.decode() == OK
    seconds = time.perf_counter() - started
    context.close()
    model.close()
    return tokens / seconds


@lru_cache(maxsize=1)
def opened(path: Path, adapter: Path | None, threads: int) -> Any:
    """Open the model as llama-cpp-python's README does; it stays open for the next answer."""
    import llama_cpp

    lora = str(adapter) if adapter is not None else None
    return llama_cpp.Llama(
        str(path), n_ctx=N_CTX, n_threads=threads, n_threads_batch=threads, lora_path=lora, verbose=False
    )


def chat(path: Path, adapter: Path | None, threads: int, messages: Sequence[Message], max_tokens: int) -> Timing:
    """Answer with `create_chat_completion`, one stream, from a cold prompt."""
    llama = opened(path, adapter, threads)
    llama.reset()
    started, first, tokens = time.perf_counter(), 0.0, 0
    chunks = llama.create_chat_completion(list(messages), max_tokens=max_tokens, temperature=0.8, stream=True, seed=1)
    for chunk in chunks:
        if "content" in chunk["choices"][0]["delta"]:
            tokens += 1
            first = first or time.perf_counter() - started
    return Timing(tokens, first, time.perf_counter() - started)
