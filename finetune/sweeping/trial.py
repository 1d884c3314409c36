"""One trial as a process of its own: its memory is its own, and it ends with the worker that began it."""

import multiprocessing
import os
import resource
import sys
import threading
from multiprocessing.connection import wait
from multiprocessing.context import BaseContext
from pathlib import Path

from finetune.sweeping.locks import locked
from workbench.errors import WorkbenchError

LOG = "trial.log"


def context(backend: str) -> BaseContext:
    """Return how trials are begun: on Linux forked from a process that has imported what takes seconds.

    unsloth must be imported before trl and uses the GPU at once: each trial then starts by itself.
    """
    if sys.platform != "linux" or backend != "peft":
        return multiprocessing.get_context("spawn")
    forking = multiprocessing.get_context("forkserver")
    forking.set_forkserver_preload(["finetune.train", "transformers.trainer", "peft", "trl.trainer.sft_trainer"])
    return forking


def run(arguments: list[str], folder: str) -> None:
    """Run finetune.train with these flags, its output in `trial.log`; a failure's last line there is its reason."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    with locked(Path(folder) / ".trial"):  # the process of a worker that has just died may still be ending
        log = os.open(Path(folder) / LOG, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(log, 1)
        os.dup2(log, 2)
        sys.argv = ["finetune.train", *arguments]
        from finetune import record, train

        try:
            train.main(arguments)
        except WorkbenchError as error:
            sys.exit(str(error))
        # On a machine that others use too, the time on the cores says more about the cost than the time on the clock.
        used = resource.getrusage(resource.RUSAGE_SELF)
        made = record.read(Path(folder)) | {"cpu_seconds": round(used.ru_utime + used.ru_stime, 1)}
        record.write(Path(folder) / "run.json", made)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None, "a trial is begun by a worker"
    wait([parent.sentinel])
    os._exit(1)
