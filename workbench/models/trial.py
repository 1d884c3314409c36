"""A trial of a model file in a child process: whatever the file does to llama.cpp, this process lives and says so."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from workbench.errors import ModelDamaged, ModelTooLarge
from workbench.settings import ROOT

SECONDS = 60.0  # for a small model; what is larger gets more
BYTES_A_SECOND = 20_000_000  # even a slow disk reads so many
LOOK = 0.05  # seconds between two looks at the child
NEWEST = "Get it anew, or pick another file."
# No debugger for llama.cpp's last words, and no pool of threads that numpy does not need here.
ENVIRONMENT = {"GGML_NO_BACKTRACE": "1", "OPENBLAS_NUM_THREADS": "1", "PYTHONFAULTHANDLER": ""}


@dataclass(frozen=True, slots=True)
class Trial:
    """What a trial measured; speeds in tokens a second, sizes in bytes. See engine/trial.py."""

    parameters: int
    bytes: int
    threads: int
    load_s: float
    prompt_per_s: float
    decode_per_s: float
    wide_per_s: float
    peak_bytes: int
    text: str


def run_trial(
    base: Path, adapter: Path | None = None, *, seconds: float | None = None, memory: int | None = None,
    go_on: Callable[[], bool] = lambda: True,
) -> Trial:  # fmt: skip
    """Load the file in a child process, let it answer, and return the figures.

    `seconds`: wall time it gets; `memory`: bytes beside the program; both by the file's size if None. `go_on` is asked
    meanwhile, and False ends it. Raises ModelError with what is wrong with the file.
    """
    tried = adapter or base
    allowed = seconds if seconds is not None else SECONDS + base.stat().st_size / BYTES_A_SECOND
    command = [sys.executable, "-m", "workbench.engine.trial", str(base), "--seconds", str(allowed)]
    command += ["--adapter", str(adapter)] if adapter else []
    command += ["--memory", str(memory)] if memory is not None else []
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        child = subprocess.Popen(
            command, cwd=ROOT, env=os.environ | ENVIRONMENT, stdin=subprocess.DEVNULL, stdout=out, stderr=err,
            start_new_session=True,
        )  # fmt: skip
        try:
            ended = _wait(child, allowed, go_on)
        finally:
            if child.poll() is None:
                child.kill()
                child.wait()
        return _read(tried, ended, child.returncode, _json(out), _last_line(err), allowed)


def _wait(child: "subprocess.Popen[bytes]", allowed: float, go_on: Callable[[], bool]) -> bool:
    """Wait for its end; False when the time is over or nobody wants it any more."""
    until = time.monotonic() + allowed
    while child.poll() is None:
        if time.monotonic() > until or not go_on():
            return False
        try:
            child.wait(LOOK)
        except subprocess.TimeoutExpired:
            continue
    return True


def _read(path: Path, ended: bool, status: int, found: dict[str, Any], last: str, allowed: float) -> Trial:
    """Return the figures. Raises ModelError for everything else that came of the child."""
    if not ended or status == -getattr(signal, "SIGXCPU", 0):
        raise ModelDamaged(
            f"{path.name} did not come to an end of its trial within {allowed:.0f} seconds, and was stopped. {NEWEST}"
        )
    if "error" in found:
        kind = ModelTooLarge if found.get("kind") == "ModelTooLarge" else ModelDamaged
        raise kind(_explained(path, str(found["error"]), str(found.get("llama.cpp", ""))))
    if status == -signal.SIGKILL:  # what the system does when there is no memory left
        raise ModelTooLarge(f"{path.name} took all the memory there was in its trial, and was stopped. {NEWEST}")
    if status < 0:
        name = signal.Signals(-status).name
        raise ModelDamaged(
            f"{path.name} made llama.cpp crash ({name}{': ' + last if last else ''}) in its trial; the app itself did "
            f"not touch it. {NEWEST}"
        )
    if status or not found:
        raise ModelDamaged(f"{path.name} could not be tried ({last or f'status {status}'}). {NEWEST}")
    return Trial(**found)


def _explained(path: Path, error: str, complaint: str) -> str:
    """Return the child's sentence, or a better one where llama.cpp has said what is wrong."""
    if "unknown model architecture" in complaint:
        from importlib.metadata import version

        architecture = complaint.rpartition("architecture: ")[2].strip("'")
        return (
            f"{path.name} is of the architecture {architecture!r}, which llama.cpp as installed (llama-cpp-python "
            f"{version('llama-cpp-python')}) does not know. Pick a model that it knows."
        )
    if complaint and error.startswith("llama.cpp cannot"):
        return f"llama.cpp cannot load {path.name}: {complaint.strip().rstrip('.')}. {NEWEST}"
    return error


def _json(out: IO[bytes]) -> dict[str, Any]:
    out.seek(0)
    try:
        found = json.loads(out.read())
    except ValueError:  # it did not get that far
        return {}
    return found if isinstance(found, dict) else {}


def _last_line(err: IO[bytes]) -> str:
    """Return the end of what it said, for instance a failed assertion."""
    err.seek(max(0, err.seek(0, os.SEEK_END) - 4096))
    lines = err.read().decode("utf-8", "replace").strip().splitlines()
    told = next((line for line in lines if "GGML_ASSERT" in line), lines[-1] if lines else "")
    return told.rpartition("/")[2][:200].rstrip(".")
