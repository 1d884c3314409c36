"""What a GGUF file is, from its header alone: a model that can answer, an adapter, or something else, said plainly."""

from enum import StrEnum

from workbench.errors import ModelDamaged
from workbench.models.gguf import Header


class Sort(StrEnum):
    """What the app can use."""

    BASE = "base"
    ADAPTER = "adapter"


def sort_of(header: Header) -> Sort:
    """Return what the file is. Raises ModelDamaged for what cannot answer in a chat, saying what it is instead."""
    name, metadata = header.path.name, header.metadata
    if header.text("general.type") == "adapter":
        return Sort.ADAPTER
    parts = metadata.get("split.count", 1)
    if isinstance(parts, int) and parts > 1:
        raise ModelDamaged(
            f"{name} is one of {parts} parts of a model. Join them first: llama-gguf-split --merge FIRST-PART ALL.gguf."
        )
    wrong = _wrong(header)
    if wrong:
        raise ModelDamaged(f"{name} {wrong}")
    return Sort.BASE


def _wrong(header: Header) -> str:
    """Return what keeps it from answering, "" for nothing."""
    metadata = header.metadata
    if not header.architecture or not header.tensors:
        return "names no architecture or holds no weights: it is no model. Pick another file."
    if header.architecture == "clip" or header.text("general.type") == "mmproj":
        return "is the part of a model that sees pictures, without the part that writes. Pick the model's main file."
    if header.number("pooling_type") > 0 or metadata.get(f"{header.architecture}.attention.causal") is False:
        return "is an embedding model: it writes nothing. Name it in WORKBENCH_EMBEDDING_MODEL instead."
    if not header.text("tokenizer.ggml.model") or not metadata.get("tokenizer.ggml.tokens"):
        return "carries no tokenizer. Convert the model again with its tokenizer, or pick another file."
    if not header.text("tokenizer.chat_template"):
        return "carries no chat template. Take the instruct or chat version of the model, or export it again."
    if not (header.number("block_count") and header.number("embedding_length")):
        return "does not say how many layers it has and how wide they are. Convert the model again."
    return ""
