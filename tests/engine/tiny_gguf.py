"""A whole small Llama in GGUF, made on the spot: own byte-level vocabulary, random weights, LoRA adapters.

Nothing about speed or form of the engine depends on what the weights say; what depends on it is tested on the starter.
"""

from dataclasses import dataclass, replace
from pathlib import Path

import gguf
import numpy as np

CHAT_TEMPLATE = (
    "{{ bos_token }}{% for m in messages %}<|start_header_id|>{{ m['role'] }}<|end_header_id|>\n\n"
    "{{ m['content'] }}<|eot_id|>{% endfor %}"
    "{% if add_generation_prompt %}<|start_header_id|>assistant<|end_header_id|>\n\n{% endif %}"
)
SPECIAL = (
    "<|begin_of_text|>",
    "<|end_of_text|>",
    "<|start_header_id|>",
    "<|end_header_id|>",
    "<|eot_id|>",
)
MERGES = ["h e", "i n", "a n", "Ġ t", "Ġt he", "i d", "e a", "id ea"]


@dataclass(frozen=True)
class Shape:
    """The sizes of a Llama."""

    width: int = 64
    layers: int = 2
    heads: int = 4
    heads_kv: int = 2
    inner: int = 160
    context: int = 4096

    @property
    def head(self) -> int:
        return self.width // self.heads

    def projections(self) -> dict[str, tuple[int, int]]:
        kv = self.heads_kv * self.head
        return {
            "attn_q": (self.width, self.width),
            "attn_k": (kv, self.width),
            "attn_v": (kv, self.width),
            "attn_output": (self.width, self.width),
            "ffn_gate": (self.inner, self.width),
            "ffn_up": (self.inner, self.width),
            "ffn_down": (self.width, self.inner),
        }


TINY = Shape()


def byte_letters() -> list[str]:
    """Return GPT-2's visible letter for each byte, in the byte's order."""
    visible = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in visible]
    letters = {byte: chr(byte) for byte in visible} | {byte: chr(256 + i) for i, byte in enumerate(others)}
    return [letters[byte] for byte in range(256)]


def vocabulary() -> list[str]:
    """Return all tokens: bytes, merged pieces, special ones."""
    return [*byte_letters(), *(merge.replace(" ", "") for merge in MERGES), *SPECIAL]


def write_base(
    path: Path, shape: Shape = TINY, *, seed: int = 0, template: str | None = CHAT_TEMPLATE, endless: bool = True
) -> Path:
    """Write a model. `endless`: the rows that would end a text are zero, so it goes on until a cap."""
    tokens = vocabulary()
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_name(path.stem)
    writer.add_context_length(shape.context)
    writer.add_embedding_length(shape.width)
    writer.add_block_count(shape.layers)
    writer.add_feed_forward_length(shape.inner)
    writer.add_head_count(shape.heads)
    writer.add_head_count_kv(shape.heads_kv)
    writer.add_rope_freq_base(10000.0)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(shape.head)
    writer.add_file_type(gguf.LlamaFileType.ALL_F32)
    writer.add_vocab_size(len(tokens))
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("llama-bpe")
    writer.add_token_list(tokens)
    kinds = [gguf.TokenType.NORMAL] * (len(tokens) - len(SPECIAL)) + [gguf.TokenType.CONTROL] * len(SPECIAL)
    writer.add_token_types(kinds)
    writer.add_token_merges(MERGES)
    writer.add_bos_token_id(tokens.index("<|begin_of_text|>"))
    writer.add_eos_token_id(tokens.index("<|eot_id|>"))
    if template is not None:
        writer.add_chat_template(template)
    rng = np.random.default_rng(seed)
    head = noise(rng, len(tokens), shape.width)
    output = noise(rng, len(tokens), shape.width, scale=0.4)
    output[[i for i, token in enumerate(tokens) if not token.isascii()]] *= 0.2  # so that it mostly writes letters
    if endless:
        output[-len(SPECIAL) :] = 0
    writer.add_tensor("token_embd.weight", head)
    writer.add_tensor("output.weight", output)
    writer.add_tensor("output_norm.weight", np.ones(shape.width, np.float32))
    for layer in range(shape.layers):
        for norm in ("attn_norm", "ffn_norm"):
            writer.add_tensor(f"blk.{layer}.{norm}.weight", np.ones(shape.width, np.float32))
        for name, size in shape.projections().items():
            writer.add_tensor(f"blk.{layer}.{name}.weight", noise(rng, *size, scale=0.15))
    return close(writer, path)


def write_adapter(path: Path, shape: Shape = TINY, *, seed: int = 1, rank: int = 4, base_sha256: str = "") -> Path:
    """Write a LoRA strong enough to change what the model says."""
    rng = np.random.default_rng(seed)
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_string("general.type", "adapter")
    writer.add_string("adapter.type", "lora")
    writer.add_float32("adapter.lora.alpha", float(rank))
    if base_sha256:
        writer.add_string("workbench.base_sha256", base_sha256)
    for layer in range(shape.layers):
        for name, (rows, columns) in shape.projections().items():
            writer.add_tensor(f"blk.{layer}.{name}.weight.lora_a", noise(rng, rank, columns, scale=0.3))
            writer.add_tensor(f"blk.{layer}.{name}.weight.lora_b", noise(rng, rows, rank, scale=0.3))
    return close(writer, path)


def noise(rng: np.random.Generator, rows: int, columns: int, scale: float = 0.5) -> np.ndarray:
    return (rng.standard_normal((rows, columns)) * scale).astype(np.float32)


def close(writer: gguf.GGUFWriter, path: Path) -> Path:
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def wider(shape: Shape = TINY) -> Shape:
    """Return the shape of another base, whose adapters do not fit this one."""
    return replace(shape, width=shape.width * 2)
