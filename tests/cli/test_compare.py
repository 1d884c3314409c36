"""`python -m workbench compare`: a batch on the starter, its documents, a judge, pairs from outside, wrong words.

    python -m pytest tests/cli/test_compare.py

One run is a process of its own, as a shell would start it; what only reads is called here, which is quicker.
"""

import csv
import io
import json

import pytest

from workbench.cli.parser import parser
from workbench.errors import BadFile, InputError, NotFound


def say(*words):
    """Return what a verb prints."""
    arguments = parser().parse_args(["compare", *words])
    out = io.StringIO()
    assert arguments.run(arguments, out) == 0
    return out.getvalue()


def test_a_batch_runs_is_shown_and_judged(shell, starter):
    models = [str(starter), f"tuned={starter}+brainstorm"]
    words = ["--prompts", "brainstorm", "--repeats", "1", "--max-tokens", "64", "--seed", "3", "--title", "Two"]
    done = shell("compare", "run", *models, *words, timeout=540)
    assert done.returncode == 0, done.stderr.decode()
    printed = done.stdout.decode()
    assert printed.startswith("# Two\n") and "| starter | 8 |" in printed and "| tuned | 8 |" in printed
    (row,) = json.loads(say("list", "--json"))
    assert (row["id"], row["title"], row["answers"], row["open"], row["state"]) == (1, "Two", 16, 0, "done")
    answers = list(csv.DictReader(io.StringIO(say("show", "1", "--format", "csv"))))
    assert {answer["model"] for answer in answers} == {"starter", "tuned"}
    assert {answer["seed"] for answer in answers} == {"3"} and all(float(each["seconds"]) > 0 for each in answers)
    (verdict,) = json.loads(say("judge", "1", "--by", str(starter), "--json"))
    real = json.loads(say("show", "1", "--format", "json"))["pairs"]["real"]
    assert verdict["by"] == "starter" and verdict["votes"] == real > 0
    assert verdict["position_bias"]["n"] == 2 * real
    assert "Nothing is at work" in say("cancel", "1")


def test_pairs_come_in_and_a_broken_file_gets_one_sentence(tmp_path):
    file = tmp_path / "pairs.json"
    sides = {"a": {"model": "new", "text": "Blue."}, "b": {"model": "old", "text": "Grey."}}
    pairs = [{"prompt": "Sky?"} | sides]
    file.write_text(json.dumps({"format": "workbench-pairs", "version": 1, "pairs": pairs}))
    assert say("import", str(file)) == "1\n"
    assert "1 pairs" not in say("list") and "2 answers" in say("list")
    file.write_text("{}")
    with pytest.raises(BadFile, match="does not hold pairs"):
        say("import", str(file))


def test_what_there_is_to_compare_is_listed(starter):
    assert f"{starter}+brainstorm" in say("models")
    assert "    Why is the sky blue?" in say("sets").splitlines()


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (["run", "nowhere.gguf"], InputError), (["show", "7"], NotFound), (["resume", "7"], NotFound),
        (["run", "m@http://localhost:1/v1", "--prompts", "no-such-set"], InputError),
        (["run", "m@http://localhost:1/v1", "--repeats", "0"], InputError),
    ],
)  # fmt: skip
def test_wrong_words_get_a_sentence(words, error):
    with pytest.raises(error):
        say(*words)
