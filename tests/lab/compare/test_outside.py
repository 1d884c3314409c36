"""Pairs from outside: both forms of the file, and sentences for those that are none."""

import json

import pytest

from workbench.errors import BadFile
from workbench.lab import compare
from workbench.records import ComparisonKind

PAIRS = {
    "format": "workbench-pairs", "version": 1, "title": "New against old", "written_by": "a script", "pairs": [
        {"prompt": "Sky?", "a": {"model": "new", "text": "Blue."}, "b": {"model": "old", "text": "Grey."}},
        {"prompt": "Sky?", "a": {"model": "old", "text": "Black."}, "b": {"model": "new", "text": "White."}},
        {"prompt": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Life?"}],
         "a": {"model": "new", "text": "Same."}, "b": {"model": "old", "text": " Same. "}},
    ],
}  # fmt: skip
LINES = [{"id": f"p{at}", "prompt": "Sky?", "answer_a": f"a{at}", "answer_b": f"b{at}"} for at in range(3)]
KEY = {"p0": {"a": "tuned", "b": "base"}, "p1": {"a": "base", "b": "tuned"}, "p2": {"a": "tuned", "b": "base"}}


def text(pair):
    return {pair.left.answer.text, pair.right.answer.text}


def test_the_pairs_of_a_file_are_shown_as_pairs_and_the_rest_never_together(store):
    made = compare.import_pairs(store, json.dumps(PAIRS), "pairs.json")
    assert (made.title, made.kind) == ("New against old", ComparisonKind.OUTSIDE)
    assert [each.name for each in made.contenders] == ["new", "old"]
    found = compare.ballot(store, made.id).pairs
    assert [text(pair) for pair in found.real] == [{"Blue.", "Grey."}, {"Black.", "White."}]
    assert found.identical == 1


def test_a_file_of_lines_takes_its_models_from_the_key_beside_it(store, tmp_path):
    path = tmp_path / "pairs.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in LINES))
    (tmp_path / "pairs-key.json").write_text(json.dumps(KEY))
    made = compare.import_file(store, path)
    found = compare.ballot(store, made.id)
    assert [text(pair) for pair in found.pairs.real] == [{"a0", "b0"}, {"a1", "b1"}, {"a2", "b2"}]
    names = {trial.generation.text: made.contenders[trial.contender].name for trial in found.trials}
    assert (names["a0"], names["a1"], names["b1"]) == ("tuned", "base", "tuned")


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        ("not json", "x.json", "does not hold pairs"), ("[]", "x.json", "does not hold pairs"),
        (json.dumps(PAIRS | {"version": 9}), "x.json", "version"),
        (json.dumps(PAIRS | {"pairs": [{"prompt": "Sky?", "a": {"text": "x"}}]}), "x.json", r"pairs\.0\."),
        (json.dumps(LINES[0]), "x.jsonl", "its key"),
    ],
)  # fmt: skip
def test_a_file_that_holds_no_pairs_gets_one_sentence_and_leaves_nothing(store, content, name, said):
    with pytest.raises(BadFile, match=said):
        compare.import_pairs(store, content, name)
    assert store.comparisons() == []


def test_a_key_of_other_pairs_is_refused(store):
    with pytest.raises(BadFile, match="no models for the pair p1"):
        compare.import_pairs(store, "\n".join(map(json.dumps, LINES)), "x.jsonl", json.dumps({"p0": KEY["p0"]}))
