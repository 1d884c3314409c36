"""What a run leaves behind for the next one, and for the Training page, to trust.

    run.json       inputs (config, seed, versions, commit, machine, hashes), the process at work, and what it came to
    config.yaml    the whole config as used: `python -m finetune.train --config RUN/config.yaml` repeats or resumes it
    curve.jsonl    one line a log or evaluation, appended and flushed: step, loss, tokens, seconds, eval_NAME_loss
    progress.json  how far a run is, about once a second
    table.md       `Step | Training Loss | Validation Loss`
"""

import json
import os
import platform
import resource
import shlex
import socket
import subprocess
import sys
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from types import SimpleNamespace

import psutil
import yaml

PACKAGES = ("torch", "transformers", "trl", "peft", "datasets", "accelerate")


def start(folder: Path, settings: SimpleNamespace, *, script: str = "finetune.train", **facts) -> None:
    """Write `run.json` and `config.yaml`: the inputs of the run, saved with its outputs."""
    record = {
        "started": now(),
        "command": command(script, folder, settings),
        "process": process(),
        "seed": settings.seed,
        "config": settings_of(settings),
        "versions": {name: version(name) for name in PACKAGES},
        "python": platform.python_version(),
        "machine": machine(),
        "commit": commit(),
    } | facts
    write(folder / "run.json", record)
    whole = {key: str(value) if isinstance(value, Path) else value for key, value in vars(settings).items()}
    (folder / "config.yaml").write_text(yaml.safe_dump(whole, sort_keys=False), encoding="utf-8")


def resume(folder: Path, step: int) -> None:
    """Note in `run.json` that the run goes on from `step`; what the curve holds beyond that is done again."""
    made = read(folder)
    made.pop("finished", None)
    again = [*made.get("resumed", []), {"at": now(), "step": step}]
    write(folder / "run.json", made | {"process": process(), "resumed": again, "failed": None})
    kept = [json.dumps(line) for line in curve(folder) if line.get("step", 0) <= step]
    aside = folder / ".new-curve.jsonl"
    aside.write_text("".join(line + "\n" for line in kept), encoding="utf-8")
    aside.replace(folder / "curve.jsonl")


def finish(folder: Path, losses: dict, *, steps: int, seconds: float, tokens: int) -> None:
    """Add what it took to `run.json`, and write the curve as the table that people publish."""
    took = {"finished": now(), "steps": steps, "seconds": round(seconds, 1), "final": losses}
    if tokens and seconds:
        took |= {"tokens": tokens, "tokens_per_s": round(tokens / seconds)}
    write(folder / "run.json", read(folder) | took | memory())
    (folder / "table.md").write_text(table(curve(folder)), encoding="utf-8")


def fail(folder: Path, reason: str) -> None:
    """Note in `run.json` why the run ended early; on a full disk not even that can be written."""
    try:
        write(folder / "run.json", read(folder) | {"failed": {"at": now(), "reason": reason}})
    except OSError:
        pass


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


def command(script: str, folder: Path, settings: SimpleNamespace) -> str:
    """Return the line that repeats a run, or goes on with it."""
    processes, start_with = int(os.environ.get("WORLD_SIZE", "1")), "python"
    if processes > 1:
        fsdp = os.environ.get("ACCELERATE_USE_FSDP") == "true"
        kind = "fsdp" if fsdp else "ddp-cpu" if settings.device == "cpu" else "ddp"
        config = f"finetune/configs/accelerate/{kind}.yaml"
        start_with = f"accelerate launch --config_file {config} --num_processes {processes}"
    return f"{start_with} -m {script} --config {shlex.quote(str(folder / 'config.yaml'))}"


def process() -> dict:
    """Return who is at work, so that others can tell whether it still is."""
    me = psutil.Process()
    return {"pid": me.pid, "started": me.create_time(), "host": socket.gethostname()}


def machine() -> str:
    """Return the machine in words, its GPUs included."""
    import torch

    gpus = [torch.cuda.get_device_name(number) for number in range(torch.cuda.device_count())]
    return ", ".join([platform.machine(), f"{os.cpu_count()} CPU cores", *gpus])


def memory() -> dict:
    """Return the peak memory of this process, and of its GPU when it used one, in MB."""
    import torch

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    found = {"peak_memory_mb": round(peak / (1e6 if sys.platform == "darwin" else 1e3))}  # bytes there, kB elsewhere
    if torch.cuda.is_available() and torch.cuda.max_memory_allocated():
        found["peak_gpu_memory_mb"] = round(torch.cuda.max_memory_allocated() / 1e6)
    return found


def commit() -> str:
    """Return the commit of the working tree, or `unknown` outside a repository."""
    found = subprocess.run(["git", "rev-parse", "HEAD"], capture_output=True, text=True, cwd=Path(__file__).parent)
    return found.stdout.strip() or "unknown"


def log(folder: Path, **row) -> None:
    """Append one line to `curve.jsonl`, and show it."""
    append(folder, **row)
    print(json.dumps(row), flush=True)


def append(folder: Path, **row) -> None:
    """Append one line to `curve.jsonl`; closing the file flushes it, so that others see it at once."""
    with (folder / "curve.jsonl").open("a", encoding="utf-8") as out:
        out.write(json.dumps(row) + "\n")


def curve(folder: Path) -> list[dict]:
    """Return the lines of the curve; one that a kill cut off is left out."""
    path = folder / "curve.jsonl"
    found = []
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else []:
        try:
            found.append(json.loads(line))
        except ValueError:
            continue
    return found


def read(folder: Path) -> dict:
    return json.loads((folder / "run.json").read_text(encoding="utf-8"))


def write(path: Path, data: dict) -> None:
    """Write JSON whole or not at all: readers and a full disk never leave half a file."""
    aside = path.with_name(f".new-{path.name}")
    aside.write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    aside.replace(path)


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
