"""The app's own figures (docs/quality.md) on an exported model: the base alone against the base with its adapters."""

from pathlib import Path

from workbench.bench.quality import report
from workbench.bench.quality.chart import SHOWN
from workbench.errors import EngineClosed, InputError
from workbench.models import read_model
from workbench.settings import Settings

SIDES = ("base", "tuned")


def export_of(run: Path, named: Path | None) -> Path | None:
    """Return the folder of the exported model: the named one, or `export/` in the run; None when there is none."""
    if named and not (named / "manifest.json").is_file():
        raise InputError(f"There is no exported model at {named}. Name a folder that finetune.export wrote.")
    return named or (run / "export" if (run / "export" / "manifest.json").is_file() else None)


def measure(export: Path, side: str, keep: Path, *, topics: Path | None, ideas: int, rows: int, seed: int) -> dict:
    """Return the figures of one side; the model's answers are kept in `keep`, so that a stopped call goes on."""
    model = read_model(export).base if side == "base" else export
    try:
        asked = report.Asked(topics=topics, n=ideas, rows=rows, seed=seed, keep=keep)
        measured = report.measure(Settings(model=model), asked)
    except EngineClosed as error:
        raise InputError(f"{export} cannot be loaded: {error}") from error
    figures = {key: measured[key] for key in SHOWN if measured.get(key) is not None}
    return {"figures": figures, "intervals": {k: v for k, v in measured["intervals"].items() if k in figures}}


def compared(base: dict, tuned: dict) -> dict:
    """Return each figure of both sides with its interval, in the words of docs/quality.md."""
    sides = {"base": base, "tuned": tuned}
    shared = [key for key in SHOWN if all(key in found["figures"] for found in sides.values())]
    return {
        SHOWN[key]: {side: [found["figures"][key], found["intervals"].get(key)] for side, found in sides.items()}
        for key in shared
    }
