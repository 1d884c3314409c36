"""How much memory a model will take, and whether it is there: asked before loading it, not after."""

import ctypes
import os
import sys
from pathlib import Path

import psutil

from workbench.engine.context import MAX_BATCH
from workbench.errors import ModelTooLarge
from workbench.models.gguf import Header

GROUP_LIMIT, GROUP_USE = Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory.current")
SMALL_MODEL = 128 * 2**20
RUNTIME = 64 * 2**20  # llama.cpp's and our own small things


def kv_bytes(header: Header, n_ctx: int) -> int:
    """Return the size of the KV memory: two f16 vectors per cell and layer."""
    heads = header.number("attention.head_count", 1)
    size = header.number("embedding_length") // max(heads, 1)
    heads_kv = header.number("attention.head_count_kv", heads)
    width = heads_kv * (header.number("attention.key_length", size) + header.number("attention.value_length", size))
    return n_ctx * header.number("block_count") * width * 2


def estimate(header: Header, adapter_bytes: int, n_ctx: int, n_seq: int) -> int:
    """Return the bytes for weights, adapters, KV memory, activations of a batch and the logits of every sequence."""
    embedding, inner = header.number("embedding_length"), header.number("feed_forward_length")
    vocabulary = int(header.metadata.get("tokenizer.ggml.tokens", 0))
    activations = MAX_BATCH * (4 * embedding + 3 * inner) * 4
    logits = 2 * n_seq * vocabulary * 4  # the graph's and the caller's copy
    return header.bytes + adapter_bytes + kv_bytes(header, n_ctx) + activations + logits + RUNTIME


def available() -> int:
    """Return the bytes this process may still take: the machine's, or its control group's where that is less."""
    free = int(psutil.virtual_memory().available)
    if GROUP_LIMIT.is_file() and (limit := GROUP_LIMIT.read_text().strip()).isdigit():
        free = min(free, int(limit) - int(GROUP_USE.read_text()))
    return free


def check_fits(name: str, needed: int, n_ctx: int) -> None:
    """Raise ModelTooLarge unless `needed` bytes are free."""
    free = available()
    if needed > free:
        raise ModelTooLarge(
            f"{name} with {n_ctx:,} tokens of context needs about {needed / 1e9:.1f} GB and {free / 1e9:.1f} GB "
            "are free. Pick a smaller model, or set WORKBENCH_CONTEXT lower."
        )


def resident() -> int:
    """Return the bytes of this process that are in memory."""
    return int(psutil.Process().memory_info().rss)


def give_back() -> None:
    """Return freed memory to the system; glibc keeps the small blocks, 55 MB of a 128k vocabulary among them."""
    if sys.platform == "linux":
        try:
            ctypes.CDLL(None).malloc_trim(0)
        except AttributeError:  # another C library
            return


def threads_for(model_bytes: int) -> int:
    """Return how many threads to decode with: the physical cores, but one for a model that small.

    Threads meet at a barrier several hundred times a token. A small model gains 1.6 times from a second core when the
    machine is idle, and loses up to ten times as soon as a browser wants that core too
    (docs/engine.md: measured on 13 and on 98 MB).
    """
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if model_bytes < SMALL_MODEL:
        return 1
    # A machine of two: both, whatever the hypervisor calls them.
    return usable if usable <= 2 else min(usable, psutil.cpu_count(logical=False) or usable)
