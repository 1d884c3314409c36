"""Runs `python -m workbench` as a shell would, each time in a process of its own."""

import json
import os
import subprocess
import sys
import threading

import pytest

from tests.cli.forks import Forks
from tests.engine.remote.wayward import Wayward, hang
from workbench.settings import ROOT

AT_START = ("PYTHON", "LC_", "LANG")  # what Python itself reads when it starts


class Shell:
    """`shell("library", "rain")` -> a finished process; `.start` leaves it running."""

    def __init__(self, forks, folder, index, **env):
        own = {"WORKBENCH_DB": str(folder / "workbench.db"), "WORKBENCH_LIBRARY_INDEX": str(index)}
        self.env = os.environ | own | env
        self.forks, self.folder = forks, folder

    def __call__(self, *words, stdin=None, timeout=240, env=None):
        if not any(name.startswith(AT_START) for name in env or {}):
            return self.forks.run(words, self.env | (env or {}), stdin, timeout)
        command = [sys.executable, "-m", "workbench", *words]
        return subprocess.run(
            command, cwd=ROOT, env=self.env | env, input=stdin, capture_output=True, timeout=timeout,
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
def forks():
    """The process that all commands are forked from."""
    opened = Forks()
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def index(tmp_path_factory):
    """Return where the library's index lies: built once for all, it takes half a second."""
    return tmp_path_factory.mktemp("library") / "library.db"


@pytest.fixture
def fake(forks, tmp_path, index):
    """A shell whose engine is the fake one: for what happens around the model."""
    return Shell(forks, tmp_path, index, WORKBENCH_ENGINE="fake")


@pytest.fixture
def endless(forks, tmp_path, index):
    """A shell whose server says one word of each answer and then no more: nothing ends before it is stopped."""
    server = Wayward()
    server.does(hang)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    own = {"WORKBENCH_REMOTE_URL": server.url, "WORKBENCH_REMOTE_MODEL": "bakery"}
    yield Shell(forks, tmp_path, index, WORKBENCH_ENGINE="remote", **own)
    server.release.set()
    server.shutdown()
    server.server_close()


@pytest.fixture
def shell(forks, tmp_path, index, starter):
    """A shell with the shipped starter model."""
    return Shell(forks, tmp_path, index, WORKBENCH_ENGINE="llama", WORKBENCH_MODEL=str(starter))
