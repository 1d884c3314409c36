"""The verbs on the shipped starter model.

    python -m pytest tests/cli/test_starter.py
"""

import json

import pytest

pytestmark = pytest.mark.model
TOPIC = "A rainy market day"
IDEA = "Umbrella Row — Stallholders lend umbrellas against a coin, so that shoppers stay."


def test_the_same_seed_gives_the_same_ideas(shell):
    first, again, other = (
        json.loads(shell("brainstorm", TOPIC, "--n", "4", "--seed", seed, "--json").stdout) for seed in ("3", "3", "4")
    )
    assert len(first["ideas"]) == 4
    assert first["ideas"] == again["ideas"]
    assert first["ideas"] != other["ideas"]


def test_an_idea_is_carried_over_the_same_with_the_same_seed(shell):
    words = ("carry", "--idea", IDEA, "--question", TOPIC, "--n", "2", "--json")
    first, again = (json.loads(shell(*words, "--seed", "3").stdout) for _ in "ab")
    assert first["board"] != again["board"] and len(first["ideas"]) == 2
    assert [idea["title"] for idea in first["ideas"]] == [idea["title"] for idea in again["ideas"]]
    assert {idea["lens"] for idea in first["ideas"]} == {"carried over from: Umbrella Row"}


def test_the_same_file_and_seed_give_the_same_lines(shell):
    rows = [{"topic": TOPIC, "n": 2}, {"topic": "Noise in the library", "n": 3}]
    first, again = ([record["ideas"] for record in shell.lines("brainstorm", "--seed", "1", rows=rows)] for _ in "ab")
    assert first == again


def test_temperature_zero_needs_no_seed(shell):
    words = ("refine", IDEA, "--topic", TOPIC, "--goal", "cheaper", "--temperature", "0", "--json")
    first, again = (json.loads(shell(*words).stdout)["refined"] for _ in "ab")
    assert first == again
    assert first


def test_a_judgement_has_eight_probabilities_and_four_scores(shell):
    [record] = shell.lines("evaluate", "--seed", "1", rows=[{"topic": TOPIC, "idea": IDEA}])
    assert len(record["checks"]) == 8
    assert all(0 < check < 1 for check in record["checks"])
    assert set(record["scores"]) == {"novelty", "workability", "relevance", "specificity"}
    assert all(1 <= score <= 5 for score in record["scores"].values())
    assert record["strength"]


def test_only_json_reaches_standard_output(shell):
    done = shell("brainstorm", TOPIC, "--n", "2", "--json")
    assert done.stdout.count(b"\n") == 1
    assert done.stderr == b""


def test_models_lists_the_starter_as_the_one_in_use(shell):
    [row] = [row for row in json.loads(shell("models", "--json").stdout) if row["used"]]
    assert row["error"] is None
    assert set(row["adapters"]) == {"brainstorm", "refine"}
    assert row["parameters"] > 1_000_000
