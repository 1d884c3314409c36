"""Judged ideas under other topics, and people's ratings as labels."""

import gzip
import json
from random import Random

import pytest

from finetune import rated
from workbench.bench.quality import originality
from workbench.errors import InputError

ROWS = [
    {"topic": f"topic {n}", "idea": f"Idea {n} — It is {n}.", "checks": [1, 0, 1, 0, 1, n % 2, 1, 1]} for n in range(20)
]


def test_only_fitting_ideas_are_swapped_and_only_relevance_turns():
    made = rated.swapped(ROWS, Random(0), 0.5)
    assert len(made) == 5  # half of the ten that fit
    by_idea = {row["idea"]: row for row in ROWS}
    for row in made:
        before = by_idea[row["idea"]]
        assert before["checks"][4:6] == [1, 1] and row["topic"] != before["topic"]
        assert row["checks"] == [1, 0, 1, 0, 0, 0, 1, 1]


def test_ratings_become_labels_and_what_is_measured_stays_out(tmp_path):
    measured = originality.rated(1)[0]
    rows = [
        measured | {"task": "AUT"},
        {"task": "AUT", "object": "brick", "response": "a very odd thing indeed", "originality": 5.0},
        {"task": "DT Uses", "object": "brick", "response": "a wall of the usual sort here", "originality": 2.0},
        {"task": "DT Instances", "object": "round", "response": "a ball", "originality": 1.0},
    ]
    file = tmp_path / "rated.jsonl.gz"
    with gzip.open(file, "wt", encoding="utf-8") as out:
        out.writelines(json.dumps(row) + "\n" for row in rows)
    made = rated.uses(file, Random(0), 10)
    assert {row["idea"]: row["checks"] for row in made} == {
        "a very odd thing indeed": [1.0, 1.0, *[None] * 6],
        "a wall of the usual sort here": [0.25, 0.25, *[None] * 6],
    }
    assert {row["topic"] for row in made} == {originality.topic({"object": "brick"})}


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(InputError, match="no rated answers at"):
        rated.uses(tmp_path / "none.jsonl.gz", Random(0), 1)
