"""The Refine page: a goal, rewrites with their changes, the new wording, history. The marks themselves: tests/e2e."""

import pytest

from tests.pages.conftest import texts
from workbench.assist.prompts import EIGHT
from workbench.records import Measured

FIRST = "The baker drives the loaves round."


@pytest.fixture
def idea(desk):
    board = desk.store.create_board("How might we waste less bread?")
    return desk.store.add_idea(board.id, "Bread bus", FIRST)


@pytest.fixture
def refined(open_page, desk, idea):
    """Return a function that refines the idea with these answers and gives the page with the rows."""

    def refine(*replies, finish=True):
        desk.engine.enqueue(*replies)
        app = open_page("refine", board=idea.board_id, idea=idea.id)
        if len(replies) > 1:
            app.button_group(key="refine_number").set_value(len(replies)).run()
        app.button(key="refine_go").click().run()
        if finish:
            desk.runs(task="refine")[0].wait(120)
        rows = desk.store.generations(idea_id=idea.id, task="refine")
        return app.run(), rows

    return refine


def keys(app):
    return {button.key for button in app.button}


def test_without_an_idea_the_page_leads_to_some(open_page, desk):
    board = desk.store.create_board("Anything?")
    app = open_page("refine", board=board.id)
    assert app.button(key="empty_brainstorm")


def test_nothing_is_applied_before_a_change_is_accepted(refined, desk, idea):
    app, (row,) = refined("Bread bus — The baker drives forty loaves round at six.")
    app.button(key=f"accept_{row.id}").click().run()
    assert "Accept a change first" in texts(app) and desk.store.idea(idea.id).body == FIRST
    desk.decide(row.id, {0: True})
    app.run()
    app.button(key=f"accept_{row.id}").click().run()
    assert desk.store.idea(idea.id).body == "The baker drives forty loaves round."
    assert [revision.goal for revision in desk.store.revisions(idea.id)] == ["", "more specific"]
    assert desk.store.generation(row.id).label == "kept"
    assert "Version 2" in texts(app) and f"accept_{row.id}" not in keys(app)


def test_the_result_can_be_edited_before_it_is_kept(refined, desk, idea):
    app, (row,) = refined("Bread van — The baker drives forty loaves round.")
    app.button(key=f"edit_{row.id}").click().run()
    assert app.text_input(key=f"rewrite_title_{row.id}").value == "Bread van", "before a decision: the whole rewrite"
    app.text_area(key=f"rewrite_body_{row.id}").set_value("Bakers take turns.")
    app.button(key=f"rewrite_save_{row.id}").click().run()
    now = desk.store.idea(idea.id)
    assert (now.title, now.body) == ("Bread van", "Bakers take turns.")


def test_several_rewrites_stand_side_by_side_and_one_is_taken_whole(refined, desk, idea):
    app, rows = refined("Bread bus — It sings.", "Bread van — It rings.", "Bread cart — It is pulled.")
    assert {f"review_{row.id}" for row in rows} <= keys(app) and "3 rewrites to choose from" in texts(app)
    app.button(key=f"review_{rows[0].id}").click().run()
    assert f"accept_{rows[0].id}" in keys(app) and "Other rewrites" in texts(app)
    app.button(key=f"whole_{rows[1].id}").click().run()
    assert desk.store.idea(idea.id).title == "Bread van"
    assert all(change.accepted for change in desk.store.review(rows[1].id).changes)
    app.button(key="discard_all").click().run()
    assert sorted(str(row.label) for row in desk.store.generations(task="refine")) == ["dropped", "dropped", "kept"]


def test_a_discarded_rewrite_leaves_the_idea_alone_and_can_be_brought_back(refined, desk, idea):
    app, (row,) = refined("Cake bus — Cake.")
    app.button(key=f"discard_{row.id}").click().run()
    assert desk.store.idea(idea.id).title == "Bread bus"
    assert desk.store.generation(row.id).label == "dropped"
    assert f"accept_{row.id}" not in keys(app)
    app.button(key=f"back_{row.id}").click().run()
    assert f"accept_{row.id}" in keys(app)


def test_decisions_outlive_a_reload(refined, open_page, desk, idea):
    _, (row,) = refined("Cake bus — The baker drives the cakes round.")
    desk.decide(row.id, {0: False, 1: True})
    app = open_page("refine", board=idea.board_id, idea=idea.id)
    app.button(key=f"accept_{row.id}").click().run()
    now = desk.store.idea(idea.id)
    assert (now.title, now.body) == ("Bread bus", "The baker drives the cakes round.")


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (f"Bread bus — {FIRST}", "says the same as before"),
        ("Bird map — Walkers mark nests beside the gate.", "another idea"),
        ("Bread bus — The baker drives the loaves round. " + "All day long. " * 30, "times as many words"),
    ],
)
def test_what_to_watch_for_is_said(refined, reply, said):
    app, _ = refined(reply)
    assert said in texts(app)


def test_a_lost_name_and_number_are_named(open_page, desk, idea):
    desk.store.revise(idea.id, "Bread bus", "The baker and Ines drive 40 loaves round.")
    desk.engine.enqueue("Bread bus — The baker drives loaves round.")
    app = open_page("refine", board=idea.board_id, idea=idea.id)
    app.button(key="refine_go").click().run()
    desk.runs(task="refine")[0].wait(120)
    assert "No longer in it: 40, Ines" in texts(app.run())


@pytest.mark.parametrize(
    ("picked", "field", "written", "goal"),
    [
        ("for an audience", "refine_audience", "night workers", "for night workers"),
        ("in your own words", "refine_own", "without  electricity", "without electricity"),
    ],
)
def test_a_goal_of_ones_own(open_page, desk, idea, picked, field, written, goal):
    app = open_page("refine", board=idea.board_id, idea=idea.id)
    app.button_group(key="refine_goal").set_value(picked).run()
    assert app.button(key="refine_go").disabled, "a word is missing"
    app.text_input(key=field).set_value(written).run()
    app.button(key="refine_go").click().run()
    assert desk.runs(task="refine")[0].wait(120).items[0].goal == goal


def test_a_weakness_that_evaluate_found_becomes_the_goal(open_page, desk, idea):
    measured = Measured((0.9, 0.2) + (0.9,) * 6)
    desk.store.add_evaluation(idea.id, rubric=EIGHT, measured=measured, risk="Nobody knows who drives.")
    app = open_page("refine", board=idea.board_id, idea=idea.id)
    app.button_group(key="refine_goal").set_value("fix a weakness").run()
    weakness = app.selectbox(key=f"refine_weakness_{idea.id}")
    assert weakness.value == "Nobody knows who drives."
    app.button(key="refine_go").click().run()
    assert desk.runs(task="refine")[0].wait(120).items[0].goal == "fix: nobody knows who drives"
    assert weakness.options[1:] == ["nothing in it is unexpected"], "the check that failed"


def test_an_earlier_wording_can_be_compared_and_restored(open_page, desk, idea):
    desk.store.revise(idea.id, "Bread van", "Another.")
    desk.store.revise(idea.id, "Bread van", "A third.")
    first = desk.store.revisions(idea.id)[0]
    app = open_page("refine", board=idea.board_id, idea=idea.id)
    now = desk.store.idea(idea.id).revision_id
    app.selectbox(key=f"compare_old_{idea.id}_{now}").set_value(now).run()
    assert "say the same" in texts(app)
    app.button(key=f"restore_{first.id}").click().run()
    assert desk.store.idea(idea.id).title == "Bread bus"


def test_many_versions_are_folded(open_page, desk, idea):
    for number in range(7):
        desk.store.revise(idea.id, "Bread van", f"Wording {number}.")
    app = open_page("refine", board=idea.board_id, idea=idea.id)
    assert app.expander[0].label == "3 earlier versions"
    assert sum(key.startswith("restore_") for key in keys(app)) == 7, "each but the present one"


def test_a_rewrite_of_no_words_says_so_and_can_be_tried_again(refined, desk):
    app, _ = refined(" ")
    assert "wrote nothing" in texts(app)
    assert not any(key.startswith("accept_") for key in keys(app))
    app.button(key=f"again_{desk.runs(task='refine')[0].id}").click().run()
    assert len(desk.runs(task="refine")) == 2


def test_a_failure_is_one_sentence_with_a_way_on(refined, desk):
    app, _ = refined(RuntimeError("The model ran out of memory."))
    assert "ran out of memory" in texts(app)
    app.button(key=f"again_{desk.runs(task='refine')[0].id}").click().run()
    assert desk.runs(task="refine")[0].wait(120).items[0].text


def test_a_stopped_rewrite_is_kept_and_goes_on(refined, desk):
    desk.engine.hold_after = 7
    app, (row,) = refined("Bread bus — The baker drives forty loaves round at six.", finish=False)
    run = desk.runs(task="refine")[0]
    while "forty" not in run.view().items[0].text:
        run.wait(0.02)
    run.stop()
    run.wait(120)
    desk.engine.hold_after = None
    app.run()
    assert "Stopped by you" in texts(app)
    app.button(key=f"continue_{row.id}").click().run()
    desk.runs(task="refine")[0].wait(120)
    whole = desk.store.generation(row.id).text
    assert whole.startswith("Bread bus — The baker drives forty") and whole.endswith("on Fridays too.")
    assert f"accept_{row.id}" in keys(app.run())
