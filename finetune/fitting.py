"""Whether an adapter was trained on the base it is to be put on; shapes alone cannot tell a Qwen's from a Llama's."""

import json
from pathlib import Path

from workbench.errors import InputError

WEIGHTS = "adapter_model.safetensors"


def refuse_other_base(base: str, adapter: Path) -> None:
    """Raise InputError if the adapter is not there, or names a base of another kind, or another tokenizer."""
    if not (adapter / "adapter_config.json").is_file() or not (adapter / WEIGHTS).is_file():
        raise InputError(f"There is no adapter at {adapter}. Name a folder with adapter_config.json and {WEIGHTS}.")
    named = _json(adapter / "adapter_config.json").get("base_model_name_or_path") or ""
    theirs, ours = (_json(Path(folder) / "config.json").get("model_type") for folder in (named, base))
    if theirs and ours and theirs != ours:
        raise _misfit(adapter, base, f"it was trained on {named}, a {theirs}, and this is a {ours}")
    theirs, ours = (_vocabulary(Path(folder) / "tokenizer.json") for folder in (adapter, base))
    if theirs and ours and theirs != ours:
        raise _misfit(adapter, base, "it was trained with another tokenizer")


def refuse_other_shapes(model, adapter: Path, base: str) -> None:
    """Raise InputError if a matrix of the adapter has no place in the model, or another size there."""
    from safetensors import safe_open

    places = {name: tuple(found.weight.shape) for name, found in model.named_modules() if hasattr(found, "weight")}
    with safe_open(adapter / WEIGHTS, "pt") as weights:
        for name in weights.keys():  # noqa: SIM118 - it is no dict
            module, _, which = name.removeprefix("base_model.model.").partition(".lora_")
            if which[:1] not in ("A", "B"):
                continue  # DoRA's magnitudes, and whole layers that were saved along
            size = weights.get_slice(name).get_shape()
            if module not in places:
                raise _misfit(adapter, base, f"there is no {module} here")
            here = places[module][1] if which[0] == "A" else places[module][0]
            there = size[1] if which[0] == "A" else size[0]
            if here != there:
                raise _misfit(adapter, base, f"{module} is {here} wide here and {there} there")


def _misfit(adapter: Path, base: str, reason: str) -> InputError:
    return InputError(
        f"The adapter {adapter} does not fit the base {base}: {reason}. Name the base it was trained on, or another "
        "adapter."
    )


def _json(path: Path) -> dict:
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def _vocabulary(path: Path) -> dict:
    return _json(path).get("model", {}).get("vocab", {})
