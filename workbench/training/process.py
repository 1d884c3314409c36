"""Whether the process that a run record names is still at work."""

import socket
from collections.abc import Mapping

import psutil

SAME = 2.0  # seconds that two readings of one process's start may differ


def at_work(process: Mapping[str, object]) -> bool | None:
    """Return whether the process lives; None where nobody here can tell: another machine's, or none is named."""
    pid, started = process.get("pid"), process.get("started")
    if not isinstance(pid, int) or not isinstance(started, int | float) or process.get("host") != socket.gethostname():
        return None
    try:
        found = psutil.Process(pid)
        return found.status() != psutil.STATUS_ZOMBIE and abs(found.create_time() - started) < SAME
    except (psutil.Error, ValueError):
        return False
