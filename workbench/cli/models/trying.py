"""models try: how quick a model is here, how much memory it takes, and which model suits this machine."""

import argparse
import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from workbench.cli.models.asking import end, gigabytes, show
from workbench.errors import ModelMissing
from workbench.settings import settings

if TYPE_CHECKING:
    from workbench.models.recommend import Advice, Measured


def words(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `try`."""
    attempt = verbs.add_parser("try", help="a short measured trial; which model suits this machine")
    attempt.add_argument("name", nargs="?", help="an installed model, or a GGUF file (the one in use)")
    attempt.add_argument("--json", action="store_true", help="one JSON object: busy, tried, measured, advice")
    attempt.set_defaults(run=try_model)


def try_model(arguments: argparse.Namespace, out: TextIO) -> int:
    """Try a model in a process of its own; recommend from it, or from a stand-in where it is too small to tell."""
    from workbench.engine.footprint import available
    from workbench.models import machine, read_model
    from workbench.models.catalogue import read_catalogue
    from workbench.models.recommend import recommend
    from workbench.models.trial import run_trial

    chosen = settings()
    model, busy = read_model(_place(arguments.name)), machine.busy()
    show(f"trying {model.name} ...")
    trial = run_trial(model.base)
    measured = machine.measured_of(model.name, trial)
    if trial.bytes < machine.LARGE:
        show("measuring this machine with a stand-in of random weights ...")
        measured = machine.measure(chosen.models)
    end()
    advice = recommend(
        read_catalogue(chosen.catalogue).entries, measured, free=available(), context=chosen.context
    )  # fmt: skip
    if arguments.json:
        rows = [asdict(each) | {"entry": each.entry.name, "words": each.words} for each in advice]
        tried = {"name": model.name} | asdict(trial)
        record = {"busy": busy, "tried": tried, "measured": asdict(measured), "advice": rows}
        print(json.dumps(record, ensure_ascii=False), file=out)
        return 0
    print(
        f"{model.name}: loads in {trial.load_s:.1f} s, reads {trial.prompt_per_s:,.0f} tokens a second, writes "
        f"{trial.decode_per_s:,.0f} (eight answers side by side: {trial.wide_per_s:,.0f}), takes "
        f"{gigabytes(trial.peak_bytes)} at most.",
        file=out,
    )
    _print_advice(advice, measured, out)
    if busy:
        print("\nOther work wants this processor too just now: when it is idle, everything is quicker.", file=out)
    return 0


def _place(name: str | None) -> Path:
    chosen = settings()
    if name is None:
        return chosen.model
    for place in (chosen.models / name, chosen.models / f"{name}.gguf", Path(name)):
        if place.exists():
            return place
    raise ModelMissing(f"There is no model {name!r}: `python -m workbench models` lists what there is.")


def _print_advice(advices: "list[Advice]", measured: "Measured", out: TextIO) -> None:
    from workbench.models.recommend import in_words

    print(f"\n{in_words(advices, measured)}\n", file=out)
    for each in advices:
        mark = "*" if each.recommended else " "
        print(f"{mark} {each.entry.name:<24} {each.words}", file=out)
