"""A real store on a file in the test's folder, and a small idea set for the library."""

import gzip
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from workbench.records import Board
from workbench.settings import ROOT
from workbench.store import Store


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "workbench.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    opened = Store(path)
    yield opened
    opened.close()


@pytest.fixture
def board(store: Store) -> Board:
    return store.create_board("How might we bring people into the library on weekday evenings?")


@pytest.fixture
def ask(store: Store) -> Callable[..., int]:
    """Log a completion that was just asked for."""

    def start(**given: object) -> int:
        fields: dict[str, object] = {
            "job_id": "j1", "task": "brainstorm", "messages": [{"role": "user", "content": "Topic: é 🎉"}],
            "model": "starter", "model_sha256": "ab" * 32, "adapter": None, "adapter_sha256": None,
            "sampling": {"temperature": 0.8}, "seed": 7,
        }  # fmt: skip
        return store.start_generation(**(fields | given))  # type: ignore[arg-type]

    return start


@pytest.fixture
def write_set(tmp_path: Path) -> Callable[[dict[str, list[str]]], Path]:
    """Write an idea set: topic -> sentences."""

    def write(topics: dict[str, list[str]], name: str = "set.jsonl.gz") -> Path:
        source = tmp_path / name
        with gzip.open(source, "wt", encoding="utf-8") as file:
            for number, (topic, sentences) in enumerate(topics.items()):
                ideas = [{"lens": "", "title": f"Idea {place}", "text": text} for place, text in enumerate(sentences)]
                row = {"id": f"t{number}", "domain": "any", "topic": topic, "ideas": ideas}
                file.write(json.dumps(row) + "\n")
        return source

    return write


@pytest.fixture
def python() -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Run a script in another process; its first line of output says that it got so far."""
    started: list[subprocess.Popen[str]] = []

    def run(script: str, *arguments: object) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", script, *map(str, arguments)]
        pipe = subprocess.PIPE
        process = subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, stderr=pipe, text=True)
        started.append(process)
        return process

    yield run
    for process in started:
        process.kill()
        process.communicate()
