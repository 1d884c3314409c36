"""The folders that an export consists of: each a model as the app loads it, with manifest.json, base and adapters."""

import json
import shutil
from dataclasses import dataclass, field
from pathlib import Path

from finetune import card_starter
from finetune.exporting import files
from finetune.exporting.runs import Run
from finetune.exporting.served import Served
from workbench.assist import prompts
from workbench.models.gguf import sha256

NOTES = (
    "A small model trained from scratch: it keeps to the form of an idea and runs offline at once; "
    "its ideas name the topic but seldom make good sense, its judgements are weak, and it knows no facts."
)


@dataclass
class Model:
    """One folder of the export: a base in one quantisation with its adapters, or one task's merged model."""

    folder: Path
    kind: str
    base: Path  # the GGUF in it, or in the package of `served`
    adapters: dict[str, Path] = field(default_factory=dict)
    task: str = ""  # of a merged one
    served: Served | None = None  # where the base lies in an installed package

    @property
    def label(self) -> str:
        """Its name in the proof: `q8_0`, or `refine-q8_0` of a merged one."""
        return f"{self.task}-{self.kind}" if self.task else self.kind

    def manifest(self, name: str, title: str, licence: str, parameters: int, notes: str) -> dict:
        """Return the manifest that the app reads."""
        return {
            "name": name,
            "title": title,
            "base": self.served.entry() if self.served else _entry(self.base),
            "adapters": {task: _entry(path) for task, path in self.adapters.items()},
            "parameters": parameters,
            "quantisation": self.kind,
            "licence": licence,
            "prompts_version": prompts.VERSION,
            "notes": notes,
        }


def lay(
    new: Path, name: str, bases: dict[str, Path] | Served, adapters: dict[str, Path], merged: dict[str, dict[str, Path]]
) -> list[Model]:
    """Put the files into `new`: into it itself if there is one model, else each model into a folder of its own.

    Args:
        bases: quantisation -> the base's file; or the one file that is served as it lies.
        adapters: task -> LoRA file without its base's hash.
        merged: task -> quantisation -> file.
    """
    if isinstance(bases, Served):
        base = bases.laid(new / f"{name}-{bases.kind}.gguf")
        packaged = bases if bases.package else None
        return [Model(new, bases.kind, base, _stamped(adapters, new, name, base), served=packaged)]
    labels = [*bases] + [f"{task}-{kind}" for task, kinds in merged.items() for kind in kinds]

    def folder(label: str) -> Path:
        made = new if len(labels) == 1 else new / label
        made.mkdir(parents=True, exist_ok=True)
        return made

    models = []
    for kind, path in bases.items():
        into = folder(kind)
        base = files.place(path, into / f"{name}-{kind}.gguf")
        models.append(Model(into, kind, base, _stamped(adapters, into, name, base)))
    for task, kinds in merged.items():
        for kind, path in kinds.items():
            into = folder(f"{task}-{kind}")
            models.append(Model(into, kind, files.place(path, into / f"{name}-{task}-{kind}.gguf"), task=task))
    return models


def _stamped(adapters: dict[str, Path], into: Path, name: str, base: Path) -> dict[str, Path]:
    return {
        task: files.stamp(lora, into / f"{name}-{task}-lora-f16.gguf", sha256(base)) for task, lora in adapters.items()
    }


def title_of(name: str, base: Path, parameters: int) -> str:
    """Return the model's name as people read it where none was given."""
    if is_starter(base):
        return f"{name.capitalize()} ({parameters / 1e6:.0f} M parameters, trained from scratch)"
    size = f"{parameters / 1e9:.1f} B" if parameters > 5e8 else f"{parameters / 1e6:.1f} M"
    return f"{name} ({size} parameters)"


def notes_of(base: Path, served: Served | None) -> str:
    """Return what the app says beside the model's name."""
    if served:
        place = f" of {served.requirement}" if served.package else ""
        return f"Its base is {served.file}{place}, unchanged; only its adapters were trained here."
    return NOTES if is_starter(base) else ""


def is_starter(base: Path) -> bool:
    """Say whether the base has the record of a run of finetune.pretrain beside it."""
    path = base.parent / "run.json"
    return path.is_file() and "parameters" in json.loads(path.read_text(encoding="utf-8"))


def copy_records(new: Path, models: list[Model], base: Path, runs: list[Run]) -> None:
    """Keep each run's settings, versions and curve beside what came of it."""
    sources = {run.task: run.folder for run in runs}
    if is_starter(base):
        *before, last = card_starter.stages(base.parent)
        sources |= {f"pretrain-{number}": folder for number, folder in enumerate(before, 1)} | {"pretrain": last}
    for folder in {new, *(model.folder for model in models)}:
        for name, source in sources.items():
            (folder / "records" / name).mkdir(parents=True, exist_ok=True)
            for file in ("run.json", "config.yaml", "curve.jsonl", "checks.json", "guide.json"):
                if (source / file).is_file():
                    shutil.copyfile(source / file, folder / "records" / name / file)


def copy_tokenizer(tokenizer, base: Path, folder: Path) -> None:
    """Keep the trained tokenizer beside its export, so that the two can be compared again at any time."""
    folder.mkdir(exist_ok=True)
    for file in ("tokenizer.json", "tokenizer_config.json"):
        if (base / file).is_file():
            shutil.copyfile(base / file, folder / file)
    (folder / "chat_template.jinja").write_text(tokenizer.chat_template, encoding="utf-8")


def _entry(path: Path) -> dict:
    return {"file": path.name, "sha256": sha256(path), "bytes": path.stat().st_size}
