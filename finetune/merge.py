"""Merge an adapter into its base: 16-bit safetensors, tensor by tensor, any kind of adapter that peft can merge.

    python -m finetune.merge --base runs/starter-cpu/pretrain/model --adapter runs/brainstorm/adapter --out runs/merged

The arithmetic is peft's own (LoRA, rsLoRA, DoRA, LoKr, IA3 ...), in float32, on one layer at a time. Weights become
float16, which is what GGUF keeps and rounds eight times finer than bfloat16; norms and biases stay as they are.
`--out` is there whole or not at all.
"""

import argparse
import json
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from finetune.exporting import machine, tensors
from finetune.exporting.stages import remove
from workbench.errors import InputError, WorkbenchError

PREFIX = "base_model.model."
KINDS = {"float16": "F16", "bfloat16": "BF16"}
HEAD, EMBEDDINGS = "lm_head.weight", "model.embed_tokens.weight"
BESIDE = ("generation_config.json", "tokenizer.json", "tokenizer_config.json", "tokenizer.model", "chat_template.jinja",
          "special_tokens_map.json", "vocab.json", "merges.txt")  # fmt: skip


def main(argv: list[str] | None = None) -> None:
    options = parser().parse_args(argv)
    merge(options.base, options.adapter, options.out, options.dtype)


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("--base", type=Path, required=True, help="folder of the base that the adapter was trained on")
    made.add_argument("--adapter", type=Path, required=True, help="folder of the adapter, as peft writes it")
    made.add_argument("--out", type=Path, required=True, help="folder to write the merged model to")
    made.add_argument("--dtype", choices=KINDS, default="float16", help="of the weights; default float16")
    return made


def merge(base: Path, adapter: Path, out: Path, dtype: str = "float16") -> None:
    """Write the merged model to `out`. Raises InputError when the adapter does not fit the base."""
    stored = tensors.of_model(base)
    parts = adapter_parts(adapter, stored)
    largest = max(entry.elements for entry in stored.values())
    machine.require_disk(out, 2 * sum(entry.elements for entry in stored.values()), "Merging")
    machine.require_memory(machine.LIBRARIES + 16 * largest, "Merging")
    tied = untied(base, stored, parts)
    shapes = {name: (_kind(entry, dtype), entry.shape) for name, entry in stored.items()}
    if tied:
        shapes[HEAD] = shapes[EMBEDDINGS]
        stored = stored | {HEAD: stored[EMBEDDINGS]}
    aside = out.with_name(f".part-{os.getpid()}-{out.name}")
    remove(aside)
    aside.mkdir(parents=True)
    try:
        merged = _merged(adapter, stored, parts, shapes)
        tensors.write(aside / "model.safetensors", shapes, merged)
        config = json.loads((base / "config.json").read_text(encoding="utf-8")) | {"dtype": dtype}
        (aside / "config.json").write_text(
            json.dumps(config | ({"tie_word_embeddings": False} if tied else {}), indent=2) + "\n", encoding="utf-8"
        )
        for name in BESIDE:
            if (base / name).is_file():
                shutil.copyfile(base / name, aside / name)
        remove(out)
        aside.replace(out)
    except BaseException:
        remove(aside)
        raise


def adapter_parts(adapter: Path, stored: dict) -> dict[str, dict[str, tensors.Stored]]:
    """Return base tensor -> the adapter's tensors that change it. Raises InputError naming one that fits nothing."""
    path = adapter / "adapter_model.safetensors"
    if not path.is_file():
        raise InputError(f"There is no adapter_model.safetensors in {adapter}. Run finetune.train, or name another.")
    parts: dict[str, dict[str, tensors.Stored]] = {}
    for key, entry in tensors.of_file(path).items():
        name = key.removeprefix(PREFIX)
        target = name if name in stored or name == HEAD else _target(name, stored)
        if target is None:
            raise InputError(
                f"The adapter {adapter} has weights for {name}, which its base does not have. "
                "Name the base that it was trained on."
            )
        parts.setdefault(target, {})[name] = entry
    return parts


def _target(name: str, stored: dict) -> str | None:
    """Return the weight that an adapter's tensor changes: the longest module name that it begins with."""
    pieces = name.split(".")
    for count in range(len(pieces) - 1, 0, -1):
        found = ".".join(pieces[:count]) + ".weight"
        if found in stored or found == HEAD:
            return found
    return None


def untied(base: Path, stored: dict, parts: dict) -> bool:
    """Say whether the output layer shares the embeddings and the adapter changes one of the two: they part then."""
    config = json.loads((base / "config.json").read_text(encoding="utf-8"))
    return bool(config.get("tie_word_embeddings")) and HEAD not in stored and bool({HEAD, EMBEDDINGS} & parts.keys())


def _kind(entry: tensors.Stored, dtype: str) -> str:
    return KINDS[dtype] if len(entry.shape) > 1 else entry.kind


def _merged(adapter: Path, stored: dict, parts: dict, shapes: dict) -> Iterator:
    import torch

    for name in shapes:
        tensor = stored[name].read()
        if name in parts:
            tensor = _changed(adapter, name, tensor.float(), parts[name])
        largest = torch.finfo(getattr(torch, tensors.TORCH[shapes[name][0]])).max
        if not bool(torch.isfinite(tensor).all()) or float(tensor.abs().max()) > largest:
            raise InputError(f"{name} has values beyond 16 bits' range once merged. Merge with --dtype bfloat16.")
        yield tensor


def _changed(adapter: Path, name: str, weight, parts: dict[str, tensors.Stored]):
    """Return the weight with the adapter merged in: peft on a model that holds this one layer, under its own name."""
    if name in parts:  # trained whole
        return _fitting(parts[name], name, weight.shape)
    import torch
    from peft import PeftConfig, inject_adapter_in_model, set_peft_model_state_dict

    config = PeftConfig.from_pretrained(str(adapter))
    module = name.removesuffix(".weight")
    config.target_modules, config.modules_to_save, config.inference_mode = [module], None, True
    one = _skeleton(module, weight)
    try:
        inject_adapter_in_model(config, one)
        found = {key: entry.read() for key, entry in parts.items()}
        left = set_peft_model_state_dict(one, found).unexpected_keys
    except (RuntimeError, ValueError) as error:
        raise InputError(
            f"The adapter {adapter} does not fit {name} of this base ({str(error).splitlines()[-1].strip()[:120]}). "
            "Name the base that it was trained on."
        ) from error
    if left:
        raise InputError(f"The adapter {adapter} changes {left[0]} in a way that cannot be merged. Train a plain LoRA.")
    layer = one.get_submodule(module)
    with torch.no_grad():
        layer.merge(safe_merge=True)
    return layer.get_base_layer().weight.data


def _skeleton(module: str, weight):
    """Return nested modules with one layer at the end of the dotted name."""
    import torch

    *path, last = module.split(".")
    top = here = torch.nn.Module()
    for piece in path:
        inner = torch.nn.Module()
        here.add_module(piece, inner)
        here = inner
    with torch.device("meta"):
        rows, columns = weight.shape
        embeds = last == "embed_tokens"
        made = torch.nn.Embedding(rows, columns) if embeds else torch.nn.Linear(columns, rows, bias=False)
    made.weight = torch.nn.Parameter(weight, requires_grad=False)
    here.add_module(last, made)
    return top


def _fitting(entry: tensors.Stored, name: str, shape):
    if tuple(entry.shape) != tuple(shape):
        raise InputError(f"The adapter's {name} is {entry.shape}, the base's {tuple(shape)}. Name its own base.")
    return entry.read()


if __name__ == "__main__":
    try:
        main()
    except WorkbenchError as error:
        sys.exit(str(error))
