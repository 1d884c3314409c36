"""What a run leaves behind for the next one to trust: config, versions, commit, machine, curve."""

import json
import os
import platform
import subprocess
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
