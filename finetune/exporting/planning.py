"""What is to be exported, read and checked before anything is written."""

import argparse
import json
from dataclasses import dataclass
from pathlib import Path

from finetune.exporting import licences, quantise, runs, served
from finetune.exporting.runs import Run
from finetune.exporting.served import Served
from workbench.errors import InputError
from workbench.models.gguf import sha256


@dataclass(frozen=True)
class Plan:
    """An export that fits together."""

    base: Path
    served: Served | None  # the base's file that is served as it lies; None: made here
    runs: list[Run]
    out: Path
    name: str
    title: str  # "": made of the name and the size
    notes: str  # "": as folders.notes_of says
    about: str  # what the card says at length
    kinds: list[str]
    importance: str
    heldout: int
    proven: bool
    tokenizer: object
    template: str | None  # the one trained with, where it is not the base's own
    data: dict[str, str]  # source -> licence
    licence: str  # of what is made here, as the hub names it
    licence_words: str  # of the whole, as people write it

    def run(self, form: str) -> list[Run]:
        return [run for run in self.runs if (run.form == "lora") == (form == "lora")]


def plan(options: argparse.Namespace) -> Plan:
    """Read what there is to export. Raises InputError when it does not fit together."""
    from transformers import AutoTokenizer

    if not (options.base / "config.json").is_file():
        raise InputError(f"There is no trained model at {options.base}. Name a folder with config, weights, tokenizer.")
    given = _served(options) if options.served else None
    found = _runs(options)
    tokenizer = AutoTokenizer.from_pretrained(options.base)
    templates = {template for run in found if (template := runs.template_of(run)) is not None}
    if len(templates) > 1:
        raise InputError("These adapters were trained with different chat templates. Export them one by one.")
    template = templates.pop() if templates else tokenizer.chat_template
    if not template:
        raise InputError(f"Neither {options.base} nor an adapter has a chat template. Train with one.")
    own = None if template == tokenizer.chat_template else template
    if given and own:
        raise InputError(
            f"An adapter was trained with another chat template than {given.file} has. Train it with that."
        )
    tokenizer.chat_template = template
    data = licences.of_data(found)
    base = options.licence or licences.of_base(options.base)
    licence = licences.of_adapters(base, data) if given else licences.overall(base, data)
    words = licences.in_words(licence)
    return Plan(
        base=options.base, served=given, runs=found, out=options.out.absolute(), name=options.name, title=options.title,
        notes=options.notes, about=_about(options.about),
        kinds=[given.kind] if given else quantise.known(options.quantise or "q8_0"), importance=options.importance,
        heldout=options.heldout, proven=not options.unproven, tokenizer=tokenizer, template=own, data=data,
        licence=licence, licence_words=licences.of_both(base, licence) if given else words,
    )  # fmt: skip


def _about(file: Path | None) -> str:
    if file is None:
        return ""
    if not file.is_file():
        raise InputError(
            f"There is no {file}. Name the Markdown file that the card is to take in, or leave out --about."
        )
    return file.read_text(encoding="utf-8").strip()


def _served(options: argparse.Namespace) -> Served:
    """Return the file to serve. Raises InputError unless `--base` was restored from it."""
    if options.quantise or options.merged:
        raise InputError("With --served the base stays as its file lies: leave out --quantise and --merged.")
    given, source = served.find(options.served), options.base / "source.json"
    restore = f"Restore it: python -m finetune.from_gguf --gguf {options.served} --out {options.base}"
    if not source.is_file():
        raise InputError(f"{options.base} was not restored from a GGUF file. {restore}, and train on that.")
    known = json.loads(source.read_text(encoding="utf-8"))
    if known["sha256"] != sha256(given.path):
        raise InputError(
            f"{options.base} was restored from {known['file']} {known['sha256'][:12]}, and {given.file} is "
            f"{sha256(given.path)[:12]}. Name that file, or restore this one and train on it."
        )
    return given


def _runs(options: argparse.Namespace) -> list[Run]:
    """Return the runs of `--adapters`, saying which cannot stay adapters."""
    pairs = dict(pair.split("=", 1) for pair in options.adapters.split(",") if "=" in pair)
    if not pairs:
        raise InputError(f"--adapters {options.adapters!r} names no run. Write TASK=RUN, several with commas.")
    if bad := [task for task in pairs if not task.replace("-", "").replace("_", "").isalnum()]:
        raise InputError(f"The task {bad[0]!r} cannot be part of a file's name. Use letters, digits, - and _.")
    found = [
        runs.read(task, Path(folder), options.base, merged=options.merged, data_dir=options.data_dir)
        for task, folder in pairs.items()
    ]
    for run in found:
        if run.why and options.served:
            raise InputError(f"{run.task} cannot be an adapter of {options.served}: {run.why}. Leave out --served.")
        if run.why:
            print(f"{run.task} is exported as a whole model: {run.why}.", flush=True)
    return found
