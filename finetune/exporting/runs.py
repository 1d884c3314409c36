"""A finished run as an export sees it: its adapter, how that can leave, its rows, what its data allows."""

import json
from dataclasses import dataclass
from pathlib import Path
from random import Random
from types import SimpleNamespace

import yaml

from finetune import training_rows
from finetune.masking import answers_only
from finetune.rowdata.manifest import sha256
from workbench.errors import InputError

IDEAS = {"data/ideas": "CC BY 4.0, this project's own idea set; 8 % of its topics held out by a fixed hash"}
DEFAULTS = {"seed": 1, "topics": 500, "list_sizes": [0, 8], "checks_per_idea": 1, "copying": 0,
            "ideas_dir": "data/ideas", "data_dir": ""}  # fmt: skip
RECORDS = ("run.json", "branches.json", "checks.json")  # of a run whose only stage was a later one, that one's
LONGEST = 512  # tokens of a row that is read for perplexity or importance
Row = tuple[list[int], list[int]]  # token ids; labels, -100 where no answer is


@dataclass(frozen=True)
class Run:
    """One task's run. `form`: lora (an adapter file beside the base), merged, or whole (trained without an adapter)."""

    task: str
    folder: Path
    form: str
    why: str  # it is merged, in words; "" when that was asked for
    record: dict  # the first of RECORDS that is there, {} where none is
    settings: SimpleNamespace

    @property
    def adapter(self) -> Path:
        return self.folder / "adapter"


def read(task: str, folder: Path, base: Path, *, merged: bool, data_dir: str) -> Run:
    """Return the run in `folder`. Raises InputError when it holds no adapter, or that of another base."""
    adapter = folder / "adapter"
    record = next((found for name in RECORDS if (found := _json(folder / name))), {})
    config = folder / "config.yaml"
    known = yaml.safe_load(config.read_text(encoding="utf-8")) if config.is_file() else record.get("config", {})
    settings = SimpleNamespace(**DEFAULTS | {"task": task} | known | ({"data_dir": data_dir} if data_dir else {}))
    settings.max_rows, settings.eval_rows = 10**9, 256
    if not (adapter / "adapter_config.json").is_file():
        if (adapter / "model.safetensors").is_file():
            return Run(task, folder, "whole", "it was trained without an adapter", record, settings)
        raise InputError(f"There is no trained adapter at {adapter}. Run finetune.train for {task} first.")
    if not (adapter / "adapter_model.safetensors").is_file():
        raise InputError(f"{adapter} lacks adapter_model.safetensors. Run finetune.train for {task} again.")
    check_base(task, record, base)
    why = must_merge(_json(adapter / "adapter_config.json"))
    return Run(task, folder, "merged" if merged or why else "lora", why, record, settings)


def check_base(task: str, record: dict, base: Path) -> None:
    """Raise InputError when the run noted the hash of another base than this one."""
    noted = {name: digest for name, digest in record.get("data", {}).items() if name.endswith(".safetensors")}
    for name, digest in noted.items():
        if not (base / name).is_file() or sha256(base / name) != digest:
            raise InputError(
                f"The {task} adapter was trained on another base ({name} {digest[:12]}) than {base}. Name that one."
            )


def must_merge(settings: dict) -> str:
    """Return why a GGUF adapter file cannot hold what this adapter does, or ""."""
    if settings.get("peft_type", "LORA") != "LORA":
        return f"it is no LoRA but {settings['peft_type']}"
    if settings.get("use_dora"):
        return "it is a DoRA, which rescales whole rows of its base: a GGUF adapter has no place for that"
    for key, words in (
        ("modules_to_save", "it trained whole layers beside its LoRA"),
        ("lora_bias", "it has biases"),
        ("trainable_token_indices", "it trained token embeddings"),
        ("target_parameters", "it changes single parameters"),
        ("alpha_pattern", "its alpha differs from layer to layer, and a GGUF adapter has one"),
    ):
        if settings.get(key):
            return words
    if settings.get("use_rslora") and settings.get("rank_pattern"):
        return "it is an rsLoRA whose rank differs from layer to layer, and a GGUF adapter has one alpha"
    return ""


def template_of(run: Run) -> str | None:
    """Return the chat template that the run was trained with, if it kept one."""
    path = run.adapter / "chat_template.jinja"
    return path.read_text(encoding="utf-8") if path.is_file() else None


def rows(run: Run, tokenizer, heldout: int, training: int) -> tuple[list[Row], list[list[int]]]:
    """Return held-out rows, as many of each kind, for perplexity, and training rows, as token ids, for importance."""
    found = training_rows.read(run.settings)
    each = -(-heldout // len(found.heldout))
    chosen = [row for kind in found.heldout.values() for row in Random(0).sample(kind, min(each, len(kind)))]
    tokenised = [answers_only(tokenizer, _messages(row)) for row in chosen]
    short = [(ids, labels) for ids, labels in tokenised if len(ids) <= LONGEST]
    if not short:
        raise InputError(f"No held-out row of {run.task} has at most {LONGEST} tokens, so nothing could be measured.")
    sample = Random(0).sample(found.training, min(training, len(found.training)))
    return short, [answers_only(tokenizer, _messages(row))[0][:LONGEST] for row in sample]


def _messages(row: dict) -> list[dict]:
    """Return a row's chat: of a preference pair the chosen answer."""
    return row["messages"] if "messages" in row else [*row["prompt"], *(row.get("chosen") or row["completion"])]


def licences(run: Run) -> dict[str, str]:
    """Return source -> licence of the data a run has learned from; {} where nothing says."""
    if run.settings.data_dir:
        return dict(_json(Path(run.settings.data_dir) / "manifest.json").get("licences", {}))
    return dict(IDEAS) if run.record else {}


def _json(path: Path) -> dict:
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
