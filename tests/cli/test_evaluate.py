"""`python -m workbench evaluate`: every way of asking, own checks, ideas of a board."""

import json

from workbench.assist.prompts import EIGHT
from workbench.assist.rubrics import to_file
from workbench.records import Check, Rubric
from workbench.store import Store

TOPIC, IDEA = "Rain on market day", "Umbrella Row — Stallholders lend umbrellas against a coin."
OWN = Rubric(None, "Market", (Check("Stallholders would join.", "relevance"), Check("It is dry.", "workability")))


def test_each_answer_comes_with_its_doubt_and_everything_that_was_measured(fake):
    record = json.loads(fake("evaluate", IDEA, "--topic", TOPIC, "--json").stdout)
    assert record["rubric"] == EIGHT.name and len(record["checks"]) == len(record["answers"]) == 8
    assert set(record["answers"]) <= {"yes", "no", "unsure"}
    for ways in (record["ways"], record["bias"]):
        assert [len(wordings) for wordings in ways] == [3] * 8 and all(len(orders) == 2 for orders in ways[0])
    for name, score in record["scores"].items():
        low, high = record["intervals"][name]
        assert 1 <= low <= score <= high <= 5


def test_plain_text_says_unsure_instead_of_a_number(fake):
    words = fake("evaluate", IDEA, "--topic", TOPIC).stdout.decode()
    answers = json.loads(fake("evaluate", IDEA, "--topic", TOPIC, "--json").stdout)["answers"]
    lines = [line for line in words.splitlines() if any(check.text in line for check in EIGHT.checks)]
    assert [line.startswith("unsure") for line in lines] == [answer == "unsure" for answer in answers]
    assert "of 5" in words and " to " in words


def test_own_checks_come_from_a_file_or_by_name_and_a_wrong_one_is_named(fake, tmp_path):
    file = tmp_path / "market.json"
    file.write_text(to_file(OWN))
    store = Store(tmp_path / "workbench.db")
    store.save_rubric(Rubric(None, "Saved", OWN.checks[:1]))
    store.close()
    for name, checks in ((str(file), 2), ("Saved", 1)):
        record = json.loads(fake("evaluate", IDEA, "--topic", TOPIC, "--rubric", name, "--json").stdout)
        assert len(record["checks"]) == checks and "relevance" in record["scores"] and "novelty" not in record["scores"]
    done = fake("evaluate", IDEA, "--topic", TOPIC, "--rubric", "none", "--json")
    assert done.returncode == 1 and done.stderr.decode().strip().endswith("The saved ones: Saved.")


def test_an_idea_of_a_board_is_judged_there_by_the_boards_checks(fake, tmp_path):
    store = Store(tmp_path / "workbench.db")
    board = store.create_board(TOPIC)
    idea = store.add_idea(board.id, "Umbrella Row", "Lent against a coin.")
    store.use_rubric(board.id, store.save_rubric(OWN).id)
    record = json.loads(fake("evaluate", "--of", str(idea.id), "--json").stdout)
    assert (record["topic"], record["rubric"]) == (TOPIC, "Market")
    (kept,) = store.evaluations(idea.id)
    assert [round(p, 4) for p in kept.checks] == record["checks"] and kept.next_step == record["next_step"]
    assert fake("evaluate", IDEA, "--of", str(idea.id)).returncode == 1
    store.close()
