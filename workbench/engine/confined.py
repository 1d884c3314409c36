"""Limits that a process sets itself before it touches a file nobody has vouched for, and the most memory it took."""

import math
import os
import sys
from pathlib import Path

import psutil

ROOM = 2**30  # bytes of address space beside what is asked for: threads' stacks, arenas


def limit(memory: int, seconds: float) -> None:
    """Let the system end this process beyond so many more bytes, or seconds of each core; no core file, no big file."""
    if sys.platform == "win32":
        return
    import resource

    if sys.platform == "linux":  # macOS refuses it
        used = psutil.Process().memory_info().vms
        resource.setrlimit(resource.RLIMIT_AS, (used + memory + ROOM,) * 2)
    allowed = math.ceil(seconds * (os.cpu_count() or 1))
    resource.setrlimit(resource.RLIMIT_CPU, (allowed, allowed + 5))  # SIGXCPU first: who is killed took the memory
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (2**20,) * 2)


def peak() -> int:
    """Return the most memory this process has held, in bytes."""
    status = Path("/proc/self/status")  # getrusage's figure is at least the parent's at the fork
    if status.is_file():
        line = next(line for line in status.read_text(encoding="ascii").splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024
    return int(psutil.Process().memory_info().rss)
