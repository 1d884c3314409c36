"""The stages that make GGUF files: merged weights, conversion, importance, quantising. Each is done once."""

import json
import math
import shutil
import tempfile
from pathlib import Path

from finetune import converter
from finetune.exporting import machine, quantise, tensors
from finetune.exporting.machine import Took
from finetune.exporting.runs import Run
from finetune.exporting.stages import Work
from workbench.assist import prompts

NO_BASE = "0" * 64  # takes the place of the base's hash until that is known


def source(work: Work, base: Path, template: str | None) -> Path:
    """Return the base's folder, or one beside it that differs in its chat template only: the one trained with."""
    if template is None:
        return base

    def make(aside: Path) -> None:
        aside.mkdir()
        for path in base.iterdir():
            if path.name != "chat_template.jinja" and path.is_file():
                (aside / path.name).symlink_to(path.absolute())
        (aside / "chat_template.jinja").write_text(template, encoding="utf-8")

    return work.stage("base", {"base": base, "template": template}, make)


def convert_model(work: Work, folder: Path, label: str, title: str, licence: str) -> Path:
    """Return the f16 GGUF of a model's folder."""
    metadata = _metadata(title, licence)
    shape = largest(folder)

    def make(aside: Path) -> Took:
        machine.require_disk(aside, 2 * parameters(folder), f"Converting {label}")
        machine.require_memory(machine.LIBRARIES + 10 * shape, f"Converting {label}")
        arguments = [str(folder), "--outtype", "f16", "--outfile", str(aside)]
        return converter.convert("convert_hf_to_gguf.py", arguments, metadata)

    return work.stage(f"{label}-f16.gguf", {"model": folder, "metadata": metadata, "by": converter.VERSION}, make)


def merge(work: Work, run: Run, base: Path) -> Path:
    """Return the folder of a run's model in 16 bits, its adapter merged in."""
    if run.form == "whole":
        return run.adapter

    def make(aside: Path) -> Took:
        command = machine.module("finetune.merge", "--base", base, "--adapter", run.adapter, "--out", aside)
        return machine.run(command, f"Merging {run.task}")

    return work.stage(f"{run.task}-merged", {"base": base, "adapter": run.adapter}, make)


def convert_adapter(work: Work, run: Run, base: Path, title: str, licence: str) -> Path:
    """Return the GGUF of a LoRA adapter; `stamp` writes into it which base file it belongs to."""
    metadata = _metadata(title, licence) | {"workbench.base_sha256": NO_BASE}

    def make(aside: Path) -> Took:
        with tempfile.TemporaryDirectory() as scratch:
            folder = with_gguf_alpha(run.adapter, Path(scratch))
            arguments = ["--base", str(base), "--outtype", "f16", "--outfile", str(aside), str(folder)]
            return converter.convert("convert_lora_to_gguf.py", arguments, metadata)

    inputs = {"adapter": run.adapter, "base": base / "config.json", "metadata": metadata, "by": converter.VERSION}
    return work.stage(f"{run.task}-lora-f16.gguf", inputs, make)


def with_gguf_alpha(adapter: Path, scratch: Path) -> Path:
    """Return the adapter, an rsLoRA with another alpha: it scales by alpha / sqrt(rank), llama.cpp by alpha / rank."""
    settings = json.loads((adapter / "adapter_config.json").read_text(encoding="utf-8"))
    if not settings.get("use_rslora"):
        return adapter
    settings["lora_alpha"] *= math.sqrt(settings["r"])
    (scratch / "adapter_config.json").write_text(json.dumps(settings), encoding="utf-8")
    (scratch / "adapter_model.safetensors").symlink_to((adapter / "adapter_model.safetensors").absolute())
    return scratch


def stamp(adapter: Path, out: Path, base_sha256: str) -> Path:
    """Copy an adapter with the hash of the base file that it belongs to, so that the app refuses another."""
    data = adapter.read_bytes()
    assert data.count(NO_BASE.encode()) == 1, f"{adapter.name} has {data.count(NO_BASE.encode())} places for the hash"
    out.write_bytes(data.replace(NO_BASE.encode(), base_sha256.encode()))
    return out


def importance(work: Work, model: Path, rows: list[list[int]]) -> Path:
    """Return the importance matrix of an f16 model on these rows."""

    def make(aside: Path) -> Took:
        machine.require_memory(model.stat().st_size + machine.LIBRARIES, f"Weighing {model.name}")
        with tempfile.TemporaryDirectory() as scratch:
            file = Path(scratch) / "training-rows.json"
            file.write_text(json.dumps(rows), encoding="utf-8")
            return machine.run(machine.module("finetune.exporting.importance", model, file, aside), "Weighing")

    return work.stage(f"{model.stem}.imatrix.gguf", {"model": model, "rows": rows}, make)


def quantised(work: Work, model: Path, kind: str, matrix: Path | None) -> Path:
    """Return an f16 model as `kind`, weighed by `matrix` if that kind takes one."""
    if kind == "f16":
        return model
    used = matrix if kind in quantise.TAKES_IMPORTANCE else None

    def make(aside: Path) -> Took:
        weighed = ["--importance", used] if used else []
        command = machine.module("finetune.exporting.quantise", model, aside, kind, *weighed)
        return machine.run(command, f"Quantising to {kind}")

    inputs = {"model": model, "kind": kind} | ({"importance": used} if used else {})
    return work.stage(f"{model.stem.removesuffix('-f16')}-{kind}.gguf", inputs, make)


def parameters(folder: Path) -> int:
    return sum(entry.elements for entry in tensors.of_model(folder).values())


def largest(folder: Path) -> int:
    """Return the elements of a model's largest tensor."""
    return max(entry.elements for entry in tensors.of_model(folder).values())


def place(path: Path, out: Path) -> Path:
    """Put a finished file into a folder on the same disk without copying it, where the disk can."""
    try:
        out.hardlink_to(path)
    except OSError:
        shutil.copyfile(path, out)
    return out


def _metadata(title: str, licence: str) -> dict[str, str | int]:
    return {"general.name": title, "general.license": licence, "workbench.prompts_version": prompts.VERSION}
