"""A starter's report: what its ideas, rewrites and checks are worth on held-out topics, each figure between two ends.

    python -m finetune.starter_report --embedding_model MINILM.gguf --out report.json report.md
    python -m finetune.starter_report --model FOLDER --topics 20 --rows 20 --parts ideas,bits
    python -m finetune.starter_report --base B.gguf --brainstorm A.gguf --refine R.gguf
    python -m finetune.starter_report --compare data/models/starter --compare FOLDER      (the first is the reference)
    python -m finetune.starter_report --sheet sheet.md                 (20 topics to be read blind, and their key)
    python -m finetune.starter_report --sheet sheet.md --key sheet.key.json               (what was marked in it)

Prints Markdown, or JSON with --json. With --keep FILE a stopped run goes on where it was. docs/quality.md tells what
the figures mean; `python -m finetune.embedding_gguf` makes the embedding model.
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path

from finetune.reporting import brainstorming, material, measuring, sheet, subjects, tables
from finetune.reporting.measuring import PARTS
from workbench.bench import machine
from workbench.bench.quality.report import Progress
from workbench.errors import InputError, WorkbenchError
from workbench.settings import ROOT

WRITERS = {".json": lambda report: json.dumps(report, ensure_ascii=False, indent=1), ".md": tables.markdown}


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = made.add_argument
    add("--model", type=Path, default=ROOT / "data" / "models" / "starter", help="a folder with a manifest, or a GGUF")
    add("--base", type=Path, help="a base as a GGUF, in place of --model")
    add("--brainstorm", type=Path, help="its brainstorm adapter")
    add("--refine", type=Path, help="its refine adapter")
    add("--compare", type=Path, action="append", default=[], help="a model in place of --model; again for each column")
    add("--ideas_dir", type=Path, default=ROOT / "data" / "ideas")
    add("--topics", type=int, help="held-out topics, at most; default: all")
    add("--rows", type=int, help="held-out rows to refine, to judge, and rated answers, at most; default: all")
    add("--n", type=int, default=8, help="ideas on each topic")
    add("--seed", type=int, default=1)
    add("--parts", type=_parts, default=list(PARTS), help=f"which of {','.join(PARTS)}")
    add("--embedding_model", type=Path, help="all-MiniLM-L6-v2 as a GGUF; without it what needs it is not measured")
    add("--keep", type=Path, help="JSON Lines of the model's answers: a stopped run goes on from there")
    add("--threads", type=int, help="of the engine; default: as the app")
    add("--json", action="store_true", help="print JSON in place of Markdown")
    add("--out", type=Path, nargs="+", default=[], help="files to write: .json, .md")
    add("--sheet", type=Path, help="write the sheet for a blind reading instead")
    add("--key", type=Path, help="the key of a filled-in --sheet: print what was marked")
    return made


def main(argv: list[str] | None = None) -> None:
    options = parser().parse_args(argv)
    check(options)
    if options.key:
        print(sheet.tally(options.sheet, options.key))
        return
    with tempfile.TemporaryDirectory(prefix="starter-report-") as folder:
        models = subjects_of(options, Path(folder))
        if options.sheet:
            print(write_sheet(models[0], options))
            return
        report = report_on(models, options)
    for path in options.out:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(WRITERS[path.suffix](report) + "\n", encoding="utf-8")
    print(WRITERS[".json" if options.json else ".md"](report))


def check(options: argparse.Namespace) -> None:
    """Raise InputError for options that mean nothing together."""
    for name, least in (("topics", 1), ("rows", 2), ("n", 2), ("threads", 1)):
        value = getattr(options, name)
        if value is not None and value < least:
            raise InputError(f"--{name} {value} measures nothing. Give {least} or more.")
    if wrong := next((path for path in options.out if path.suffix not in WRITERS), None):
        raise InputError(f"--out {wrong} ends neither in .json nor in .md.")
    if options.base is None and (options.brainstorm or options.refine):
        raise InputError("An adapter was named without its base. Give that with --base.")
    if options.base and options.compare:
        raise InputError("--base names one model, --compare several. Give one or the other.")
    if options.key and not options.sheet:
        raise InputError("A key says nothing alone. Name the filled-in sheet with --sheet.")
    if options.embedding_model and not options.embedding_model.is_file():
        raise InputError(f"There is no {options.embedding_model}. `python -m finetune.embedding_gguf` makes one.")


def subjects_of(options: argparse.Namespace, folder: Path) -> list[subjects.Subject]:
    """Return the models that the options name; loose files are tied together in `folder`."""
    if options.base:
        adapters = {"brainstorm": options.brainstorm, "refine": options.refine}
        return [subjects.of_files(options.base, adapters, folder)]
    return subjects.of_folders(options.compare or [options.model])


def report_on(models: list[subjects.Subject], options: argparse.Namespace) -> dict:
    """Measure each model and return the report."""
    held = material.read(options.ideas_dir, options.topics, options.rows)
    tell, figures, described = Progress(), [], []
    for model in models:
        found, examples = measuring.measure(model, held, options, lambda words, m=model: tell(f"{m.name}, {words}"))
        figures.append(found)
        described.append(model.described | {"examples": examples})
    settings = {
        "topics": len(held.topics), "refine_rows": len(held.refine), "evaluate_rows": len(held.evaluate),
        "n": options.n, "seed": options.seed, "parts": options.parts,
        "embedding": options.embedding_model.stem if options.embedding_model else None,
    }  # fmt: skip
    return tables.as_json({"machine": machine.describe(), "settings": settings}, described, figures)


def write_sheet(model: subjects.Subject, options: argparse.Namespace) -> str:
    """Ask for the ideas of the sheet, write it and its key, and say where they are."""
    held = material.read(options.ideas_dir)
    places = material.spread_over(held, options.topics or sheet.TOPICS)
    with measuring.asking(model, options) as answers:
        said = brainstorming.ask(answers, held, sheet.IDEAS, options.seed, Progress(), places)
    about = {"model": model.described, "seed": options.seed}
    key = sheet.write(options.sheet, said, [held.written[place] for place in places], about, options.seed)
    return f"Written: {options.sheet}, and its key: {key}"


def _parts(value: str) -> list[str]:
    names = [name.strip() for name in value.split(",") if name.strip()]
    if unknown := [name for name in names if name not in PARTS]:
        raise argparse.ArgumentTypeError(f"there is no part {unknown[0]!r}; choose from {', '.join(PARTS)}")
    return names


if __name__ == "__main__":
    try:
        main()
    except WorkbenchError as error:
        sys.exit(str(error))
