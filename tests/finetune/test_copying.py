"""Refinement rows in which the idea stays word for word."""

from random import Random

import pytest

from finetune import copying, ideas
from workbench.errors import InputError
from workbench.settings import ROOT

IDEAS = ROOT / "data" / "ideas"
TOPICS = [
    {
        "topic": "waste less bread",
        "ideas": [
            {"title": "Bread Bus", "text": "A driver collects rolls from five shops daily, so nothing is left over."},
            {"title": "Dry Box", "text": "Each baker keeps the last three rolls in a tin."},
        ],
    }
]
PADDING = ["It could be good.", "Many may like it."]
SENTENCES = {"measurable": ["Count the rolls and aim for 40 by May."], "padding": PADDING}


def test_the_idea_stands_first_word_for_word_or_is_what_is_left():
    rows = [row for seed in range(20) for row in copying.refinements(TOPICS, SENTENCES, Random(seed), 2)]
    assert {row["goal"] for row in rows} == {"measurable", "shorter"}
    for row in rows:
        if row["goal"] == "measurable":
            assert row["refined"] == f"{row['idea']} {SENTENCES['measurable'][0]}"
        else:
            assert len(row["refined"].split()) < len(row["idea"].split())
            assert row["idea"].startswith(row["refined"].removesuffix("."))


def test_a_clause_goes_only_where_no_name_or_number_goes_with_it():
    cut = copying.shortened(TOPICS[0]["ideas"][0], [], Random(0))
    assert cut is not None and cut[1] == "Bread Bus — A driver collects rolls from five shops daily."
    named = {"title": "Bread Bus", "text": "A driver collects old rolls from five shops, so Ada and 20 others eat."}
    padded = copying.shortened(named, PADDING, Random(0))
    assert padded is not None and padded[1].endswith("Ada and 20 others eat.")
    assert padded[0].endswith(tuple(PADDING))
    long = {"title": "Bread Bus", "text": f"A driver collects {'very ' * 20}old rolls for Ada."}
    assert copying.shortened(long, PADDING, Random(0)) is None


def test_the_shipped_sentences_are_whole_and_serve_seven_goals():
    found = copying.additions(IDEAS)
    assert len(found) == 8 and all(len(set(lines)) == len(lines) >= 60 for lines in found.values())
    assert all(any(c.isdigit() for c in line) for line in found["measurable"])
    train, _ = ideas.split(ideas.read(IDEAS))
    rows = copying.refinements(train["brainstorm"], found, Random(0), 300)
    assert len(rows) == 300 and 60 < sum(row["goal"] == "shorter" for row in rows) < 140


def test_a_folder_without_them_is_named(tmp_path):
    with pytest.raises(InputError, match="additions"):
        copying.additions(tmp_path)
