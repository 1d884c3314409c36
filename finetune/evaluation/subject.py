"""What is evaluated: a training run, an adapter or a whole model, and the base it is held against."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

from finetune import config
from finetune.rowdata.manifest import sha256
from finetune.tokenizer import CHAT_TEMPLATE
from finetune.train import DEFAULTS
from workbench.errors import InputError

SIDES = ("base", "tuned")


@dataclass(frozen=True)
class Subject:
    """Where both sides lie, and how the tuned one was trained as far as its run says."""

    base: Path
    tuned: Path  # an adapter, or a whole model
    whole: bool  # the tuned side is a whole model
    settings: SimpleNamespace  # of the run, over finetune.train's defaults
    record: dict  # run.json; {} where there is none


def find(path: Path, base: Path | None) -> Subject:
    """Return the subject at `path`: a run's folder, an adapter's, or a model's. Raises InputError."""
    record, tuned = {}, path
    if (path / "run.json").is_file():
        record = _read(path / "run.json")
        tuned = next((path / name for name in ("adapter", "model") if (path / name).is_dir()), path / "adapter")
    whole = (tuned / "config.json").is_file() and not (tuned / "adapter_config.json").is_file()
    if not whole and not (tuned / "adapter_config.json").is_file():
        raise InputError(
            f"There is no trained run, adapter or model at {path}. Name a folder that finetune.train wrote, "
            "or one with adapter_config.json or config.json."
        )
    folders = config.read(path / "config.yaml") if (path / "config.yaml").is_file() else {}
    settings = SimpleNamespace(**config.read(DEFAULTS) | record.get("config", {}) | folders)
    named = base or record.get("config", {}).get("base") or (None if whole else _base_of(tuned))
    if not named:
        raise InputError(f"{path} does not say which base it came from. Name one with --base.")
    if not (Path(named) / "config.json").is_file():
        raise InputError(f"There is no base model at {named}. Name the one that {path} was trained on with --base.")
    return Subject(Path(named), tuned, whole, settings, record)


def _read(path: Path) -> dict:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise InputError(f"{path} is not valid JSON ({error}). Train the run again, or name another.") from error


def _base_of(adapter: Path) -> str | None:
    return _read(adapter / "adapter_config.json").get("base_model_name_or_path")


def hashes(subject: Subject) -> dict[str, str]:
    """Return the hash of each side's weights and of the tokenizer's template: other ones are another comparison."""
    found = {}
    for side, folder in zip(SIDES, (subject.base, subject.tuned), strict=True):
        files = [*sorted(folder.glob("*.safetensors")), *sorted(folder.glob("adapter_config.json"))]
        if not files:
            raise InputError(f"{folder} holds no .safetensors weights. Name a folder that has them.")
        found |= {f"{side} {file.name}": sha256(file) for file in files}
    return found


class Models:
    """Both sides in memory: one base with its adapter on or off, or two whole models."""

    def __init__(self, subject: Subject, device: str) -> None:
        """Load. Raises InputError when the adapter does not fit or the two sides read other tokens."""
        self.device = device
        self.tokenizer = _tokenizer(subject)
        base = _load(subject.base, device)
        if subject.whole:
            self._sides = {"base": base, "tuned": _load(subject.tuned, device)}
            sizes = [model.config.vocab_size for model in self._sides.values()]
            if sizes[0] != sizes[1]:
                raise InputError(
                    f"The base has {sizes[0]:,} tokens and {subject.tuned} {sizes[1]:,}: their losses are not of the "
                    "same things. Name the base it was trained from."
                )
        else:
            self._adapted = _adapted(base, subject)
            self._sides = {}

    @contextmanager
    def of(self, side: str) -> Iterator:
        """Give the model of one side."""
        if self._sides:
            yield self._sides[side]
        elif side == "tuned":
            yield self._adapted
        else:
            with self._adapted.disable_adapter():
                yield self._adapted


def _load(folder: Path, device: str):
    from transformers import AutoModelForCausalLM

    dtype = "float32" if device == "cpu" else "bfloat16"
    try:
        return AutoModelForCausalLM.from_pretrained(folder, dtype=dtype).to(device).eval()
    except (OSError, ValueError) as error:
        raise InputError(f"{folder} cannot be loaded ({str(error).strip().splitlines()[0][:150]}).") from error


def _adapted(base, subject: Subject):
    from peft import PeftModel

    try:
        return PeftModel.from_pretrained(base, subject.tuned).eval()
    except (RuntimeError, ValueError, OSError) as error:
        reason = str(error).strip().splitlines()[0][:120]
        raise InputError(
            f"The adapter {subject.tuned} does not fit the base {subject.base} ({reason}). "
            "Name the base it was trained on with --base."
        ) from error


def _tokenizer(subject: Subject):
    """Return the tokenizer that the tuned side was trained with, its chat template too."""
    from transformers import AutoTokenizer

    folder = subject.tuned if (subject.tuned / "tokenizer.json").is_file() else subject.base
    tokenizer = AutoTokenizer.from_pretrained(folder)
    if subject.settings.chat_template == "starter":
        tokenizer.chat_template = CHAT_TEMPLATE.read_text(encoding="utf-8").strip()
    if not tokenizer.chat_template:
        raise InputError(f"The tokenizer in {folder} has no chat template, so rows cannot be rendered as served.")
    if tokenizer.pad_token_id is None:
        tokenizer.pad_token = tokenizer.eos_token
    return tokenizer
