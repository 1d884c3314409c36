from random import Random

from finetune import rows
from workbench.assist import prompts

TOPIC = {
    "topic": "a shy child's birthday",
    "ideas": [
        {"lens": "spark: umbrella" if n > 2 else "", "title": f"Title {n}", "text": f"Sentence {n}."} for n in range(8)
    ],
}


def test_each_idea_is_shown_once_in_one_form_or_the_other():
    made = rows.brainstorm([TOPIC], Random(3), (3, 6))
    lines = [line for row in made for line in row["completion"][0]["content"].split("\n")]
    assert sorted(lines) == [f"Title {n} — Sentence {n}." for n in range(8)]


def test_prompts_are_those_of_serving():
    (one,) = rows.brainstorm([TOPIC | {"ideas": TOPIC["ideas"][7:]}], Random(0), (0, 0))
    assert one["prompt"] == prompts.one_idea(TOPIC["topic"], "spark: umbrella")
    (many,) = rows.brainstorm([TOPIC], Random(0), (8, 8))
    assert many["prompt"] == prompts.idea_list(TOPIC["topic"], 8)


def test_checks_are_answered_with_the_two_words_whose_probability_is_read():
    judged = {"topic": "t", "idea": "A — b.", "checks": [1, 0, 1, 0, 1, 0, 1, 0]}
    made = rows.checks([judged], Random(0))
    assert [row["completion"][0]["content"] for row in made] == ["yes", "no"] * 4
    assert made[2]["prompt"] == prompts.check("t", "A — b.", 3)
    assert len(rows.checks([judged], Random(0), 2)) == 2


def test_a_share_of_rows_says_nothing_of_its_topic_and_keeps_the_rest():
    made = rows.brainstorm([TOPIC], Random(0), (0, 0)) * 50
    bare = rows.without_topic(made, Random(1), 0.25)
    changed = [(old, new) for old, new in zip(made, bare, strict=True) if old != new]
    assert 60 < len(changed) < 140  # of 400
    for old, new in changed:
        assert new["completion"] == old["completion"]
        assert new["prompt"][-1]["content"] == old["prompt"][-1]["content"].replace(TOPIC["topic"], rows.NO_TOPIC)


def test_the_topic_of_an_idea_carried_over_goes_and_the_idea_stays():
    (made,) = rows.transfers([{"topic": "a quiet hall", "source_idea": "Topic: box — It opens.", "idea": "A — b."}])
    (bare,) = rows.without_topic([made], Random(0), 1.0)
    assert bare["prompt"] == prompts.transfer(rows.NO_TOPIC, "Topic: box — It opens.")


def test_a_row_can_be_left_without_its_lens_too():
    (one,) = rows.brainstorm([TOPIC | {"ideas": TOPIC["ideas"][7:]}], Random(0), (0, 0))
    assert rows.bare(one, lens=False)["prompt"] == prompts.one_idea(rows.NO_TOPIC, "")
    (many,) = rows.brainstorm([TOPIC], Random(0), (8, 8))
    assert rows.bare(many, lens=False) == rows.bare(many)
