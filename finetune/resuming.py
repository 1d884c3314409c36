"""Whether a run folder may be gone on with: not by another config, and not while another process is at work in it."""

import json
import os
from pathlib import Path
from types import SimpleNamespace

import yaml

from workbench.errors import InputError
from workbench.training.process import at_work

# What may change between two calls: it says how a run is watched and where it lies, not what comes of it.
FREE = {"run_dir", "data_dir", "ideas_dir", "threads", "preview", "logging_steps", "eval_steps", "save_steps",
        "save_total_limit"}  # fmt: skip


def refuse_other(out: Path, settings: SimpleNamespace) -> None:
    """Raise InputError if the checkpoints in `out` are of another config, or somebody is at work there."""
    if (out / "run.json").is_file():
        _refuse_busy(out, json.loads((out / "run.json").read_text(encoding="utf-8")).get("process") or {})
    if not (out / "config.yaml").is_file() or not any(out.glob("checkpoint*")):
        return
    before = yaml.safe_load((out / "config.yaml").read_text(encoding="utf-8"))
    now = json.loads(json.dumps(vars(settings), default=str))
    for key in before.keys() & now.keys() - FREE:
        if before[key] != now[key]:
            raise InputError(
                f"{out} holds a run with {key} {before[key]!r}, not {now[key]!r}. "
                "Name another --run_dir, or remove that folder to begin anew."
            )


def _refuse_busy(out: Path, process: dict) -> None:
    if process.get("pid") != os.getpid() and at_work(process):
        raise InputError(f"Process {process['pid']} is training in {out}. Wait for it, or name another --run_dir.")
