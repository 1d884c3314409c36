"""Hold a trained run against its base: losses, forgetting, lm-eval tasks, the app's own figures, blind duels.

    python -m finetune.evaluate runs/brainstorm
    python -m finetune.evaluate runs/study --data runs/data/finetome --tasks arc_challenge,which_idea --limit 200
    python -m finetune.evaluate runs/brainstorm --judge http://localhost:8080/v1 --judge_model qwen2.5-7b --prompts 100
    python -m finetune.evaluate path/to/model --base path/to/its/base --data runs/data/finetome --out runs/evaluated

Writes report.md and report.json into the run's folder, and evaluation/ beside them with each part as it is done: the
same command again goes on from there. docs/evaluation.md tells how to read them.
"""

import argparse
import json
import sys
from pathlib import Path

from finetune import record
from finetune.evaluation import harness, heldout, parts, report, subject, voting
from finetune.evaluation.kept import Kept
from finetune.evaluation.parts import NotMeasured
from finetune.sweeping.locks import hold
from workbench.errors import InputError, WorkbenchError

PARTS = ("losses", "tasks", "quality", "duels")


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = made.add_argument
    add("run", type=Path, help="a run's folder, an adapter's, or a whole model's")
    add("--base", type=Path, help="the base, where the run does not say it")
    add("--data", type=Path, help="the data set of finetune.prepare; default: what the run was trained on")
    add("--out", type=Path, help="where to write; default: the run's folder")
    add("--parts", type=_names, default=list(PARTS), help=f"which of {','.join(PARTS)}")
    add("--rows", type=int, default=2000, help="held-out rows of each kind, at most")
    add("--general", type=Path, help="general text (.txt, .md, JSON Lines with `text`) to see what was forgotten")
    add("--tasks", type=_names, help=f"lm-eval tasks; default: {','.join(harness.DEFAULT)} and those of --tasks_path")
    add("--tasks_path", type=Path, help="a folder of your own lm-eval tasks: YAML over local JSON Lines")
    add("--limit", type=int, help="rows of each task, at most")
    add("--export", type=Path, help="the exported model for the app's own figures; default: export/ in the run")
    add("--ideas", type=int, default=8, help="ideas on each topic, for the app's own figures")
    add("--topics", type=Path, help="topics for the app's own figures, one a line; default: all held-out ones")
    add("--quality_rows", type=int, default=40, help="held-out rows, for the app's own figures")
    add("--judge", help="who judges the duels: a GGUF file, a model's folder, or http://host:port/v1")
    add("--judge_model", default="", help="what the server calls the judge")
    add("--prompts", type=int, default=0, help="questions for the duels; default: 60 with a judge, else none")
    add("--votes", type=Path, help="people's votes on pairs.csv: a CSV file with id and choice")
    add("--batch_size", type=int, default=16, help="of the tasks")
    add("--device", default="cpu")
    add("--threads", type=int, default=2)
    add("--seed", type=int, default=1)
    return made


def _names(value: str) -> list[str]:
    return [name.strip() for name in value.split(",") if name.strip()]


def main(argv: list[str] | None = None) -> int:
    """Measure and write the report; return 1 when something that was named could not be measured."""
    options = parser().parse_args(argv)
    found = evaluate(options)
    for name, why in found["not_measured"].items():
        print(f"{name}: not measured. {why}", file=sys.stderr)
    print("\n".join(report.verdict(found)))
    print(f"Written: {out_of(options) / 'report.md'}")
    return int(bool(options.tasks and "tasks" in found["not_measured"]))


def out_of(options: argparse.Namespace) -> Path:
    if options.out is None and not (options.run / "run.json").is_file():
        raise InputError(f"{options.run} is no run's folder. Say with --out where the report is to go.")
    return options.out or options.run


def evaluate(options: argparse.Namespace) -> dict:
    """Measure what was asked for and write the report; return it."""
    check(options)
    compared = subject.find(options.run, options.base)
    out = out_of(options)
    held = hold(out / "evaluation" / ".lock")
    if held is None:
        raise InputError(f"{out} is being evaluated by another process. Let it end, or name another --out.")
    with held:
        return _evaluate(options, compared, out)


def _evaluate(options: argparse.Namespace, compared: subject.Subject, out: Path) -> dict:
    if "tasks" in options.parts:
        harness.check_hub()
    import torch

    if options.device == "cpu":
        torch.set_num_threads(options.threads)
    options.data = data_of(options, compared)
    kept = Kept(out / "evaluation", subject.hashes(compared))
    models = subject.Models(compared, options.device)
    found = earlier(out, kept.inputs) | {
        "name": options.run.name, "made": record.now(), "commit": record.commit(), "machine": record.machine(),
        "base": str(compared.base), "tuned": str(compared.tuned), "hashes": kept.inputs,
        "options": {k: str(v) if isinstance(v, Path) else v for k, v in vars(options).items()}, "not_measured": {},
    }  # fmt: skip
    learned = heldout.learned(compared.settings, options.data, options.rows)
    makers = {
        "losses": lambda: parts.measure_losses(options, compared, models, learned, kept),
        "tasks": lambda: parts.measure_tasks(options, models, kept),
        "quality": lambda: parts.measure_quality(options, kept),
        "duels": lambda: parts.measure_duels(options, compared, models, learned, kept),
    }
    for name in PARTS:
        if name not in options.parts:
            continue
        try:
            found[name] = makers[name]()
        except NotMeasured as reason:
            found["not_measured"][name] = str(reason)
        report.write(out, found)  # after each part: a page may show what is there
    if (tasks := found.get("tasks")) and tasks["missing"]:
        found["not_measured"]["tasks"] = tasks["missing"]
    if options.votes:
        found["people"] = voting.read(options.votes, kept.folder / "pairs-key.json", options.seed)
    report.write(out, found)
    return found


def earlier(out: Path, hashes: dict) -> dict:
    """Return the parts of an earlier report on the same weights: those not asked for again stay in it."""
    path = out / "report.json"
    found = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return {name: found[name] for name in (*PARTS, "people") if name in found and found.get("hashes") == hashes}


def check(options: argparse.Namespace) -> None:
    """Raise InputError for options that mean nothing."""
    if unknown := [name for name in options.parts if name not in PARTS]:
        raise InputError(f"There is no part {unknown[0]!r}. Choose from {', '.join(PARTS)}.")
    for name in ("rows", "limit", "ideas", "quality_rows", "batch_size", "threads"):
        value = getattr(options, name)
        if value is not None and value < 1:
            raise InputError(f"--{name} {value} measures nothing. Give 1 or more.")


def data_of(options: argparse.Namespace, compared: subject.Subject) -> Path | None:
    """Return the data set's folder; None for a task of the idea set."""
    if options.data:
        return options.data
    return Path(compared.settings.data_dir) if compared.settings.data_dir else None


if __name__ == "__main__":
    try:
        sys.exit(main())
    except WorkbenchError as error:
        sys.exit(str(error))
