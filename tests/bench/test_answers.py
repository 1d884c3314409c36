"""The model's answers, asked once and kept.

    python -m pytest tests/bench/test_answers.py
"""

import json
from dataclasses import replace

import pytest

from workbench.bench.quality.answers import Answers
from workbench.bench.quality.judge import Judge
from workbench.engine.interface import BALANCED

pytestmark = pytest.mark.model
TOPIC = "rain on market day"
IDEA = "Umbrella Row — Stallholders lend umbrellas against a coin, so that shoppers stay at the market."
SEEDED = replace(BALANCED, seed=3)


def generated(desk):
    return len(desk.store.generations(limit=1000))


def test_what_was_kept_is_not_asked_again(desk, tmp_path):
    kept = tmp_path / "answers.jsonl"
    first = Answers(desk, kept).ideas(TOPIC, 3, SEEDED)
    before = generated(desk)
    again = Answers(desk, kept)
    assert again.ideas(TOPIC, 3, SEEDED) == first
    assert generated(desk) == before > 0
    assert again.seconds("brainstorm") > 0
    assert again.seconds("refine") is None


def test_another_question_is_asked(desk, tmp_path):
    answers = Answers(desk, tmp_path / "answers.jsonl")
    assert answers.ideas(TOPIC, 3, SEEDED) != answers.ideas(TOPIC, 3, replace(SEEDED, seed=30))
    assert len(answers.ideas(TOPIC, 3, SEEDED, plain=True)) == 3
    assert len((tmp_path / "answers.jsonl").read_text().splitlines()) == 3


def test_an_answer_that_was_cut_off_is_asked_again(desk, tmp_path):
    kept = tmp_path / "answers.jsonl"
    first = [Answers(desk, kept).rewrite(TOPIC, IDEA, goal, seed=1) for goal in ("cheaper", "bolder")]
    kept.write_text(kept.read_text()[:-20])
    again = Answers(desk, kept)
    assert [again.rewrite(TOPIC, IDEA, goal, seed=1) for goal in ("cheaper", "bolder")] == first
    assert len([json.loads(line) for line in kept.read_text().splitlines()]) == 2


def test_another_model_s_answers_are_not_taken_for_this_one_s(desk, tmp_path):
    kept = tmp_path / "answers.jsonl"
    row = {"key": json.dumps([["another model"], "refine", {}]), "answer": ["x"], "seconds": 1}
    kept.write_text(json.dumps(row) + "\n")
    assert Answers(desk, kept).rewrite(TOPIC, IDEA, "cheaper", seed=1) != "x"


def test_without_a_file_answers_are_kept_in_memory(desk):
    answers = Answers(desk)
    first = answers.judgement(TOPIC, IDEA, seed=1)
    before = generated(desk)
    assert answers.judgement(TOPIC, IDEA, seed=1) == first
    assert generated(desk) == before


def test_the_judge_gives_eight_answers_and_every_way_of_asking(desk):
    judge = Judge(Answers(desk))
    judged = judge(TOPIC, IDEA)
    assert judged.ways.shape == (3, 2, 8)
    assert all(0 < p < 1 for p in [*judged.shown, *judged.ways.ravel()])
    assert len(judged.unsure) == 8


@pytest.mark.parametrize("numbers", [(1, 2), (4,), (1, 2, 3, 4, 5, 6, 7, 8)])
def test_some_checks_say_what_the_whole_judgement_says(desk, numbers):
    judge = Judge(Answers(desk))
    shown = judge(TOPIC, IDEA).shown
    mean = sum(shown[number - 1] for number in numbers) / len(numbers)
    # Not to the last digit: another batch adds its numbers up in another order.
    assert judge.some(TOPIC, IDEA, numbers) == pytest.approx(mean, abs=0.01)
