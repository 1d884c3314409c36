"""The Refine page: a goal, the rewrite beside the old wording, accept or discard, history."""

import pytest

from tests.pages.conftest import texts


@pytest.fixture
def idea(desk):
    board = desk.store.create_board("How might we waste less bread?")
    return desk.store.add_idea(board.id, "Bread bus", "The baker drives the loaves round.")


def refined(open_page, desk, idea, reply):
    desk.engine.enqueue(reply)
    app = open_page("refine", board=idea.board_id, idea=idea.id)
    app.button(key="refine_go").click().run()
    desk.runs(task="refine")[0].wait(20)
    return app.run()


def test_without_an_idea_the_page_leads_to_some(open_page, desk):
    board = desk.store.create_board("Anything?")
    app = open_page("refine", board=board.id)
    assert app.button(key="empty_brainstorm")


def test_accepting_appends_a_revision_and_marks_the_change(open_page, desk, idea):
    app = refined(open_page, desk, idea, "Bread bus — The baker drives forty loaves round at six.")
    assert "**forty**" in texts(app)
    assert desk.store.idea(idea.id).body == idea.body, "nothing is applied unasked"
    (generation,) = desk.store.generations(idea_id=idea.id, task="refine")
    app.button(key=f"accept_{generation.id}").click().run()
    assert desk.store.idea(idea.id).body == "The baker drives forty loaves round at six."
    assert [revision.goal for revision in desk.store.revisions(idea.id)] == ["", "more specific"]
    assert desk.store.generation(generation.id).label == "kept"
    assert "Version 2" in texts(app)


def test_discarding_leaves_the_idea_alone(open_page, desk, idea):
    app = refined(open_page, desk, idea, "Cake bus — Cake.")
    (generation,) = desk.store.generations(idea_id=idea.id, task="refine")
    app.button(key=f"discard_{generation.id}").click().run()
    assert desk.store.idea(idea.id).title == "Bread bus"
    assert desk.store.generation(generation.id).label == "dropped"
    assert "Cake" not in texts(app)


def test_a_rewrite_waits_for_a_decision_after_a_reload(open_page, desk, idea):
    refined(open_page, desk, idea, "Cake bus — Cake for all.")
    assert "Cake" in texts(open_page("refine", board=idea.board_id, idea=idea.id))


def test_a_rewrite_that_changes_nothing_says_so(open_page, desk, idea):
    app = refined(open_page, desk, idea, "Bread bus — The baker drives the loaves round.")
    assert "says the same as before" in texts(app)


def test_the_persons_own_goal_counts(open_page, desk, idea):
    app = open_page("refine", board=idea.board_id, idea=idea.id)
    app.text_input(key="refine_own_goal").set_value("for night workers").run()
    app.button(key="refine_go").click().run()
    assert desk.runs(task="refine")[0].wait(20).items[0].goal == "for night workers"


def test_an_earlier_wording_can_be_restored(open_page, desk, idea):
    desk.store.revise(idea.id, "Bread van", "Another.")
    first = desk.store.revisions(idea.id)[0]
    app = open_page("refine", board=idea.board_id, idea=idea.id)
    app.button(key=f"restore_{first.id}").click().run()
    assert desk.store.idea(idea.id).title == "Bread bus"


def test_a_rewrite_of_no_words_says_so(open_page, desk, idea):
    app = refined(open_page, desk, idea, " ")
    assert "wrote nothing" in texts(app)
    assert not any(button.key.startswith("accept_") for button in app.button)
