import json
from pathlib import Path

from finetune import ideas

IDEAS = Path("data/ideas")
HELD_OUT = {"brainstorm": 268, "refine": 154, "evaluate": 164, "transfer": 150}
FIRST = "b00003"


def test_no_topic_is_both_trained_on_and_held_out():
    train, heldout = ideas.split(ideas.read(IDEAS))
    seen = {ideas.topic_key(row["topic"]) for rows in train.values() for row in rows}
    seen |= {ideas.topic_key(row["source_topic"]) for row in train["transfer"]}
    kept = {ideas.topic_key(row["topic"]) for rows in heldout.values() for row in rows}
    assert not seen & kept


def test_about_eight_per_cent_of_every_part_is_held_out():
    parts = ideas.read(IDEAS)
    _, heldout = ideas.split(parts)
    for part, rows in parts.items():
        assert 0.06 < len(heldout[part]) / len(rows) < 0.10, part


def test_two_spellings_of_a_topic_fall_on_the_same_side():
    assert ideas.topic_key("Our library: empty!") == ideas.topic_key("our  library empty")
    assert ideas.is_held_out("Our library: empty!") == ideas.is_held_out("our  library empty")


def test_the_held_out_set_of_the_published_figures_stays_the_same():
    _, heldout = ideas.split(ideas.read(IDEAS))
    assert {part: len(rows) for part, rows in heldout.items()} == HELD_OUT
    assert heldout["brainstorm"][0]["id"] == FIRST


def test_the_list_beside_the_idea_set_is_this_split():
    _, heldout = ideas.split(ideas.read(IDEAS))
    listed = json.loads((IDEAS / "holdout.json").read_text())
    assert listed == {part: [row["id"] for row in rows] for part, rows in heldout.items()}
