"""Run and sweep records as the scripts write them, without training anything."""

import json
import os
import socket
from pathlib import Path

import psutil

CONFIG = {"method": "lora", "rank": 16, "learning_rate": 2e-4, "epochs": 1, "seed": 1, "packing": False}
FINISHED = {"finished": "2026-11-20T10:05:00+00:00", "steps": 40, "seconds": 300.0, "tokens_per_s": 900,
            "peak_memory_mb": 1200, "final": {"validation": 2.1, "test": 2.3}}  # fmt: skip


def at_work() -> dict:
    """Return the process of this very test, which is alive."""
    me = psutil.Process(os.getpid())
    return {"pid": me.pid, "started": me.create_time(), "host": socket.gethostname()}


def gone() -> dict:
    """Return a process that has ended: this one's number with another beginning."""
    return at_work() | {"started": 1.0}


def run(root: Path, name: str, losses: dict[int, float], **facts: object) -> Path:
    """Write a run whose held-out loss goes through `losses`; the training loss lies a little below."""
    folder = root / name
    folder.mkdir(parents=True)
    record = {
        "started": "2026-11-20T10:00:00+00:00", "command": f"python -m finetune.train --config runs/{name}/config.yaml",
        "config": CONFIG, "rows": 640, "trainable_parameters": 651264, "commit": "abc",
        "data": {"train.jsonl": "f" * 64},
    }  # fmt: skip
    (folder / "run.json").write_text(json.dumps(record | facts), encoding="utf-8")
    with (folder / "curve.jsonl").open("w", encoding="utf-8") as out:
        for step, loss in losses.items():
            out.write(json.dumps({"step": step, "loss": loss - 0.1, "learning_rate": 2e-4, "seconds": step}) + "\n")
            out.write(json.dumps({"step": step, "eval_validation_loss": loss}) + "\n")
    return folder


def progress(folder: Path, step: int, steps: int = 40) -> None:
    (folder / "progress.json").write_text(
        json.dumps({"step": step, "steps": steps, "loss": 2.5, "tokens_per_s": 812, "seconds_left": 95.0})
    )


def sweep(root: Path, name: str = "sweep-rates") -> Path:
    """Write a finished sweep of three trials, the second the best."""
    trials = [
        {
            "number": at, "folder": f"trial-{at:03}", "state": "complete",
            "settings": {"learning_rate": rate, "rank": 16}, "seed": 1, "loss": loss,
            "losses": {"validation": loss, "test": loss + 0.2}, "seconds": 60.0,
            "tokens_per_s": 900, "peak_memory_mb": 1100, "curves": {"validation": [[0, 3.0], [20, loss]]},
        }
        for at, (rate, loss) in enumerate(((1e-4, 2.4), (3e-4, 2.1), (1e-3, 2.2)))
    ]  # fmt: skip
    made = {
        "name": name, "strategy": "grid", "judge_by": "validation", "started": "2026-11-20T11:00:00+00:00",
        "finished": "2026-11-20T12:00:00+00:00", "trials": trials,
        "choice": {"settings": {"learning_rate": 3e-4}, "line": "Choose learning_rate 0.0003, because it is lowest."},
    }  # fmt: skip
    (root / name).mkdir(parents=True)
    (root / name / "sweep.json").write_text(json.dumps(made), encoding="utf-8")
    return root / name
