"""How quick this machine is with models of a useful size: measured once in a child process, and remembered."""

import json
import os
import platform
import tempfile
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from workbench.models import stand_in
from workbench.models.adding import require_room
from workbench.models.recommend import Measured
from workbench.models.trial import Trial, run_trial

FILE = ".machine.json"  # in the models folder
NAME = "a stand-in with Llama-3.2-1B's layers"
LARGE = 300_000_000  # bytes; a smaller model does not tell what a larger one would do
ROOM = 150_000_000  # bytes on the disk for the stand-in


def measure(models: Path, go_on: Callable[[], bool] = lambda: True) -> Measured:
    """Try a stand-in of random weights, some seconds, and remember what came of it. Raises ModelError, InputError."""
    require_room(models, "The measurement", ROOM)
    with tempfile.TemporaryDirectory(prefix=".machine-", dir=models) as folder:
        found = measured_of(NAME, run_trial(stand_in.write(Path(folder) / "stand-in.gguf"), go_on=go_on))
    new = models / f"{FILE}.new"
    new.write_text(json.dumps({"machine": _machine()} | asdict(found)), encoding="utf-8")
    new.replace(models / FILE)
    return found


def remembered(models: Path) -> Measured | None:
    """Return what was measured on this machine, None when nothing was."""
    try:
        found = json.loads((models / FILE).read_text(encoding="utf-8"))
        return Measured(**found) if found.pop("machine") == _machine() else None
    except (OSError, ValueError, TypeError, KeyError, AttributeError):  # it is measured again then
        return None


def busy() -> bool:
    """True while other work wants the processor too: what is measured then is less than the machine can do."""
    return hasattr(os, "getloadavg") and os.getloadavg()[0] > _cores() / 2


def measured_of(name: str, trial: Trial) -> Measured:
    """Return what carries over from a trial to other models."""
    return Measured(
        name, trial.bytes, trial.parameters, trial.decode_per_s, trial.prompt_per_s, trial.wide_per_s
    )  # fmt: skip


def _machine() -> str:
    return f"{platform.node()} {platform.machine()} {_cores()}"


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
