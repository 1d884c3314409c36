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
