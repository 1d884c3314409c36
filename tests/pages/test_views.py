"""The views of a board, several ideas at once, and boards in and out."""

import pytest

from tests.pages.conftest import texts
from workbench.records import Status


@pytest.fixture
def board(desk):
    return desk.store.create_board("How might we waste less bread?", context="a village", constraints="no money")


def fill(desk, board, number=8):
    """Put ideas of two kinds on the board."""
    kinds = ("Soup supper — The school cook serves lentil soup in the hall.", "Night lamp — A lamp burns at the desk.")
    return [
        desk.store.add_idea(board.id, f"{kinds[n % 2].split(' — ')[0]} {n}", kinds[n % 2].split(" — ")[1])
        for n in range(number)
    ]  # fmt: skip


def look_at(app, view):
    app.get_by_key("ideas_view").set_value(view).run()
    assert not app.exception, app.exception
    return app


def test_several_at_once_and_one_undo(open_page, desk, board):
    ideas = fill(desk, board, 3)
    app = open_page("ideas", board=board.id)
    assert not [button for button in app.button if button.key == "several_drop"]
    app.checkbox(key=f"pick_{ideas[0].id}").check().run()
    app.checkbox(key=f"pick_{ideas[2].id}").check().run()
    assert "**2 ideas selected**" in texts(app)
    app.button(key="several_drop").click().run()
    assert [desk.store.idea(idea.id).status.value for idea in ideas] == ["dropped", "kept", "dropped"]
    assert "2 ideas" in app.toast[0].value and "ideas selected" not in texts(app)
    app.button(key="undo").click().run()
    assert [desk.store.idea(idea.id).status.value for idea in ideas] == ["kept"] * 3


def test_several_get_a_tag(open_page, desk, board):
    ideas = fill(desk, board, 2)
    desk.store.set_tags(ideas[0].id, ["cheap"])
    app = open_page("ideas", board=board.id)
    for idea in ideas:
        app.checkbox(key=f"pick_{idea.id}").check().run()
    app.multiselect(key="several_tags").set_value(["cheap", "spring"])
    app.button(key="several_tag_add").click().run()
    assert [desk.store.idea(idea.id).tags for idea in ideas] == [("cheap", "spring")] * 2


def test_a_selection_stays_over_views_and_ends_with_select_none(open_page, desk, board):
    ideas = fill(desk, board)
    app = open_page("ideas", board=board.id)
    app.checkbox(key=f"pick_{ideas[1].id}").check().run()
    look_at(app, "Status")
    assert app.checkbox(key=f"pick_{ideas[1].id}").value
    assert not app.checkbox(key=f"pick_{ideas[0].id}").value
    app.button(key="several_clear").click().run()
    assert not app.checkbox(key=f"pick_{ideas[1].id}").value


def test_two_ideas_are_combined_and_the_new_ones_remember_both(open_page, desk, board):
    first, _, third = fill(desk, board, 3)
    app = open_page("ideas", board=board.id)
    app.checkbox(key=f"pick_{first.id}").check().run()
    assert app.button(key="several_combine").disabled
    app.checkbox(key=f"pick_{third.id}").check().run()
    app.button(key="several_combine").click().run()
    assert app.title[0].value == "Brainstorm"
    (run,) = desk.runs(board_id=board.id)
    run.wait(120)
    made = [idea for idea in desk.store.list_ideas(board.id) if idea.status is Status.NEW]
    assert len(made) == 4
    assert {(idea.parent_id, idea.second_parent_id) for idea in made} == {(third.id, first.id)}
    app.switch_page("pages/ideas.py").run()
    assert f"combined of “{third.title}” and “{first.title}”" in texts(app)


def test_combining_begun_on_brainstorm_goes_on_where_the_other_one_can_be_picked(open_page, desk, board):
    idea = desk.store.add_idea(board.id, "Toast night", status=Status.NEW)
    app = open_page("brainstorm", board=board.id)
    app.get_by_key(f"menu_{idea.id}").click("Combine with another").run()
    assert app.title[0].value == "Ideas" and "**1 idea selected**" in texts(app)
    assert app.checkbox(key=f"pick_{idea.id}").value


def test_everything_else_is_in_the_cards_menu(open_page, desk, board):
    (idea,) = fill(desk, board, 1)
    app = open_page("ideas", board=board.id)
    menu = app.get_by_key(f"menu_{idea.id}")
    assert menu.options == [
        "The opposite", "Combine with another", "Carry over", "Edit", "Tag", "Undecided again", "Archive", "Drop",
    ]  # fmt: skip
    menu.click("The opposite").run()
    assert app.title[0].value == "Brainstorm"
    (run,) = desk.runs(board_id=board.id)
    assert len(run.wait(120).items) == 4 and run.idea_id == idea.id
    assert "opposite" in desk.store.generations(board_id=board.id)[0].messages[1]["content"]


def test_a_card_can_be_tagged_by_itself(open_page, desk, board):
    (idea,) = fill(desk, board, 1)
    app = open_page("ideas", board=board.id)
    app.get_by_key(f"menu_{idea.id}").click("Tag").run()
    app.multiselect(key=f"tag_tags_{idea.id}").set_value(["warm, and cheap"])
    app.button(key=f"tag_save_{idea.id}").click().run()
    assert desk.store.idea(idea.id).tags == ("warm, and cheap",)


def test_the_table_shows_what_a_list_needs_and_opens_a_row(open_page, desk, board):
    ideas = fill(desk, board, 4)
    desk.store.set_tags(ideas[3].id, ["warm"])
    app = look_at(open_page("ideas", board=board.id), "Table")
    rows = app.dataframe[0].value
    assert list(rows.columns) == ["Title", "Idea", "Status", "Tags", "From", "Lens", "Written", "Changed"]
    assert list(rows["Title"]) == [idea.title for idea in reversed(ideas)]
    assert list(rows["Tags"][0]) == ["warm"] and set(rows["Status"]) == {"kept"}
    app.session_state["ideas_selected"] = {ideas[2].id}
    app.run()
    assert f"**{ideas[2].title}**" in texts(app) and "**1 idea selected**" in texts(app)
    app.button(key="several_clear").click().run()
    assert "1 idea selected" not in texts(app)


def test_the_columns_hold_every_status_and_keep_moves_a_card(open_page, desk, board):
    _, dropped = fill(desk, board, 2)
    desk.store.set_status(dropped.id, Status.DROPPED)
    app = look_at(open_page("ideas", board=board.id), "Status")
    assert "**Kept** :gray[1]" in texts(app) and "**Dropped** :gray[1]" in texts(app)
    app.button(key=f"keep_{dropped.id}").click().run()
    assert desk.store.idea(dropped.id).status is Status.KEPT
    assert "**Kept** :gray[2]" in texts(app) and "**Dropped** :gray[0]" in texts(app)


def test_a_long_column_shows_more_when_asked(open_page, desk, board):
    ideas = fill(desk, board, 12)
    app = look_at(open_page("ideas", board=board.id), "Status")
    assert ideas[0].title not in texts(app)
    app.button(key="column_more_kept").click().run()
    assert ideas[0].title in texts(app)


def test_the_map_is_also_there_in_words_and_opens_an_idea(open_page, desk, board):
    ideas = fill(desk, board, 10)
    app = look_at(open_page("ideas", board=board.id), "Map")
    chart = app.get("vega_lite_chart")[0]
    assert "Map of 10 ideas in 2 groups" in chart.proto.alt
    assert "soup" in texts(app) and "lamp" in texts(app)
    app.button(key=f"map_open_{ideas[0].id}").click().run()
    assert any(button.key == f"refine_{ideas[0].id}" for button in app.button)


def test_an_empty_place_of_the_map_is_brainstormed_toward_from_both_sides(open_page, desk, board):
    words = ("soup lentils bowl cook", "lamp candle desk moon", "orchard apple ladder cider")
    for number in range(24):
        kind = words[number % 3].split()
        desk.store.add_idea(board.id, f"{kind[number % 4]} {kind[(number + 1) % 4]}", f"{kind[(number + 2) % 4]}.")
    app = look_at(open_page("ideas", board=board.id), "Map")
    app.session_state["ideas_gap"] = 0
    app.run()
    assert "**An empty place** between" in texts(app)
    app.button(key="map_toward").click().run()
    (run,) = desk.runs(board_id=board.id)
    run.wait(120)
    made = [idea for idea in desk.store.list_ideas(board.id) if idea.status is Status.NEW]
    (parents,) = {(idea.parent_id, idea.second_parent_id) for idea in made}
    assert None not in parents and parents[0] % 3 != parents[1] % 3  # of two different kinds


def test_few_ideas_make_no_map_but_a_sentence(open_page, desk, board):
    fill(desk, board, 3)
    assert "A map needs 5 ideas or more; there are 3" in texts(look_at(open_page("ideas", board=board.id), "Map"))


def test_the_search_narrows_every_view_and_tells_what_the_filter_hides(open_page, desk, board):
    ideas = fill(desk, board, 4)
    desk.store.set_status(ideas[0].id, Status.DROPPED)
    app = look_at(open_page("ideas", board=board.id), "Tree")
    app.text_input(key="ideas_search").set_value("soup").run()
    assert [button.key for button in app.button if button.key.startswith("tree_")] == [f"tree_{ideas[2].id}"]
    app.button(key="ideas_all").click().run()
    assert len([button for button in app.button if button.key.startswith("tree_")]) == 2


def test_a_pasted_list_is_looked_at_and_then_imported(open_page, desk, board):
    desk.store.add_idea(board.id, "Tea van", "A van brings tea.")
    app = open_page("ideas", board=board.id)
    app.button(key="import_open").click().run()
    pasted = "- Tea van — A van brings tea.\n- Signs — Painted signs show the way."
    app.text_area(key="import_list").set_value(pasted).run()
    assert "**2 ideas** · 1 say what an idea on the board says" in texts(app)
    app.button(key="import_go").click().run()
    assert not app.exception
    assert [idea.title for idea in desk.store.list_ideas(board.id)] == ["Signs", "Tea van"]
    assert desk.store.undo(board.id) == "Undone: import of an idea"


def test_a_bad_list_is_refused_with_a_sentence(open_page, desk, board):
    app = open_page("ideas", board=board.id)
    app.button(key="import_open").click().run()
    app.text_area(key="import_list").set_value("\n".join(["A"] * 10_001)).run()
    assert "more than 10,000" in app.error[0].value.replace("\\", "") and "Nothing was imported" in app.error[0].value


def test_a_board_comes_in_before_there_is_one(open_page, desk):
    app = open_page("ideas")
    app.button(key="import_open").click().run()
    app.text_area(key="import_list").set_value("Tea van — A van brings tea.\nSigns — Painted signs.").run()
    app.text_input(key="import_question").set_value("What next?").run()
    app.button(key="import_go").click().run()
    assert not app.exception
    (board,) = desk.store.list_boards()
    assert board.question == "What next?" == app.subheader[0].value.replace("\\", "")
    assert len(desk.store.list_ideas(board.id)) == 2
