"""What a stage takes from the machine: asked for before it begins, measured while it runs."""

import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

from workbench.errors import InputError

SPARE_DISK = 200_000_000  # bytes that stay free
LIBRARIES = 600_000_000  # bytes of memory that torch, transformers and peft take


SMALL = 64_000_000  # bytes of a model file: with less, threads wait for each other longer than they work


@dataclass(frozen=True)
class Took:
    """What a child process took. Peak memory is its largest resident set (VmHWM): its own memory and every mapped
    page of a file that it touched."""

    seconds: float
    peak_bytes: int


def require_disk(folder: Path, needed: int, what: str) -> None:
    """Raise InputError unless `needed` bytes are free where `folder` lies or will lie."""
    there = next(parent for parent in (folder, *folder.absolute().parents) if parent.is_dir())
    free = shutil.disk_usage(there).free
    if free < needed + SPARE_DISK:
        raise InputError(
            f"{what} needs {(needed + SPARE_DISK) / 1e9:.1f} GB on the disk of {there}, {free / 1e9:.1f} GB are free. "
            "Make room, or ask for fewer quantisations."
        )


def require_memory(needed: int, what: str) -> None:
    """Raise InputError unless `needed` bytes of memory are available."""
    free = psutil.virtual_memory().available
    if free < needed:
        raise InputError(
            f"{what} needs about {needed / 1e9:.1f} GB of memory, {free / 1e9:.1f} GB are available. "
            "Close other programs, or do it on a larger machine."
        )


def threads(model: Path) -> int:
    """Return how many threads a model is worth, a file or a folder: one, or the physical cores."""
    files = model.glob("*.safetensors") if model.is_dir() else [model]
    small = sum(path.stat().st_size for path in files) < SMALL
    return 1 if small else psutil.cpu_count(logical=False) or 1


def run(command: list[str], what: str) -> Took:
    """Run a stage in a process of its own. Raises InputError with the sentence it ended with, or RuntimeError."""
    began, peak = time.monotonic(), 0
    # A file, not a pipe: a converter's log is longer than a pipe holds, and nobody reads it meanwhile.
    with (
        tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as log,
        subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=log) as process,
    ):
        try:
            watched = psutil.Process(process.pid)
            while process.poll() is None:
                peak = max(peak, _peak(watched))
                try:
                    process.wait(0.05)
                except subprocess.TimeoutExpired:
                    pass
        except BaseException:
            process.kill()
            raise
        log.seek(0)
        words = log.read()
    if process.returncode == 1 and words.strip() and "Traceback" not in words:
        raise InputError(words.strip().splitlines()[-1])
    if process.returncode:
        raise RuntimeError(f"{what} failed with {process.returncode}:\n{words[-3000:]}")
    return Took(round(time.monotonic() - began, 1), peak)


def module(name: str, *arguments: object) -> list[str]:
    """Return the command of a module of this project."""
    return [sys.executable, "-m", name, *map(str, arguments)]


def _peak(process: psutil.Process) -> int:
    # The kernel's own high-water mark only grows: asking now and then misses nothing but the last moment's growth.
    try:
        for line in Path(f"/proc/{process.pid}/status").read_text(encoding="ascii", errors="replace").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
        return 0
    except OSError:
        pass
    try:
        return int(process.memory_info().rss)  # no such mark here: the size at this moment
    except psutil.Error:
        return 0
