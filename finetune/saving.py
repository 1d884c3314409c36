"""Checkpoints and results that are whole or not there, whatever ends a run: a kill, a full disk."""

import errno
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from workbench.errors import InputError

FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
# safetensors, tokenizers and torch write through code that has no errno; the last three are torch's.
FULL_WORDS = (
    "no space left", "os error 28", "file too large", "os error 27", "quota exceeded", "pytorchstreamwriter failed",
    "iostream error", "unexpected pos",
)  # fmt: skip


def last_checkpoint(out: Path) -> str | None:
    """Return the newest checkpoint that was written to its end; remove those that a kill cut off.

    The trainer writes `trainer_state.json` last.
    """
    found = sorted(out.glob("checkpoint-*"), key=lambda path: int(path.name.rpartition("-")[2]))
    for path in reversed(found):
        try:
            json.loads((path / "trainer_state.json").read_text(encoding="utf-8"))
            return str(path)
        except (OSError, ValueError):
            shutil.rmtree(path, ignore_errors=True)
    return None


def save(trainer, folder: Path) -> None:
    """Write the trained adapter or model, then put it in the place of the one before. All processes call it."""
    aside = folder.with_name(f".new-{folder.name}")
    if trainer.is_world_process_zero():
        shutil.rmtree(aside, ignore_errors=True)
    trainer.save_model(str(aside))
    if trainer.is_world_process_zero():
        shutil.rmtree(folder, ignore_errors=True)
        aside.replace(folder)


def remove_later_stages(out: Path) -> None:
    """Remove what finetune.checks made from the adapter before this one."""
    shutil.rmtree(out / "adapter-before-checks", ignore_errors=True)
    (out / "checks.json").unlink(missing_ok=True)


@contextmanager
def room_for(out: Path) -> Iterator[None]:
    """Turn a full disk into one sentence, and remove what was half written; other faults pass."""
    try:
        yield
    except Exception as error:
        if not _full(error):
            raise
        free = shutil.disk_usage(out).free
        shutil.rmtree(out / ".new-adapter", ignore_errors=True)
        kept = last_checkpoint(out)
        again = f"goes on from {Path(kept).name}" if kept else "begins anew"
        raise InputError(
            f"There is no room to write in {out} ({free / 1e6:,.0f} MB are free there). Free some space, then the same "
            f"command {again}."
        ) from error


def _full(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, OSError) and error.errno in FULL:
            return True
        if any(words in str(error).lower() for words in FULL_WORDS):
            return True
        error = error.__cause__ or error.__context__
    return False
