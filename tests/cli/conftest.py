"""Runs `python -m workbench` as a shell would."""

import json
import os
import subprocess
import sys

import pytest

from workbench.settings import ROOT


class Shell:
    """`shell("library", "rain")` -> a finished process; `.start` leaves it running."""

    def __init__(self, folder, index, **env):
        own = {"WORKBENCH_DB": str(folder / "workbench.db"), "WORKBENCH_LIBRARY_INDEX": str(index)}
        self.env = os.environ | own | env
        self.folder = folder

    def __call__(self, *words, stdin=None, timeout=120, env=None):
        command = [sys.executable, "-m", "workbench", *words]
        return subprocess.run(
            command, cwd=ROOT, env=self.env | (env or {}), input=stdin, capture_output=True, timeout=timeout,
        )  # fmt: skip

    def start(self, *words, **streams):
        command = [sys.executable, "-m", "workbench", *words]
        streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "stdin": subprocess.DEVNULL} | streams
        return subprocess.Popen(command, cwd=ROOT, env=self.env, **streams)

    def lines(self, *words, rows, status=0):
        """Run the verb over rows; return the lines that came out."""
        path = self.folder / "rows.jsonl"
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        done = self(*words, "--input", str(path))
        assert done.returncode == status, done.stderr.decode()
        return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture(scope="session")
def index(tmp_path_factory):
    """Return where the library's index lies: built once for all, it takes half a second."""
    return tmp_path_factory.mktemp("library") / "library.db"


@pytest.fixture
def fake(tmp_path, index):
    """A shell whose engine is the fake one: for what happens around the model."""
    return Shell(tmp_path, index, WORKBENCH_ENGINE="fake")


@pytest.fixture
def shell(tmp_path, index, starter):
    """A shell with the shipped starter model."""
    return Shell(tmp_path, index, WORKBENCH_ENGINE="llama", WORKBENCH_MODEL=str(starter))
