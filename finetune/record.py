"""What a run leaves behind for the next one to trust: config, versions, commit, machine, curve."""

import json
import os
import platform
import resource
import subprocess
import sys
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from types import SimpleNamespace

PACKAGES = ("torch", "transformers", "trl", "peft", "datasets", "accelerate")


def start(folder: Path, settings: SimpleNamespace, **facts) -> None:
    """Write `run.json`: the inputs of the run, saved with its outputs."""
    record = {
        "started": now(),
        "config": settings_of(settings),
        "versions": {name: version(name) for name in PACKAGES},
        "python": platform.python_version(),
        "machine": f"{platform.machine()}, {os.cpu_count()} CPU cores",
        "commit": commit(),
    } | facts
    write(folder / "run.json", record)


def finish(folder: Path, losses: dict, *, steps: int, seconds: float, tokens: int) -> None:
    """Add what it took to `run.json`, and write the curve as the table that people publish."""
    path = folder / "run.json"
    made = json.loads(path.read_text(encoding="utf-8"))
    took = {"finished": now(), "steps": steps, "seconds": round(seconds, 1), "final": losses}
    if tokens and seconds:
        took["tokens_per_s"] = round(tokens / seconds)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    took["peak_memory_mb"] = round(peak / (1e6 if sys.platform == "darwin" else 1e3))  # bytes there, kB elsewhere
    write(path, made | took)
    (folder / "table.md").write_text(table(curve(folder)), encoding="utf-8")


def table(lines: list[dict]) -> str:
    """Return `Step | Training Loss | Validation Loss` of a curve, in Markdown."""
    training: dict[int, float] = {}
    validation: dict[int, float] = {}
    for line in lines:
        if "loss" in line:
            training[line["step"]] = line["loss"]
        for key, value in line.items():
            if key.startswith("eval_") and key.endswith("loss"):
                validation.setdefault(line["step"], value)  # the first held-out kind
        if line.get("heldout"):
            validation.setdefault(line["step"], next(iter(line["heldout"].values())))
    rows, latest = ["| Step | Training Loss | Validation Loss |", "|---|---|---|"], None
    for step in sorted({*training, *validation}):
        latest = training.get(step, latest)
        if step in validation:
            shown = "" if latest is None else f"{latest:.4f}"
            rows.append(f"| {step} | {shown} | {validation[step]:.4f} |")
    return "\n".join(rows) + "\n"


def settings_of(settings: SimpleNamespace) -> dict:
    """Return the settings without the folders, which say nothing about the result."""
    return {key: value for key, value in vars(settings).items() if not key.endswith("_dir")}


def commit() -> str:
    """Return the commit of the working tree, or `unknown` outside a repository."""
    found = subprocess.run(["git", "rev-parse", "HEAD"], capture_output=True, text=True, cwd=Path(__file__).parent)
    return found.stdout.strip() or "unknown"


def log(folder: Path, **row) -> None:
    """Append one line to `curve.jsonl`, and show it."""
    line = json.dumps(row)
    with (folder / "curve.jsonl").open("a", encoding="utf-8") as out:
        out.write(line + "\n")
    print(line, flush=True)


def curve(folder: Path) -> list[dict]:
    path = folder / "curve.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []


def write(path: Path, data: dict) -> None:
    path.write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
