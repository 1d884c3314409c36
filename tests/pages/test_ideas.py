"""The Ideas page: boards, writing, deciding, editing, finding, undo."""

import pytest

from tests.pages.conftest import texts
from workbench.records import Origin, Status


@pytest.fixture
def board(desk):
    return desk.store.create_board("How might we waste less bread?", context="a village", constraints="no money")


def test_first_run_offers_a_question_and_examples_and_is_frank_about_the_model(open_page):
    app = open_page("ideas")
    assert "What do you want ideas for?" in texts(app)
    assert "At work" in texts(app) and "better model" in app.button(key="welcome_models").label
    assert {f"welcome_example_{n}" for n in range(3)} <= {button.key for button in app.button}


def test_an_example_opens_a_board_with_two_library_ideas_to_decide_on(open_page, desk):
    app = open_page("ideas")
    app.button(key="welcome_example_1").click().run()
    assert not app.exception
    (board,) = desk.store.list_boards()
    ideas = desk.store.list_ideas(board.id)
    assert [(idea.origin, idea.status) for idea in ideas] == [(Origin.LIBRARY, Status.NEW)] * 2
    assert "from the library" in texts(app)


def test_a_question_of_ones_own_makes_a_board(open_page, desk):
    app = open_page("ideas")
    app.text_input(key="welcome_question").set_value("Why is the bus late?")
    app.button(key="welcome_start").click().run()
    assert desk.store.list_boards()[0].question == "Why is the bus late?"
    assert app.query_params["board"] == "1"


def test_an_empty_question_is_refused_with_a_sentence(open_page, desk):
    app = open_page("ideas")
    app.text_input(key="welcome_question").set_value("   ")
    app.button(key="welcome_start").click().run()
    assert desk.store.list_boards() == []
    assert "needs a question" in app.error[0].value


def test_writing_an_idea_splits_title_and_sentence(open_page, desk, board):
    app = open_page("ideas", board=board.id)
    assert "no money" in texts(app)
    app.text_input(key="ideas_own").set_value("Bread bus — The baker drives the loaves round.")
    app.button(key="ideas_add").click().run()
    (idea,) = desk.store.list_ideas(board.id)
    assert (idea.title, idea.body, idea.status) == ("Bread bus", "The baker drives the loaves round.", Status.KEPT)
    assert "**Bread bus**" in texts(app)


def test_keep_drop_and_undo(open_page, desk, board):
    idea = desk.store.add_idea(board.id, "Toast night", status=Status.NEW, origin=Origin.MODEL)
    app = open_page("ideas", board=board.id)
    app.button(key=f"drop_{idea.id}").click().run()
    assert desk.store.idea(idea.id).status is Status.DROPPED
    assert "Toast night" not in texts(app)
    app.button(key="undo").click().run()
    assert desk.store.idea(idea.id).status is Status.NEW
    assert "Undone" in app.toast[0].value and "Toast night" in app.toast[0].value
    app.button(key="redo").click().run()
    assert desk.store.idea(idea.id).status is Status.DROPPED


def test_editing_in_place_adds_a_revision_tags_and_a_parent(open_page, desk, board):
    parent = desk.store.add_idea(board.id, "Bread bus")
    idea = desk.store.add_idea(board.id, "Crumbs", "Feed the hens.")
    app = open_page("ideas", board=board.id)
    app.session_state["card_editing"] = idea.id
    app.run()
    app.text_input(key=f"edit_title_{idea.id}").set_value("Crumb day")
    app.multiselect(key=f"edit_tags_{idea.id}").set_value(["cheap", "hens"])
    app.selectbox(key=f"edit_parent_{idea.id}").set_value(parent.id)
    app.button(key=f"edit_save_{idea.id}").click().run()
    found = desk.store.idea(idea.id)
    assert (found.title, found.tags, found.parent_id) == ("Crumb day", ("cheap", "hens"), parent.id)
    assert len(desk.store.revisions(idea.id)) == 2
    assert "child of “Bread bus”" in texts(app) and "1 refinement" in texts(app) and "1 child" in texts(app)


def test_filters_by_status_and_tag(open_page, desk, board):
    desk.store.add_idea(board.id, "Apple", tags=("fruit",))
    desk.store.add_idea(board.id, "Brick", tags=("stone",))
    desk.store.add_idea(board.id, "Gone", status=Status.DROPPED)
    app = open_page("ideas", board=board.id)
    assert "Apple" in texts(app) and "Brick" in texts(app) and "Gone" not in texts(app)
    app.get_by_key("ideas_tags").set_value(["fruit"]).run()
    assert "Apple" in texts(app) and "**Brick**" not in texts(app)
    app.get_by_key("ideas_tags").set_value([]).run()
    app.get_by_key("ideas_status").set_value([Status.DROPPED]).run()
    assert "Gone" in texts(app) and "Apple" not in texts(app)


def test_the_tree_hangs_an_idea_under_its_parent_and_opens_its_card(open_page, desk, board):
    parent = desk.store.add_idea(board.id, "Root")
    child = desk.store.add_idea(board.id, "Leaf", parent_id=parent.id)
    app = open_page("ideas", board=board.id)
    app.get_by_key("ideas_view").set_value("Tree").run()
    order = [button.key for button in app.button if button.key.startswith("tree_")]
    assert order == [f"tree_{parent.id}", f"tree_{child.id}"]
    app.button(key=f"tree_{child.id}").click().run()
    assert "child of “Root”" in texts(app)


def test_search_looks_at_the_board_all_boards_and_the_library(open_page, desk, board):
    other = desk.store.create_board("Another question")
    desk.store.add_idea(board.id, "Harbour supper")
    desk.store.add_idea(other.id, "Harbour choir")
    app = open_page("ideas", board=board.id)
    app.text_input(key="ideas_search").set_value("harbour").run()
    assert "Harbour supper" in texts(app) and "choir" not in texts(app)
    app.get_by_key("ideas_where").set_value("All boards").run()
    assert "Harbour choir" in texts(app) and "on “Another question”" in texts(app)
    app.get_by_key("ideas_where").set_value("Library").run()
    assert any(button.key.startswith("lib_keep_") for button in app.button)


def test_text_shows_as_written_whatever_it_holds(open_page, desk, board):
    desk.store.add_idea(board.id, ":red[x] $5 and $6 <script>alert(1)</script> *a* :tada:", "# no heading\n- no list")
    app = open_page("ideas", board=board.id)
    said = texts(app)
    assert ":red[x]" not in said and "<script>" not in said and "*a*" not in said and ":tada:" not in said
    assert "\\<script\\>" in said and "\\$5" in said and "\\# no heading" in said


def test_a_board_can_be_archived_and_brought_back(open_page, desk, board):
    app = open_page("ideas", board=board.id)
    app.button(key="board_archive").click().run()
    assert desk.store.list_boards() == []
    desk.store.create_board("A second one")
    app.run()
    app.button(key=f"board_back_{board.id}").click().run()
    assert not app.exception
    assert "How might we waste less bread" in app.subheader[0].value


def test_a_new_board_and_an_edited_one(open_page, desk, board):
    app = open_page("ideas", board=board.id)
    app.button(key="board_new").click().run()
    app.text_area(key="new_question").set_value("What now?")
    app.button(key="new_save").click().run()
    assert desk.store.list_boards()[0].question == "What now?"
    app = open_page("ideas", board=board.id)
    app.button(key="board_edit").click().run()
    app.text_area(key="edit_context").set_value("a town")
    app.button(key="edit_save").click().run()
    assert desk.store.board(board.id).context == "a town"


def test_the_board_stays_over_page_switches(open_page, desk, board):
    desk.store.create_board("A newer one")
    app = open_page("ideas", board=board.id)
    assert "bread" in app.subheader[0].value
    app.switch_page("pages/brainstorm.py").run()
    assert "bread" in app.subheader[0].value
    assert app.query_params["board"] == str(board.id)


def test_brainstorm_8_more_starts_a_run_and_opens_the_page(open_page, desk, board):
    app = open_page("ideas", board=board.id)
    app.button(key="ideas_brainstorm").click().run()
    assert app.title[0].value == "Brainstorm"
    (run,) = desk.runs(board_id=board.id)
    assert len(run.wait(120).items) == 8


def test_two_boards_with_one_question_are_told_apart(open_page, desk):
    for _ in range(2):
        desk.store.create_board("How might we waste less bread?")
    app = open_page("ideas")
    assert len(set(app.selectbox(key="board_pick").options)) == 2
