"""models use, history and rollback. python -m pytest tests/cli/test_models_use.py"""

import json

import pytest

from tests.cli.conftest import Shell
from tests.engine import tiny_gguf


@pytest.fixture
def shell(forks, tmp_path, index):
    """A shell with a models folder of its own, and no model set in the environment."""
    (tmp_path / "models").mkdir()
    tiny_gguf.write_base(tmp_path / "models" / "small.gguf")
    return Shell(forks, tmp_path, index, WORKBENCH_MODELS=str(tmp_path / "models"))


def said(done):
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


def test_use_one_task_then_all_see_the_history_and_roll_back(shell):
    assert "Nothing was chosen yet" in said(shell("models", "history"))
    lines = said(shell("models", "use", "small", "--task", "refine")).splitlines()
    assert [line.split(maxsplit=1) for line in lines] == [
        ["brainstorm", "the default model, starter"], ["refine", "small"], ["evaluate", "the default model, starter"],
    ]  # fmt: skip
    record = json.loads(said(shell("models", "use", "starter", "--adapter", "none", "--json")))
    assert record["tasks"]["evaluate"] == {"model": "starter", "adapter": None}
    assert "refine      small" in said(shell("models", "rollback"))
    listed = {row["name"]: row["used"] for row in json.loads(said(shell("models", "--json")))}
    assert listed == {"small": True, "starter": True}  # refine by the one, the rest by the default
    history = [line.split("  ")[-1] for line in said(shell("models", "history")).splitlines()]
    assert history == ["Rolled back to switch 1", "starter for everything", "small for refine"]


def test_the_verbs_go_to_the_model_that_was_chosen(shell):
    said(shell("models", "use", "small", "--task", "brainstorm"))
    done = shell("brainstorm", "How can the library save paper?", "--n", "1", "--json", "--seed", "1")
    assert json.loads(said(done))["model"] == "small"
    (shell.folder / "models" / "small.gguf").unlink()
    done = shell("brainstorm", "How can the library save paper?", "--n", "1", "--json", "--seed", "1")
    assert json.loads(said(done))["model"] == "starter"
    assert "cannot be used, and starter does it meanwhile" in done.stderr.decode()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [(("use", "nothing"), "There is no model 'nothing'"), (("rollback",), "nothing to roll back")],
)
def test_what_cannot_be_done_is_one_sentence(shell, words, sentence):
    done = shell("models", *words)
    assert done.returncode == 1 and sentence in done.stderr.decode() and "Traceback" not in done.stderr.decode()


def test_a_model_whose_package_is_missing_is_listed_with_what_to_do_and_the_others_serve(shell, tmp_path):
    folder = tmp_path / "models" / "packed"
    folder.mkdir()
    base = {"package": "weights_that_are_nowhere", "requirement": "weights==1.0", "file": "a.gguf", "sha256": "00"}
    (folder / "manifest.json").write_text(json.dumps({"name": "packed", "base": base}))
    rows = {row["name"]: row["error"] for row in json.loads(said(shell("models", "--json")))}
    assert "packed needs the Python package weights==1.0" in rows["packed"] and rows["starter"] is rows["small"] is None
    assert "packed needs the Python package" in said(shell("models"))
    refused = shell("models", "use", "packed")
    assert refused.returncode == 1 and b"packed needs the Python package" in refused.stderr
