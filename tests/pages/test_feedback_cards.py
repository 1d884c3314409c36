"""Thumbs on answers: on cards, rewrites, judgements, cut-off texts; the rest behind them. The journey: tests/e2e."""

import pytest

from tests.pages.conftest import texts
from workbench.records import Origin, Said, Status, Thumb
from workbench.ui.feedback import PERSON

UP, DOWN = 1, 0


@pytest.fixture
def board(desk):
    return desk.store.create_board("How might we waste less bread?")


@pytest.fixture
def answer(desk, board):
    def log(text="Bread bus — It drives.", task="brainstorm", finish="stop", **more):
        gid = desk.store.start_generation(
            job_id="j", task=task, messages=[{"role": "user", "content": "Goal: cheaper"}], model="starter",
            model_sha256="", adapter=None, adapter_sha256=None, sampling={}, seed=1, board_id=board.id, **more,
        )  # fmt: skip
        desk.store.finish_generation(
            gid, text=text, prompt_tokens=1, tokens=1, first_token_s=0.1, seconds=0.1, finish=finish
        )
        return gid

    return log


@pytest.fixture
def idea(desk, board, answer):
    return desk.store.add_idea(
        board.id, "Bread bus", "It drives.", status=Status.NEW, origin=Origin.MODEL, generation_id=answer()
    )


def test_a_thumb_is_kept_changed_taken_back_and_undone(open_page, desk, board, idea):
    store, gid = desk.store, idea.generation_id
    app = open_page("ideas", board=board.id)
    for thumb, kept in ((UP, Thumb.UP), (DOWN, Thumb.DOWN), (None, None), (UP, Thumb.UP)):
        app.feedback(key=f"thumb_{gid}").set_value(thumb).run()
        assert store.said_about(gid, "me").thumb is kept and app.feedback(key=f"thumb_{gid}").value == thumb
    app.button(key="undo").click().run()
    assert store.said_about(gid, "me") == Said() and app.feedback(key=f"thumb_{gid}").value is None
    assert store.idea(idea.id).status is Status.NEW


def test_the_rest_is_saved_at_once_under_the_name_that_was_given(open_page, desk, board, idea):
    gid = idea.generation_id
    app = open_page("brainstorm", board=board.id)
    app.session_state[PERSON] = "Ada"
    app.feedback(key=f"thumb_{gid}").set_value(DOWN).run()
    assert f"feedback_save_{gid}" not in keys(app), "a closed one costs nothing"
    app.session_state[f"feedback_more_{gid}"] = True
    app.run()
    options = app.button_group(key=f"feedback_reasons_{gid}").options
    assert options[0] == "too vague", "what fits the thumb comes first"
    app.button_group(key=f"feedback_reasons_{gid}").set_value(["vague", "surprising"])
    app.text_area(key=f"feedback_comment_{gid}").set_value("Which bus?")
    app.text_area(key=f"feedback_corrected_{gid}").set_value("Bread bus — It drives at six.")
    app.button(key=f"feedback_save_{gid}").click().run()
    assert desk.store.said_about(gid, "Ada") == Said(
        Thumb.DOWN, ("vague", "surprising"), "Which bus?", "Bread bus — It drives at six."
    )
    assert desk.store.said_about(gid, "me") == Said() and f"feedback_save_{gid}" not in keys(app)
    assert texts(app).count("Which bus?") == 0, "calm: the card says nothing of it"


def test_every_kind_of_answer_has_thumbs(open_page, desk, board, idea, answer):
    store = desk.store
    cut = answer("Bread map — It sho", finish="interrupted")
    rewrite, other, dropped = (answer("Bus — It sings.", task="refine", idea_id=idea.id) for _ in range(3))
    store.label_generation(dropped, "dropped")
    app = open_page("brainstorm", board=board.id)
    assert {f"thumb_{idea.generation_id}", f"thumb_{cut}"} <= thumbs(app)
    app = open_page("refine", board=board.id, idea=idea.id)
    assert {f"thumb_{each}" for each in (rewrite, other, dropped)} <= thumbs(app)

    desk.evaluate(board.question, "Bread bus — It drives.", idea_id=idea.id, board_id=board.id).wait(120)
    (evaluation,) = store.evaluations(idea.id)
    assert store.generation(evaluation.generation_id).task == "evaluate"
    app = open_page("evaluate", board=board.id, idea=idea.id)
    assert thumbs(app) == {f"thumb_{evaluation.generation_id}_{evaluation.id}"}
    app.feedback[0].set_value(UP).run()
    (row,) = store.feedback()
    assert (row.task, row.idea_id, row.said.thumb) == ("evaluate", idea.id, Thumb.UP)


def test_what_the_person_wrote_and_what_the_library_holds_has_none(open_page, desk, board):
    desk.store.add_idea(board.id, "My own")
    assert thumbs(open_page("ideas", board=board.id)) == set()
    assert thumbs(open_page("brainstorm", board=board.id)) == set()


def test_other_questions_and_proposed_dimensions_have_thumbs(open_page, desk, board):
    desk.engine.enqueue(*(f"How might we {verb} the loaves that are left over?" for verb in ("sell", "dry", "share")))
    reworded = desk.reword(board.question, board_id=board.id)
    reworded.wait(120)
    proposed = desk.propose_dimensions(board.question, board_id=board.id)
    proposed.wait(120)
    app = open_page("brainstorm", board=board.id)
    there = {f"thumb_{item.generation_id}" for run in (reworded, proposed) for item in run.view().items}
    assert thumbs(app) & there and f"thumb_{proposed.view().items[0].generation_id}" in thumbs(app)


def keys(app):
    return {button.key for button in app.button}


def thumbs(app):
    return {each.key for each in app.feedback}
