"""Rubrics as people write and share them."""

import json

import pytest

from workbench.assist.prompts import DIMENSIONS, EIGHT, check, evaluate_system
from workbench.assist.rubrics import from_file, from_lines, to_file, to_lines
from workbench.errors import BadFile, InputError
from workbench.records import Check, Rubric

OWN = Rubric(
    None, "School", (Check("Pupils would join.", "relevance", "Would pupils join?"), Check("Free.", "workability"))
)


def test_a_rubric_comes_back_from_its_file_as_it_was():
    for rubric in (OWN, EIGHT):
        assert from_file(to_file(rubric).encode(), "r.json") == rubric


def test_a_rubric_comes_back_from_its_text_fields_with_its_questions():
    found = from_lines("School", to_lines(OWN), of=OWN)
    assert sorted(found.checks, key=str) == sorted(OWN.checks, key=str)
    changed = from_lines(" School ", {"relevance": "  Pupils   would join. \n\n New one\n"})
    assert changed == Rubric(None, "School", (Check("Pupils would join.", "relevance"), Check("New one", "relevance")))


@pytest.mark.parametrize(
    ("name", "lines", "says"),
    [
        ("", {"novelty": "a"}, "no name"),
        ("x", {"novelty": " \n "}, "has 0"),
        ("x", {"novelty": "\n".join(map(str, range(17)))}, "has 17"),
        ("x", {"novelty": "Same", "relevance": "same"}, "twice"),
        ("x", {"novelty": "a" * 301}, "longer than 300"),
    ],
)
def test_a_rubric_that_cannot_be_asked_is_refused(name, lines, says):
    with pytest.raises(InputError, match=says):
        from_lines(name, lines)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"\xff\xfe", "is not JSON"),
        (b"[1]", "is no rubric"),
        (b'{"name": "x"}', "is no rubric"),
        (b'{"name": "x", "checks": []}', "has 0"),
        (b'{"name": "x", "checks": [{"dimension": "novelty"}]}', 'check 1 needs a "text"'),
        (b'{"name": "x", "checks": [{"text": "a", "dimension": "taste"}]}', "'taste'; it must be one of novelty"),
        (b'{"name": "x", "checks": [{"text": "a", "dimension": "novelty", "question": 3}]}', "question"),
    ],
)
def test_a_file_that_is_none_is_named_with_its_fault(content, says):
    with pytest.raises(BadFile, match=r"r\.json") as caught:
        from_file(content, "r.json")
    assert says in str(caught.value) and str(caught.value).endswith(".")


def test_own_checks_are_asked_like_the_eight():
    assert evaluate_system(EIGHT).startswith("You judge an idea strictly by eight checks.\n1. Most people")
    assert evaluate_system(OWN) == "You judge an idea strictly by 2 checks.\n1. Pupils would join.\n2. Free."
    last = [check("t", "i", 2, wording, 0, OWN)[1]["content"].splitlines()[-1] for wording in range(3)]
    assert last == [
        "Yes or no: check 2", "Yes or no, is it true? Free.", 'Yes or no: Would you say of this idea: "Free"?',
    ]  # fmt: skip
    assert check("t", "i", 1, 2, 1, OWN)[1]["content"].endswith("\nNo or yes: Would pupils join?")
    with pytest.raises(ValueError, match="check 3"):
        check("t", "i", 3, rubric=OWN)


def test_the_eight_are_a_rubric_with_two_checks_for_each_dimension():
    assert [check.dimension for check in EIGHT.checks] == [name for name in DIMENSIONS for _ in range(2)]
    assert json.loads(to_file(EIGHT))["name"] == "The eight checks"
