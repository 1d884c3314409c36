"""The app starts with one command, says where, and answers there and nowhere else.

    python -m pytest tests/setup/test_start.py
"""

import json
import os
import re
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from tests.ports import free_port
from workbench.settings import ROOT


@pytest.fixture
def app(tmp_path):
    """Start the app on a free port; return the process and what it printed until it answered."""
    port = free_port()
    env = os.environ | {"PORT": str(port), "WORKBENCH_ENGINE": "fake"}
    printed = (tmp_path / "printed.txt").open("wb")
    process = subprocess.Popen([sys.executable, "scripts/serve.py"], cwd=ROOT, env=env, stdout=printed, stderr=printed)
    try:
        until = time.monotonic() + 180
        while process.poll() is None and time.monotonic() < until:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=30).close()
                break
            except OSError:
                time.sleep(0.1)
        yield port, process, (tmp_path / "printed.txt").read_text()
    finally:
        process.terminate()
        process.wait(120)


def test_the_app_says_where_it_is_and_answers_there(app):
    port, process, printed = app
    assert process.poll() is None, printed
    assert f"http://127.0.0.1:{port}" in printed
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=60) as page:
        assert b"<title>" in page.read()


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc/net/tcp")
def test_the_app_listens_on_this_machine_s_own_address_only(app):
    port, _, _ = app
    listening = []
    for table in (Path("/proc/net/tcp"), Path("/proc/net/tcp6")):
        rows = [row.split() for row in table.read_text().splitlines()]
        listening += [row[1] for row in rows if row[3] == "0A" and row[1].endswith(f"{port:04X}")]
    assert listening == [f"0100007F:{port:04X}"]


def test_the_time_to_the_first_page_is_measured():
    env = os.environ | {"WORKBENCH_ENGINE": "fake"}
    command = [sys.executable, "scripts/time_start.py"]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, timeout=240)
    found = json.loads(done.stdout)
    assert 0 < found["answers_s"] < found["first_page_s"] < 240


@pytest.mark.slow
def test_bench_prints_every_figure_with_the_machine():
    env = os.environ | {"WORKBENCH_ENGINE": "fake"}
    command = [sys.executable, "-m", "workbench", "bench", "--topics", "2"]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr
    rows = dict(re.findall(r"^\| (.*?) \| (.*?) \|$", done.stdout, re.MULTILINE))
    for name in ("app start to first page", "brainstorm: first idea", "brainstorm: 8 ideas"):
        assert float(rows[name].split()[0]) > 0
    assert rows["really different of 8 (written ideas)"].endswith("(8)")
    assert "cores" in done.stdout.splitlines()[0]
