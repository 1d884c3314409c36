"""Set-up and start: what they refuse, and in which words.

    python -m pytest tests/setup
"""

import importlib.util
import os
import re
import socket
import subprocess
import sys

import pytest

from workbench.settings import ROOT

spec = importlib.util.spec_from_file_location("setup_script", ROOT / "scripts" / "setup.py")
setup = importlib.util.module_from_spec(spec)
spec.loader.exec_module(setup)


def run(*command, **env):
    return subprocess.run(command, cwd=ROOT, env=os.environ | env, capture_output=True, text=True, timeout=240)


@pytest.mark.parametrize("name", ["requirements-dev.txt", "workbench/requirements.txt", "finetune/requirements.txt"])
def test_every_requirement_is_pinned(name):
    lines = [line for line in (ROOT / name).read_text().splitlines() if line and line[0] not in "#-"]
    assert lines
    assert [line for line in lines if not re.fullmatch(r"[\w.-]+==[\w.]+", line)] == []


def test_what_is_installed_is_what_is_pinned():
    for part, path in setup.FILES.items():
        for line in path.read_text().splitlines():
            if "==" in line and not line.startswith("#"):
                assert setup.is_installed(line), f"{line} ({part}) is not what .venv holds"


def test_nothing_is_installed_when_nothing_changed(tmp_path, monkeypatch):
    monkeypatch.setattr(setup, "VENV", tmp_path)
    setup.stamp("app").write_text(setup.fingerprint("app"))
    monkeypatch.setattr(setup, "PYTHON", tmp_path / "none")  # any attempt to install would fail on this
    setup.main(["app"])


def test_a_changed_requirement_file_is_seen(tmp_path, monkeypatch):
    before = setup.fingerprint("app")
    changed = tmp_path / "requirements.txt"
    changed.write_text(setup.FILES["app"].read_text() + "rich==15.0.0\n")
    monkeypatch.setitem(setup.FILES, "app", changed)
    assert setup.fingerprint("app") != before


def test_an_old_python_gets_one_sentence(monkeypatch):
    monkeypatch.setattr(setup, "OLDEST", (99, 0))
    with pytest.raises(SystemExit, match=r"Python 3\.11 or newer is needed and .* is \d.*make PYTHON="):
        setup.main(["app"])


def test_set_up_parses_on_pythons_that_are_too_old():
    compile_old = "import ast, sys; ast.parse(open(sys.argv[1]).read(), feature_version=(3, 8))"
    assert run(sys.executable, "-c", compile_old, "scripts/setup.py").stderr == ""


def test_missing_build_tools_are_named(monkeypatch):
    monkeypatch.setenv("PATH", "/nonexistent")
    monkeypatch.delenv("CXX", raising=False)
    assert setup.missing_tools() == ["cmake", "a C++ compiler"]


def test_an_unknown_part_is_refused():
    done = run(sys.executable, "scripts/setup.py", "nonsense")
    assert done.returncode == 1
    assert "nonsense" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_taken_port_gets_one_sentence():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = run(sys.executable, "scripts/serve.py", PORT=str(port))
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert f"Port {port} is in use" in done.stderr


@pytest.mark.parametrize("port", ["0", "70000", "abc"])
def test_a_port_that_is_none_is_refused(port):
    done = run(sys.executable, "scripts/serve.py", PORT=port)
    assert done.returncode == 1
    assert f"PORT={port} is not a port" in done.stderr


def test_make_help_names_every_target():
    targets = {line.split()[0] for line in run("make", "help").stdout.splitlines()}
    assert {"setup", "run", "test", "lint", "e2e", "bench", "smoke-train", "clean"} <= targets


def test_the_starter_is_kept_and_private_files_are_not():
    ignored = run(
        "git", "check-ignore", "data/workbench.db", "data/workbench.db-wal", "data/library.db", ".env", ".venv/x",
        "runs/a/b", "data/models/llama.gguf", "data/models/starter/base.gguf", "data/ideas/brainstorm.jsonl.gz",
    ).stdout.split()  # fmt: skip
    assert not {"data/models/starter/base.gguf", "data/ideas/brainstorm.jsonl.gz"} & set(ignored)
    assert len(ignored) == 7
