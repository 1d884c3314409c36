"""What the figures are measured on.

    python -m pytest tests/bench/test_heldout.py
"""

import json

import pytest

from finetune import ideas as idea_set
from workbench.bench import heldout, machine
from workbench.errors import InputError
from workbench.settings import settings


def test_the_list_of_held_out_topics_is_the_training_s():
    folder = settings().library.parent
    _, held_out = idea_set.split(idea_set.read(folder))
    listed = json.loads((folder / heldout.IDS).read_text())
    assert listed == {part: [row["id"] for row in rows] for part, rows in held_out.items()}


def test_held_out_rows_are_the_listed_ones():
    library = settings().library
    rows = heldout.rows(library, "evaluate")
    assert {row["id"] for row in rows} == heldout.held_out_ids(library, "evaluate")
    assert heldout.rows(library, "evaluate", 3) == rows[:3]


def test_no_topic_is_on_both_sides():
    library = settings().library
    held_out = {topic.topic for topic in heldout.topics(library, 10_000)}
    assert not held_out & {topic.topic for topic in heldout.trained_on(library)}


def test_topics_come_from_lines_or_json_lines(tmp_path):
    library = settings().library
    known = heldout.topics(library, 1)[0]
    file = tmp_path / "topics.txt"
    file.write_text(f'Rain on Monday\n\n{{"topic": "{known.topic}", "id": 1}}\nRain on Monday\n', encoding="utf-8")
    assert heldout.named(library, file) == [heldout.Topic("Rain on Monday"), known]


@pytest.mark.parametrize(
    ("text", "said"), [("", "no topic in it"), ('{"title": "x"}', "line without a topic"), ("{", "without a topic")]
)
def test_a_file_without_topics_is_said(tmp_path, text, said):
    file = tmp_path / "topics.jsonl"
    file.write_text(text)
    with pytest.raises(InputError, match=said):
        heldout.named(settings().library, file)


def test_a_file_that_is_not_there_is_said(tmp_path):
    with pytest.raises(InputError, match="There is no file"):
        heldout.named(settings().library, tmp_path / "none.txt")


def test_the_machine_is_described():
    found = machine.describe()
    assert found["cores"] >= 1
    assert found["memory_gb"] > 0.5
    assert found["processor"]
