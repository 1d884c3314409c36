"""From the files that the app serves back to what trainers read: a base's folder, an adapter's folder.

So the loop needs nothing but the installed model: it trains on the very weights that are served, quantised as they are.
"""

import json
import shutil
from pathlib import Path

from finetune import from_gguf
from workbench.errors import InputError
from workbench.models.gguf import read_header

# llama.cpp's names of a block's matrices, in those of transformers.
MATRICES = {
    "attn_q": "self_attn.q_proj", "attn_k": "self_attn.k_proj", "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj", "ffn_gate": "mlp.gate_proj", "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}  # fmt: skip
ROTATED = {"attn_q": "attention.head_count", "attn_k": "attention.head_count_kv"}  # whose rows Llama's GGUF reorders
CASE = "base_model.model.model.layers"


def unpack_base(gguf: Path, out: Path) -> None:
    """Write a served base as config, weights in 16 bits and tokenizer. Raises InputError for what cannot be read back.

    The weights are those of the GGUF file, taken out of their quantisation; the tokenizer comes from `tokenizer/`
    beside it where there is one, else from the file itself.
    """
    from transformers import AutoTokenizer

    folder = gguf.parent / "tokenizer"
    try:
        tokenizer, model = from_gguf.load(gguf, from_gguf.trainable(gguf))
    except InputError as error:
        raise InputError(
            f"{gguf.name} cannot be turned back into a model to train ({str(error).split(' (')[0]}). "
            "Train with finetune.train on the original base, and add the export with `models add`."
        ) from error
    if folder.is_dir():
        tokenizer = AutoTokenizer.from_pretrained(folder)
        tokenizer.chat_template = read_header(gguf).text("tokenizer.chat_template") or tokenizer.chat_template
    model.save_pretrained(out)
    tokenizer.save_pretrained(out)


def unpack_adapter(gguf: Path, base: Path, out: Path) -> None:
    """Write a served LoRA as peft reads it. Raises InputError when it changes something else than blocks' matrices.

    For Llama, llama.cpp keeps the rows of Q and K in another order than transformers (pairs of rotary dimensions lie
    apart); the rows of their B matrices are put back.
    """
    import torch
    from gguf import GGUFReader, dequantize
    from safetensors.torch import save_file

    header, shape = read_header(gguf), read_header(base)
    alpha = float(str(header.metadata["adapter.lora.alpha"]))
    found: dict[str, torch.Tensor] = {}
    for tensor in GGUFReader(gguf).tensors:
        weight = torch.from_numpy(dequantize(tensor.data, tensor.tensor_type).copy())
        block, _, rest = tensor.name.removeprefix("blk.").partition(".")
        matrix, _, part = rest.partition(".weight.")
        if not tensor.name.startswith("blk.") or matrix not in MATRICES or part not in ("lora_a", "lora_b"):
            raise InputError(f"{gguf.name} changes {tensor.name}, which cannot be trained further here.")
        if part == "lora_b" and matrix in ROTATED and header.architecture == "llama":
            weight = _rows_back(weight, int(shape.number(ROTATED[matrix])))
        letter = "A" if part == "lora_a" else "B"
        found[f"{CASE}.{block}.{MATRICES[matrix]}.lora_{letter}.weight"] = weight.contiguous()
    rank = min(next(iter(found.values())).shape)
    out.mkdir(parents=True)
    save_file(found, out / "adapter_model.safetensors")
    settings = {
        "peft_type": "LORA", "task_type": "CAUSAL_LM", "r": rank, "lora_alpha": alpha, "lora_dropout": 0.0,
        "bias": "none", "target_modules": sorted({name.split(".lora_")[0].rpartition(".")[2] for name in found}),
    }  # fmt: skip
    (out / "adapter_config.json").write_text(json.dumps(settings, indent=1), encoding="utf-8")


def whole(folder: Path, make) -> Path:
    """Return the folder, made by `make(aside)` unless it is there: whole, or not at all."""
    if not folder.exists():
        aside = folder.with_name(f".new-{folder.name}")
        shutil.rmtree(aside, ignore_errors=True)
        make(aside)
        aside.replace(folder)
    return folder


def _rows_back(weight, heads: int):
    """Undo the order of rows that the converter gives Q and K: halves of each head side by side again."""
    rows, rank = weight.shape
    return weight.reshape(heads, rows // heads // 2, 2, rank).swapaxes(1, 2).reshape(rows, rank)
