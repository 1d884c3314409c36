"""Resident memory of a process that serves the engine's way, against one that serves the plain way.

    python -m workbench.engine.measuring.memory engine FOLDER
    python -m workbench.engine.measuring.memory plain FIRST.gguf SECOND.gguf
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from workbench.engine.footprint import resident
from workbench.engine.interface import Request, Sampling
from workbench.engine.llama_engine import LlamaEngine
from workbench.engine.measuring import plain
from workbench.engine.measuring.subject import WORDS, Subject
from workbench.settings import Settings


def memory(subject: Subject) -> dict[str, float]:
    """Measure a process with base and adapters, and one with two merged models, each after a short answer."""
    copy = subject.folder / "merged.gguf"
    shutil.copyfile(subject.base, copy)
    engine = in_own_process("engine", str(subject.settings.model))
    two_models = in_own_process("plain", str(subject.base), str(copy))
    copy.unlink()
    return {"memory_ratio": engine / two_models, "memory_mb": engine / 1e6, "memory_plain_mb": two_models / 1e6}


def in_own_process(kind: str, *paths: str) -> float:
    """Return what a fresh process of that kind holds after a short answer, in bytes."""
    command = [sys.executable, "-m", __name__, kind, *paths]
    return float(subprocess.run(command, capture_output=True, text=True, check=True, env=os.environ).stdout.split()[-1])


def after_use(kind: str, paths: list[Path]) -> int:
    """Load, answer once, and return this process's resident memory."""
    messages = [{"role": "user", "content": WORDS * 10}]
    if kind == "engine":
        engine = LlamaEngine(Settings(model=paths[0]))
        engine.submit(Request("measuring", (messages,), Sampling(max_tokens=4))).wait(600)
        return resident()
    for path in paths:
        llama = plain.opened.__wrapped__(path, None, 2)
        llama.create_chat_completion(messages, max_tokens=4)
        KEPT.append(llama)
    return resident()


KEPT: list[object] = []

if __name__ == "__main__":
    print(after_use(sys.argv[1], [Path(word) for word in sys.argv[2:]]))
