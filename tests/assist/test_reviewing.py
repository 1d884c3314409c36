"""What becomes of a rewrite: decisions on its changes, the new wording, what is kept for later."""

import pytest

from workbench.assist import Desk
from workbench.assist.goals import failure, fix, for_audience, weaknesses
from workbench.assist.prompts import EIGHT, refine
from workbench.assist.reading import read_rewrite
from workbench.engine import FakeEngine
from workbench.errors import InputError, NotFound
from workbench.records import Evaluation
from workbench.settings import Settings
from workbench.store import Library, Store

REWRITE = "Lentil supper — Two librarians and the cook serve lentil soup at six on Tuesdays. Pupils wash up."


@pytest.fixture
def desk(tmp_path):
    settings = Settings(db=tmp_path / "workbench.db")
    desk = Desk(FakeEngine(), Store(settings.db), Library(settings.library, settings.library_file))
    yield desk
    desk.close()


@pytest.fixture
def idea(desk):
    board = desk.store.create_board("How might we fill the library?")
    return desk.store.add_idea(board.id, "Homework supper", "Two librarians serve soup at six on Tuesdays.")


@pytest.fixture
def rewrite(desk, idea):
    desk.engine.enqueue(REWRITE)
    line = f"{idea.title} — {idea.body}"
    return desk.refine("How?", line, "bolder", idea_id=idea.id, board_id=idea.board_id).wait(120).items[0].generation_id


def test_every_change_waits_for_its_decision(desk, rewrite):
    found = desk.reviewed(rewrite)
    assert [(piece.old, piece.new) for piece in found.tracked.changed] == [
        (" Homework", " Lentil"), ("", " and the cook"), ("", " lentil"), ("", " Pupils wash up."),
    ]  # fmt: skip
    assert found.goal == "bolder" and found.undecided == 4
    assert found.result == ("Homework supper", "Two librarians serve soup at six on Tuesdays.")


def test_the_accepted_changes_become_a_new_wording(desk, idea, rewrite):
    desk.decide(rewrite, {0: False, 1: True, 3: True})
    assert desk.reviewed(rewrite).result[0] == "Homework supper"
    after = desk.accept(rewrite)
    assert (after.title, after.body) == (
        "Homework supper", "Two librarians and the cook serve soup at six on Tuesdays. Pupils wash up.",
    )  # fmt: skip
    new = desk.store.revisions(idea.id)[-1]
    assert (new.source, new.goal, new.generation_id) == ("refine", "bolder", rewrite)
    assert desk.store.generation(rewrite).label == "kept"
    assert [change.accepted for change in desk.store.review(rewrite).changes] == [False, True, None, True]


def test_undo_brings_the_rewrite_back_with_its_decisions(desk, idea, rewrite):
    desk.decide(rewrite, {1: True})
    desk.accept(rewrite)
    desk.store.undo(idea.board_id)
    assert desk.store.generation(rewrite).label is None
    assert desk.reviewed(rewrite).decisions == {1: True}


def test_decisions_on_another_wording_do_not_count(desk, idea, rewrite):
    desk.decide(rewrite, {0: True, 1: True})
    desk.store.revise(idea.id, "Homework supper", "Two librarians serve cold soup at six on Tuesdays.")
    assert desk.reviewed(rewrite).decisions == {}


def test_the_person_may_write_the_end_themselves(desk, idea, rewrite):
    desk.accept(rewrite, ("Supper", "Soup for all."))
    assert desk.store.idea(idea.id).body == "Soup for all."


def test_all_at_once(desk, idea, rewrite):
    assert desk.accept_all(rewrite).title == "Lentil supper"
    assert all(change.accepted for change in desk.store.review(rewrite).changes)


def test_accepting_nothing_is_no_new_wording(desk, idea, rewrite):
    with pytest.raises(InputError, match="Accept a change first"):
        desk.accept(rewrite)
    assert len(desk.store.revisions(idea.id)) == 1


def test_a_change_that_is_not_there_is_refused(desk, rewrite):
    with pytest.raises(InputError, match="no change 9"):
        desk.decide(rewrite, {8: True})
    with pytest.raises(NotFound):
        desk.reviewed(99)


def test_a_rewrite_of_no_idea_cannot_be_reviewed(desk):
    gid = desk.refine("How?", "Soup — Hot.", "bolder").wait(120).items[0].generation_id
    with pytest.raises(InputError, match="belongs to no idea"):
        desk.reviewed(gid)


@pytest.mark.parametrize(
    ("before", "text", "after"),
    [
        (("Soup", "Hot."), "Tea — Cold.", ("Tea", "Cold.")),
        (("Soup", "Hot."), "Cold and sweet.", ("Soup", "Cold and sweet.")),
        (("Soup", "Hot."), "It is " + "very " * 20 + "hot.", ("Soup", "It is " + "very " * 20 + "hot.")),
        (("Soup", ""), "Cold soup", ("Cold soup", "")),
        (("", "Hot soup."), "Tea — Cold.", ("Tea", "Cold.")),
        (("", "Hot soup."), "Cold soup.", ("", "Cold soup.")),
        (("Soup", ""), "It is " + "very " * 20 + "hot.", ("Soup", "It is " + "very " * 20 + "hot.")),
    ],
)
def test_a_rewrite_without_a_title_keeps_the_one_it_had(before, text, after):
    assert read_rewrite(before, text) == after


def test_goals_carry_what_was_asked():
    assert for_audience("night workers") == for_audience("for night  workers.") == "for night workers"
    assert fix("Nobody knows who cooks.") == fix("fix: nobody knows who cooks") == "fix: nobody knows who cooks"
    assert fix("AI may be wrong") == "fix: AI may be wrong" and fix(" ") == for_audience(" ") == ""
    assert refine("How?", "Soup", fix("It is cold."))[-1]["content"].endswith("Goal: fix: it is cold")


def test_weaknesses_are_the_risk_and_what_failed_or_is_unsure():
    checks = (0.9, 0.1, 0.9, 0.9, 0.5, 0.9, 0.9, 0.9)
    unsure = (False, False, False, False, False, False, False, True)
    judged = Evaluation(1, 1, 1, EIGHT, checks, unsure=unsure, risk="It may rain.")
    found = weaknesses(judged)
    assert found == [
        "It may rain.", "nothing in it is unexpected", "it does not address the topic",
        "there is too little detail to act on",
    ]  # fmt: skip
    assert failure("It fits on a card.") == "this does not hold: It fits on a card"
