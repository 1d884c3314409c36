"""Carry over: an idea of one question written anew for another, from its card or for several at once."""

import time

import pytest

from tests.pages.conftest import texts
from workbench.assist import idea_line
from workbench.records import Origin, Status
from workbench.ui.words import plain


@pytest.fixture
def home(desk):
    return desk.store.create_board("How might we waste less bread?", context="a village")


@pytest.fixture
def away(desk):
    return desk.store.create_board("How do pupils get home?", context="a hill")


@pytest.fixture
def bus(desk, home):
    return desk.store.add_idea(home.id, "Bread bus", "The baker drives round with it.")


def carried(desk, board, n=1):
    """Wait for the run on the board and return what it brought, oldest first."""
    (run,) = desk.runs(board_id=board.id, task="brainstorm")
    assert len(run.wait(120).items) == n
    return [idea for idea in desk.store.list_ideas(board.id)[::-1] if idea.status is Status.NEW]


def open_form(app, idea):
    app.get_by_key(f"menu_{idea.id}").click("Carry over").run()
    assert not app.exception, app.exception
    return app


def test_an_idea_goes_to_the_board_that_was_used_last_and_stays_where_it_is(open_page, desk, home, away, bus):
    later = desk.store.create_board("How do we share tools?")
    time.sleep(0.01)  # what happens within one millisecond ties
    desk.store.add_idea(away.id, "Walking line")  # so this one was used last
    app = open_form(open_page("ideas", board=home.id), bus)
    assert app.selectbox(key=f"carry_to_{bus.id}").options == [away.question, later.question]
    app.button(key=f"carry_go_{bus.id}").click().run()
    assert app.title[0].value == "Brainstorm" and plain(away.question) == app.subheader[0].value
    (idea,) = carried(desk, away)
    assert (idea.lens, idea.stimulus) == ("carried over from: Bread bus", idea_line(bus.title, bus.body))
    asked = desk.store.generation(idea.generation_id).messages[1]["content"]
    assert "Carry the idea over." in asked and "a hill" in asked and "a village" not in asked
    assert desk.store.list_ideas(home.id) == [bus]
    app.run()
    assert plain("carried over from: Bread bus") in texts(app)


def test_a_new_question_becomes_a_board(open_page, desk, home, away, bus):
    app = open_form(open_page("ideas", board=home.id), bus)
    app.text_input(key=f"carry_question_{bus.id}").set_value("Who feeds the hens?")
    app.button(key=f"carry_go_{bus.id}").click().run()
    new = desk.store.list_boards()[0]
    assert (app.title[0].value, new.question, new.context) == ("Brainstorm", "Who feeds the hens?", "")
    assert len(carried(desk, new)) == 1 and desk.runs(board_id=away.id) == []


def test_without_another_board_the_form_asks_for_a_question_and_can_be_cancelled(open_page, desk, home, bus):
    app = open_form(open_page("ideas", board=home.id), bus)
    assert not [box for box in app.selectbox if box.key == f"carry_to_{bus.id}"]
    app.button(key=f"carry_go_{bus.id}").click().run()
    assert "needs a question" in texts(app) and app.text_input(key=f"carry_question_{bus.id}")
    app.button(key=f"carry_cancel_{bus.id}").click().run()
    assert not [button for button in app.button if button.key == f"carry_go_{bus.id}"]
    assert desk.store.list_boards() == [home] and desk.runs() == []


def test_several_are_carried_over_at_once(open_page, desk, home, away, bus):
    lamp = desk.store.add_idea(home.id, "Night lamp", "A lamp burns at the desk.")
    app = open_page("ideas", board=home.id)
    for idea in (bus, lamp):
        app.checkbox(key=f"pick_{idea.id}").check().run()
    app.button(key="carry_go_several").click().run()
    assert app.title[0].value == "Brainstorm"
    carried(desk, away, 2)
    found = desk.store.list_ideas(away.id, statuses=tuple(Status))
    assert {idea.lens for idea in found} == {"carried over from: Bread bus", "carried over from: Night lamp"}


def test_an_idea_found_on_all_boards_goes_to_the_one_in_use(open_page, desk, home, away, bus):
    desk.store.create_board("How do we share tools?")
    app = open_page("ideas", board=away.id)
    app.get_by_key("ideas_where").set_value("All boards")
    app.get_by_key("ideas_search").set_value("bread bus").run()
    open_form(app, bus)
    assert app.selectbox(key=f"carry_to_{bus.id}").options[0] == away.question
    app.button(key=f"carry_go_{bus.id}").click().run()
    assert len(carried(desk, away)) == 1


def test_one_of_the_library_that_lies_on_the_board_is_carried_over_to_its_question(open_page, desk, home):
    found = desk.store.add_idea(home.id, "Rain line", status=Status.NEW, origin=Origin.LIBRARY, library_id="1.0")
    app = open_form(open_page("brainstorm", board=home.id), found)
    app.button(key=f"carry_go_{found.id}").click().run()
    made = [idea for idea in carried(desk, home) if idea.id != found.id]
    assert [idea.parent_id for idea in made] == [found.id]


def test_what_was_carried_over_can_be_drawn_anew(open_page, desk, home, away, bus):
    desk.carry([bus], away).wait(120)
    app = open_page("brainstorm", board=away.id)
    (again,) = [button for button in app.button if button.key.startswith("again_")]
    assert again.label == "Carry over again"
    again.click().run()
    newest, first = desk.runs(board_id=away.id)
    assert [item.lens for item in newest.wait(120).items] == [item.lens for item in first.view().items]


def test_a_library_idea_that_is_offered_goes_to_the_board_in_use(open_page, desk, home):
    app = open_page("brainstorm", board=home.id)
    offer = next(button for button in app.button if button.key.startswith("lib_carry_"))
    found = desk.library.idea(offer.key.removeprefix("lib_carry_"))
    offer.click().run()
    (idea,) = carried(desk, home)
    assert (idea.parent_id, idea.stimulus) == (None, idea_line(found.title, found.text))
