"""The Brainstorm page around the model: own ideas first, other questions, lenses, grid, repeats, going on."""

import pytest

from tests.pages.conftest import texts
from workbench.engine.interface import State
from workbench.records import Dimension, Origin, Status, Value

QUESTION = "How might we bring people into the library on weekday evenings?"


@pytest.fixture
def board(desk):
    return desk.store.create_board(QUESTION)


def keys(app):
    return {button.key for button in app.button}


def offered(desk, board, title, **more):
    return desk.store.add_idea(board.id, title, status=Status.NEW, origin=Origin.MODEL, **more)


def test_own_ideas_come_many_at_once_and_are_one_action(open_page, desk, board):
    app = open_page("brainstorm", board=board.id)
    assert app.expander[0].label == "Your own ideas first" and app.expander[0].proto.expanded
    app.text_area(key="brainstorm_mine").set_value("Night desk\n\n- Soup — Two cooks serve soup.\nBus")
    app.button(key="brainstorm_mine_add").click().run()
    ideas = desk.store.list_ideas(board.id)
    assert [(idea.title, idea.body, idea.origin) for idea in reversed(ideas)] == [
        ("Bus", "", Origin.PERSON), ("Soup", "Two cooks serve soup.", Origin.PERSON), ("Night desk", "", Origin.PERSON)
    ]  # fmt: skip
    assert not app.expander[0].proto.expanded
    app.button(key="undo").click().run()
    assert desk.store.list_ideas(board.id) == []


def test_a_question_in_other_words_is_picked_and_the_old_one_stays_in_view(open_page, desk, board):
    desk.engine.enqueue(*[f"How might we try the {word} way of it all?" for word in ("red", "blue", "green")], "", "x")
    app = open_page("brainstorm", board=board.id)
    app.toggle(key="reword_plain").set_value(True).run()
    assert len([key for key in keys(app) if key.startswith("reword_plain_")]) == 5
    app.button(key="reword_plain_1").click().run()
    assert desk.store.board(board.id).question.startswith("How might we need it less to bring people")
    assert "into the library on weekday evenings" in app.button(key="reword_earlier_0").label
    app.button(key="reword_earlier_0").click().run()
    assert desk.store.board(board.id).question == QUESTION
    app.button(key="undo").click().run()
    assert desk.store.board(board.id).question.startswith("How might we need it less")


def test_the_model_s_questions_come_where_it_is_large_enough(open_page, desk, board, monkeypatch):
    monkeypatch.setattr("workbench.assist.submitting.SMALL", 1)
    words = ("red lamp in a window", "slow walk after school", "long table with soup")
    desk.engine.enqueue(*[f"How might we begin with a {each}?" for each in words], "", "no question")
    app = open_page("brainstorm", board=board.id)
    app.button(key="reword_go").click().run()
    run = desk.runs(task="reword")[0]
    run.wait(120)
    app.run()
    assert len([key for key in keys(app) if key.startswith(f"reword_model_{run.id}")]) == 3
    app.button(key=f"reword_model_{run.id}_0").click().run()
    assert desk.store.board(board.id).question == "How might we begin with a red lamp in a window?"


def test_a_small_model_is_not_asked_for_questions_or_dimensions(open_page, desk, board):
    app = open_page("brainstorm", board=board.id)
    assert not {"reword_go", "grid_propose"} & keys(app)


def test_a_lens_of_the_list_and_one_just_typed_are_used(open_page, desk, board):
    app = open_page("brainstorm", board=board.id)
    app.get_by_key("brainstorm_lenses").set_value(["substitute", "persona: my grandmother"]).run()
    app.get_by_key("brainstorm_n").set_value(2).run()
    app.button(key="brainstorm_go").click().run()
    assert [item.lens for item in desk.runs()[0].wait(120).items] == ["substitute", "persona: my grandmother"]


def test_a_lens_of_ones_own_is_written_kept_and_removed(open_page, desk, board):
    app = open_page("brainstorm", board=board.id)
    app.selectbox(key="lens_kind").set_value("own")
    app.text_input(key="lens_name").set_value("Quiet")
    app.text_input(key="lens_instruction").set_value("It makes no sound.")
    app.button(key="lens_add").click().run()
    (lens,) = desk.store.own_lenses()
    assert lens.label == "Quiet: It makes no sound."
    app.get_by_key("brainstorm_lenses").set_value([lens.label]).run()
    assert "It makes no sound" in texts(app)
    app.button(key=f"lens_remove_{lens.id}").click().run()
    assert desk.store.own_lenses() == []
    app.button(key="lens_add").click().run()
    assert "needs a name" in app.error[0].value


def test_the_grid_is_made_filled_and_shows_what_is_covered(open_page, desk, board):
    app = open_page("brainstorm", board=board.id)
    app.button(key="grid_plain").click().run()
    dimensions = desk.store.board(board.id).dimensions
    assert len(dimensions) == 3
    assert "**0 of 16 cells** covered" in texts(app)
    app.button(key="grid_fill").click().run()
    view = desk.runs(task="brainstorm")[0].wait(120)
    app.run()
    cells = [desk.store.idea(item.idea_id).cell for item in view.items]
    assert len(set(cells)) == 8 and all(len(cell) == 3 for cell in cells)
    standing = [idea for idea in desk.store.list_ideas(board.id) if idea.folded_into is None]
    assert f"**{len(standing)} of 16 cells** covered" in texts(app)
    assert sum(cell.startswith("●") for row in app.dataframe[0].value.values for cell in row) == len(standing)
    assert f"again_{desk.runs()[0].id}" not in keys(app), "cells that are filled are not filled again"


def test_dimensions_are_edited_and_ideas_stay_in_their_cell(open_page, desk, board):
    who = Dimension("Who", (Value(0, "pupils"), Value(0, "nurses")))
    when = Dimension("When", (Value(0, "at night"), Value(0, "at noon")))
    board = desk.store.set_dimensions(board.id, [who, when])
    idea = offered(desk, board, "Night desk", cell=(1, 3))
    app = open_page("brainstorm", board=board.id)
    values = next(each for each in app.text_input if each.key and each.key.startswith("grid_values_0"))
    values.set_value("schoolchildren, nurses, cooks")
    app.button(key="grid_save").click().run()
    found = desk.store.board(board.id).dimensions[0]
    assert [(value.key, value.name) for value in found.values] == [(1, "schoolchildren"), (2, "nurses"), (5, "cooks")]
    assert desk.store.idea(idea.id).cell == (1, 3)
    assert "**1 of 6 cells** covered" in texts(app)


def test_what_was_said_before_is_folded_under_a_quiet_line_and_can_stand(open_page, desk, board):
    desk.store.add_idea(board.id, "Soup night", "Two cooks serve lentil soup at six.")
    desk.store.add_idea(board.id, "Bus", "A bus waits at ten outside.", status=Status.DROPPED)
    desk.engine.enqueue(
        "Soup night — Two cooks serve pea soup at six.", "Bus — A bus waits at nine outside.",
        "Lamp — Somebody reads stories under one bright lantern.",
    )  # fmt: skip
    app = open_page("brainstorm", board=board.id)
    app.get_by_key("brainstorm_n").set_value(3).run()
    app.button(key="brainstorm_go").click().run()
    items = desk.runs()[0].wait(120).items
    app.run()
    labels = [each.label for each in app.expander]
    assert "1 said the same as an idea on the board" in labels
    assert "1 said the same as an idea you dropped" in labels
    assert "**1 of 3** in this run" in texts(app)
    assert f"keep_{items[0].idea_id}" not in keys(app) and f"keep_{items[2].idea_id}" in keys(app)
    app.button(key=f"unfold_{items[0].idea_id}").click().run()
    assert desk.store.idea(items[0].idea_id).folded_into is None
    assert f"keep_{items[0].idea_id}" in keys(app)
    assert "**2 of 3** in this run" in texts(app)


def test_a_dry_well_offers_a_kind_of_lens_that_was_not_used(open_page, desk, board):
    desk.engine.enqueue(*["Soup night — Two cooks serve lentil soup at six."] * 4)
    desk.brainstorm(QUESTION, n=4, lenses=["reverse"], board_id=board.id).wait(120)
    app = open_page("brainstorm", board=board.id)
    assert "The well runs dry" in texts(app)
    app.button(key="dry_try").click().run()
    assert {item.lens.partition(":")[0] for item in desk.runs()[0].wait(120).items} == {"hat"}


def test_a_stopped_run_goes_on(open_page, desk, board):
    desk.engine.hold_after = 3
    app = open_page("brainstorm", board=board.id)
    app.button(key="brainstorm_go").click().run()
    run = desk.runs()[0]
    while not run.view().items[0].text:
        run.wait(0.1)
    run.stop()
    assert run.wait(120).state is State.STOPPED
    desk.engine.hold_after = None
    app.run()
    app.button(key=f"continue_{run.id}").click().run()
    more = desk.runs()[0]
    assert more is not run and len(more.wait(120).items) == 8


def test_a_stimulus_is_asked_for_and_named_on_the_card(open_page, desk, board):
    app = open_page("brainstorm", board=board.id)
    app.get_by_key("brainstorm_stimulus").set_value("near").run()
    app.get_by_key("brainstorm_n").set_value(1).run()
    app.button(key="brainstorm_go").click().run()
    item = desk.runs()[0].wait(120).items[0]
    app.run()
    spur = desk.store.idea(item.idea_id).stimulus
    assert spur and "Idea from elsewhere" in desk.store.generation(item.generation_id).messages[1]["content"]
    assert "set off by" in texts(app)


def test_many_undecided_ideas_come_a_page_at_a_time(open_page, desk, board):
    ideas = [offered(desk, board, f"Idea number {number}") for number in range(30)]
    app = open_page("brainstorm", board=board.id)
    assert "Still to decide: 30" in texts(app)
    drawn = {key for key in keys(app) if key.startswith("keep_")}
    assert len(drawn) == 24 and f"keep_{ideas[-1].id}" in drawn and f"keep_{ideas[0].id}" not in drawn


def test_the_ideas_page_folds_repeats_too(open_page, desk, board):
    head = offered(desk, board, "Soup night")
    away = offered(desk, board, "Soup evening", folded_into=head.id)
    app = open_page("ideas", board=board.id)
    assert f"keep_{head.id}" in keys(app) and f"keep_{away.id}" not in keys(app)
    assert "**1 of 2** on this board" in texts(app)
    app.text_input(key="ideas_search").set_value("soup").run()
    assert f"keep_{away.id}" not in keys(app)
    app.button(key=f"unfold_{away.id}").click().run()
    assert f"keep_{away.id}" in keys(app)
