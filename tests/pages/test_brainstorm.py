"""The Brainstorm page: the library at once, a card for each sequence, keep and drop, stop, again, interrupted."""

import pytest

from tests.pages.conftest import texts
from workbench.engine.interface import State
from workbench.records import Origin, Status


@pytest.fixture
def board(desk):
    return desk.store.create_board("How might we bring people into the library on weekday evenings?")


def test_without_a_board_the_page_leads_to_one(open_page):
    app = open_page("brainstorm")
    assert app.button(key="empty_start")


def test_the_library_answers_before_any_model(open_page, desk, board):
    app = open_page("brainstorm", board=board.id)
    keeps = [button for button in app.button if button.key.startswith("lib_keep_")]
    assert len(keeps) == 6
    assert "from the library" in texts(app)
    assert desk.runs() == []


def test_a_library_idea_is_kept_marked_and_not_offered_again(open_page, desk, board):
    app = open_page("brainstorm", board=board.id)
    first, second = [button.key for button in app.button if button.key.startswith("lib_keep_")][:2]
    app.button(key=first).click().run()
    (idea,) = desk.store.list_ideas(board.id)
    assert (idea.origin, idea.status, f"lib_keep_{idea.library_id}") == (Origin.LIBRARY, Status.KEPT, first)
    assert first not in {button.key for button in app.button}
    app.button(key=second.replace("keep", "drop")).click().run()
    assert second not in {button.key for button in app.button}
    assert len(desk.store.list_ideas(board.id, statuses=(Status.DROPPED,))) == 1


def test_a_run_gives_cards_to_keep_and_drop(open_page, desk, board):
    app = open_page("brainstorm", board=board.id)
    app.get_by_key("brainstorm_n").set_value(4).run()
    app.button(key="brainstorm_go").click().run()
    desk.runs()[0].wait(120)
    app.run()
    ideas = desk.store.list_ideas(board.id)
    assert len(ideas) == 4 and {idea.status for idea in ideas} == {Status.NEW}
    app.button(key=f"keep_{ideas[0].id}").click().run()
    app.button(key=f"drop_{ideas[1].id}").click().run()
    assert desk.store.idea(ideas[0].id).status is Status.KEPT
    assert desk.store.generation(ideas[1].generation_id).label == "dropped"
    assert "4 ideas in" in texts(app)


def test_cards_fill_while_the_run_goes_on_and_stop_keeps_the_text(open_page, desk, board):
    desk.engine.hold_after = 3
    app = open_page("brainstorm", board=board.id)
    app.button(key="brainstorm_go").click().run()
    run = desk.runs()[0]
    while not run.view().items[0].text:
        run.wait(0.1)
    app.run()
    assert app.progress[0].text.startswith("0 of 8")
    assert "writing" in texts(app)
    app.button(key=f"stop_{run.id}").click().run()
    assert run.wait(120).state is State.STOPPED
    app.run()
    assert "Stopped by you" in texts(app)
    assert len(desk.store.list_ideas(board.id)) == 8


def test_a_page_that_opens_later_shows_the_run_another_tab_started(open_page, desk, board):
    desk.brainstorm(board.question, n=2, board_id=board.id).wait(120)
    app = open_page("brainstorm", board=board.id)
    ideas = desk.store.list_ideas(board.id)
    assert {f"keep_{idea.id}" for idea in ideas} <= {button.key for button in app.button}


def test_again_uses_the_same_lenses(open_page, desk, board):
    app = open_page("brainstorm", board=board.id)
    app.get_by_key("brainstorm_lenses").set_value(["reverse"]).run()
    app.get_by_key("brainstorm_n").set_value(2).run()
    app.button(key="brainstorm_go").click().run()
    first = desk.runs()[0]
    first.wait(120)
    app.run()
    app.button(key=f"again_{first.id}").click().run()
    again = desk.runs()[0]
    assert again is not first
    assert [item.lens for item in again.wait(120).items] == ["reverse", "reverse"]


def test_an_idea_can_be_the_seed(open_page, desk, board):
    idea = desk.store.add_idea(board.id, "Night desk", "A nurse answers.")
    app = open_page("brainstorm", board=board.id, idea=idea.id)
    assert app.selectbox(key="brainstorm_seed").value == idea.id
    app.button(key="brainstorm_go").click().run()
    desk.runs()[0].wait(120)
    assert {each.parent_id for each in desk.store.list_ideas(board.id)} == {None, idea.id}


def test_what_was_cut_off_is_there_to_keep(open_page, desk, board):
    gid = desk.store.start_generation(
        job_id="j", task="brainstorm", messages=[], model="m", model_sha256="", adapter=None, adapter_sha256=None,
        sampling={}, seed=1, board_id=board.id,
    )  # fmt: skip
    desk.store.finish_generation(
        gid, text="Half supper — Two", prompt_tokens=1, tokens=2, first_token_s=0.1, seconds=1, finish="interrupted"
    )
    app = open_page("brainstorm", board=board.id)
    assert "interrupted" in texts(app) and "Half supper" in texts(app)
    app.button(key=f"partial_keep_{gid}").click().run()
    assert desk.store.list_ideas(board.id)[0].title == "Half supper"
    assert f"partial_keep_{gid}" not in {button.key for button in app.button}


def test_a_failed_run_is_one_sentence_and_the_page_works(open_page, desk, board):
    desk.engine.enqueue(RuntimeError("The model stopped answering."))
    app = open_page("brainstorm", board=board.id)
    app.button(key="brainstorm_go").click().run()
    desk.runs()[0].wait(120)
    app.run()
    assert [error.value for error in app.error] == ["The model stopped answering\\."]
    assert any(button.key.startswith("lib_keep_") for button in app.button)
