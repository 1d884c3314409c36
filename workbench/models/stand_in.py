"""A model of random weights with layers of Llama-3.2-1B's shapes, to measure a machine on which no such model lies.

The starter cannot tell: it fits into the processor's cache and spends its time between the matrices.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

LAYERS = 4  # of 16: 137 MB, beyond any cache of a small machine
WIDTH, INNER, HEADS, KV_HEADS = 2048, 8192, 32, 8
F32, Q4_K = 0, 12  # ggml types; Q4_K is most of a Q4_K_M file
BLOCK, BLOCK_BYTES = 256, 144
ALIGNMENT = 32
SPECIAL = ("<|begin|>", "<|end|>")
TEMPLATE = "{% for m in messages %}{{ m['content'] }}{% endfor %}"


@dataclass(frozen=True, slots=True)
class _Tensor:
    name: str
    shape: tuple[int, ...]  # the row length first
    kind: int

    @property
    def bytes(self) -> int:
        elements = int(np.prod(self.shape))
        return elements * 4 if self.kind == F32 else elements // BLOCK * BLOCK_BYTES


def write(path: Path) -> Path:
    """Write it, some 140 MB; the same bytes each time."""
    tensors, values = list(_tensors()), _values()
    offsets = np.cumsum([0, *(_padded(tensor.bytes) for tensor in tensors)])
    head = struct.pack("<4sIQQ", b"GGUF", 3, len(tensors), len(values))
    head += b"".join(_text(key) + value for key, value in values.items())
    for tensor, offset in zip(tensors, offsets[:-1], strict=True):
        head += _text(tensor.name) + struct.pack(f"<I{len(tensor.shape)}Q", len(tensor.shape), *tensor.shape)
        head += struct.pack("<IQ", tensor.kind, int(offset))
    draw = np.random.default_rng(0)
    with path.open("wb") as file:
        file.write(head.ljust(_padded(len(head)), b"\0"))
        for tensor in tensors:
            file.write(_weights(tensor, draw).tobytes().ljust(_padded(tensor.bytes), b"\0"))
    return path


def _tensors() -> Iterator[_Tensor]:
    kv = WIDTH // HEADS * KV_HEADS
    yield _Tensor("token_embd.weight", (WIDTH, len(_vocabulary())), F32)
    yield _Tensor("output_norm.weight", (WIDTH,), F32)
    for layer in range(LAYERS):
        for name, shape in {
            "attn_norm": (WIDTH,), "ffn_norm": (WIDTH,), "attn_q": (WIDTH, WIDTH), "attn_k": (WIDTH, kv),
            "attn_v": (WIDTH, kv), "attn_output": (WIDTH, WIDTH), "ffn_gate": (WIDTH, INNER),
            "ffn_up": (WIDTH, INNER), "ffn_down": (INNER, WIDTH),
        }.items():  # fmt: skip
            yield _Tensor(f"blk.{layer}.{name}.weight", shape, F32 if len(shape) == 1 else Q4_K)


def _weights(tensor: _Tensor, draw: np.random.Generator) -> NDArray[np.generic]:
    if len(tensor.shape) == 1:
        return np.ones(tensor.shape, np.float32)
    if tensor.kind == F32:
        return draw.standard_normal(tensor.shape, np.float32)
    blocks = draw.integers(0, 256, (tensor.bytes // BLOCK_BYTES, BLOCK_BYTES), np.uint8)
    blocks[:, :4] = np.frombuffer(np.array([1e-4, 1e-4], np.float16).tobytes(), np.uint8)  # the block's scale, its low
    return blocks


def _values() -> dict[str, bytes]:
    vocabulary = _vocabulary()
    numbers = {
        "context_length": 4096, "embedding_length": WIDTH, "block_count": LAYERS, "feed_forward_length": INNER,
        "attention.head_count": HEADS, "attention.head_count_kv": KV_HEADS, "rope.dimension_count": WIDTH // HEADS,
    }  # fmt: skip
    values = {"general.architecture": _string("llama"), "general.name": _string("Stand-in of random weights")}
    values |= {f"llama.{key}": struct.pack("<II", 4, number) for key, number in numbers.items()}
    values["llama.attention.layer_norm_rms_epsilon"] = struct.pack("<If", 6, 1e-5)
    values["tokenizer.ggml.model"] = _string("gpt2")
    values["tokenizer.ggml.pre"] = _string("llama-bpe")
    values["tokenizer.ggml.tokens"] = _strings(vocabulary)
    kinds = [1] * (len(vocabulary) - len(SPECIAL)) + [3] * len(SPECIAL)  # normal; control
    values["tokenizer.ggml.token_type"] = struct.pack(f"<IIQ{len(kinds)}i", 9, 5, len(kinds), *kinds)
    values["tokenizer.ggml.merges"] = _strings(["h e"])
    for name, token in zip(("bos", "eos"), SPECIAL, strict=True):
        values[f"tokenizer.ggml.{name}_token_id"] = struct.pack("<II", 4, vocabulary.index(token))
    values["tokenizer.chat_template"] = _string(TEMPLATE)
    return values


def _vocabulary() -> list[str]:
    """Return GPT-2's letters for the bytes, one merged piece, the special tokens."""
    visible = [*range(33, 127), *range(161, 173), *range(174, 256)]
    return [*map(chr, visible), *(chr(256 + i) for i in range(256 - len(visible))), "he", *SPECIAL]


def _padded(length: int) -> int:
    return -(-length // ALIGNMENT) * ALIGNMENT


def _text(words: str) -> bytes:
    data = words.encode()
    return struct.pack("<Q", len(data)) + data


def _string(words: str) -> bytes:
    return struct.pack("<I", 8) + _text(words)


def _strings(words: list[str]) -> bytes:
    return struct.pack("<IIQ", 9, 8, len(words)) + b"".join(map(_text, words))
