"""Which process this is, and whether another one still lives. A pid alone is used again; its start time is not."""

import os
import subprocess
from pathlib import Path


def this_process() -> tuple[int, str]:
    """Return this process's pid and start time."""
    pid = os.getpid()
    return pid, start_time(pid) or ""


def start_time(pid: int) -> str | None:
    """Return when the process began, in whatever form the system tells it; None: no such process."""
    stat = Path(f"/proc/{pid}/stat")
    if Path("/proc/self/stat").exists():
        try:
            # The name, field 2, may hold spaces and brackets: count from behind it. Field 22 is the start time.
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:  # gone before or during the read
            return None
        boot = Path("/proc/sys/kernel/random/boot_id").read_text()[:8]  # start times are counted from the boot
        return None if fields[0] in "ZX" else f"{boot}:{fields[19]}"
    asked = subprocess.run(["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return asked.stdout.strip() or None


def is_alive(pid: int, started: str) -> bool:
    """Tell whether the very process with this pid and start time is at work."""
    return start_time(pid) == started
