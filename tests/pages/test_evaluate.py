"""The Evaluate page: checks with their doubt, the person's own answers, whole boards, charts, own checks."""

import json

import pytest

from tests.pages.conftest import texts
from workbench.assist import CHECKS, idea_line
from workbench.assist.prompts import EIGHT
from workbench.assist.rubrics import to_file
from workbench.engine.interface import ScoreRequest
from workbench.records import Measured, Rubric
from workbench.ui.charts import LIGHT
from workbench.ui.pictures import picture
from workbench.ui.words import plain


@pytest.fixture
def idea(desk):
    board = desk.store.create_board("How might we waste less bread?")
    return desk.store.add_idea(board.id, "Bread bus", "The baker drives the loaves round.")


def judged(open_page, desk, idea):
    app = open_page("evaluate", board=idea.board_id, idea=idea.id)
    app.button(key="evaluate_go").click().run()
    desk.runs(task="evaluate")[0].wait(120)
    return app.run()


def part(app, name):
    app.button_group(key="evaluate_part").set_value(name).run()
    assert not app.exception, app.exception
    return app


def evaluation_of(store, idea, p=0.9, unsure=()):
    """Write down a judgement whose every way of asking gave `p`, but for the unsure checks."""
    yes = tuple(
        ((0.9, 0.9), (0.1, 0.1), (0.1, 0.1)) if at in unsure else ((p, p),) * 3 for at in range(len(CHECKS))
    )  # fmt: skip
    return store.add_evaluation(idea.id, rubric=EIGHT, measured=Measured((p,) * 8, yes=yes), model="fake")


def html(app):
    return "\n".join(str(each.value) for each in app.get("html")) if app.get("html") else ""


def test_without_a_board_the_page_leads_to_one(open_page):
    assert open_page("evaluate").button(key="empty_start")


def test_every_check_shows_its_wording_and_its_answer_and_an_unsure_one_no_number(open_page, desk, idea):
    evaluation_of(desk.store, idea, 0.9, unsure=(3,))
    app = open_page("evaluate", board=idea.board_id, idea=idea.id)
    said = texts(app)
    assert all(plain(check) in said for check in CHECKS)
    assert said.count("model: **yes** · 90%") == 7 and said.count("model: **unsure**") == 1
    assert "**Novelty** · 4.6 of 5" in said and "**Workability**" in said
    evaluation_of(desk.store, idea, 0.2)
    assert texts(app.run()).count("model: **no** · 80%") == 8  # how sure it is of what it says
    assert "opinion, not a verdict" in said


def test_every_check_is_asked_in_three_wordings_and_both_orders(open_page, desk, idea):
    app = judged(open_page, desk, idea)
    run = desk.runs(task="evaluate")[0]
    requests = [job.request for job in run.jobs if isinstance(job.request, ScoreRequest)]
    asked = {chat[-1]["content"] for request in requests for chat in request.prompts}
    assert sum("Idea: Bread bus" in text for text in asked) == 8 * 3 * 2
    (evaluation,) = desk.store.evaluations(idea.id)
    assert evaluation.free and len(evaluation.checks) == 8
    assert "How each check was asked" in [each.label for each in app.expander]
    assert app.dataframe[0].value.shape == (8, 8)


def test_strength_risk_and_next_step_and_fix_this(open_page, desk, idea):
    desk.engine.enqueue("Strength: It is cheap.\nRisk: Nobody knows who drives.\nNext step: Ask the baker.")
    app = judged(open_page, desk, idea)
    assert "It is cheap" in texts(app) and "Ask the baker" in texts(app)
    (evaluation,) = desk.store.evaluations(idea.id)
    app.button(key=f"fix_{evaluation.id}").click().run()
    assert app.title[0].value == "Refine"
    assert app.selectbox(key=f"refine_weakness_{idea.id}").value == "Nobody knows who drives."
    assert app.selectbox(key="refine_idea").value == idea.id


def test_a_failed_or_unsure_check_leads_to_refine_and_a_passed_one_does_not(open_page, desk, idea):
    made = evaluation_of(desk.store, idea, 0.9, unsure=(6,))
    app = open_page("evaluate", board=idea.board_id, idea=idea.id)
    assert not [each for each in app.button if each.key == f"fix_check_{made.id}_0"]
    app.button(key=f"fix_check_{made.id}_6").click().run()
    assert app.title[0].value == "Refine"
    assert app.selectbox(key=f"refine_weakness_{idea.id}").value == "it does not say who does what"


def test_ones_own_answer_counts_is_kept_and_undone(open_page, desk, idea):
    made = evaluation_of(desk.store, idea, 0.9)
    app = open_page("evaluate", board=idea.board_id, idea=idea.id)
    app.button_group(key=f"own_{made.id}_0").set_value("no").run()
    (label,) = desk.store.check_labels()
    assert (label.check, label.answer, label.p, label.revision_id) == (CHECKS[0], False, 0.9, idea.revision_id)
    said = texts(app)
    assert "**Novelty** · 2.8 of 5 · :gray[with your answers]" in said and "model: **yes** · 90%" in said
    assert "1 check answered by you and the model" in said
    app.button_group(key=f"own_{made.id}_0").set_value(None).run()
    assert desk.store.check_labels() == []
    desk.store.undo(idea.board_id)
    assert app.run().button_group(key=f"own_{made.id}_0").value == "no"


def test_from_twenty_answers_on_the_page_says_how_far_the_model_agrees(open_page, desk, idea):
    for number in range(3):
        other = desk.store.add_idea(idea.board_id, f"Idea {number}", "A sentence.")
        evaluation_of(desk.store, other, 0.9)
        for at, check in enumerate(EIGHT.checks):
            desk.store.label_check(other.id, check, at > 1)
    app = open_page("evaluate", board=idea.board_id, idea=other.id)
    assert "agrees with you 75 % (n = 24)" in texts(app)


def test_earlier_judgements_stay_listed_and_an_old_wording_is_named(open_page, desk, idea):
    judged(open_page, desk, idea)
    desk.store.revise(idea.id, "Bread van", "Another.")
    app = judged(open_page, desk, idea)
    assert "Earlier judgements" in texts(app)
    older = desk.store.evaluations(idea.id)[1]
    app.session_state[f"earlier_{older.id}"] = True
    assert "judged an earlier wording" in texts(app.run())


def test_a_judgement_that_was_cut_short_goes_on(open_page, desk, idea):
    line = idea_line(idea.title, idea.body)
    run = desk.evaluate("How might we waste less bread?", line, idea_id=idea.id, board_id=idea.board_id, words=False)
    run.wait(120)
    (found,) = desk.store.evaluations(idea.id)
    app = open_page("evaluate", board=idea.board_id, idea=idea.id)
    assert "in words" in app.button(key=f"go_on_{found.id}").label
    gaps = tuple((wordings[0], (None, None), (None, None)) for wordings in found.yes)
    desk.store.update_evaluation(found.id, measured=Measured(found.checks, found.scores, yes=gaps))
    app.run()
    assert app.button(key=f"go_on_{found.id}").label.startswith("Continue")
    app.button(key=f"go_on_{found.id}").click().run()
    desk.runs(task="evaluate")[0].wait(120)
    app.run()
    (whole,) = desk.store.evaluations(idea.id)
    assert whole.yes == found.yes and whole.next_step
    assert not [each for each in app.button if (each.key or "").startswith("go_on_")]


def test_a_failure_offers_another_try(open_page, desk, idea, monkeypatch):
    def broken(request):
        raise RuntimeError("The model fell over.")

    monkeypatch.setattr("workbench.engine.fake.fake_probabilities", lambda *_: broken(None))
    app = judged(open_page, desk, idea)
    run = desk.runs(task="evaluate")[0]
    assert "fell over" in texts(app)
    assert app.button(key=f"again_{run.id}").label == "Try again"


def test_a_whole_board_is_judged_and_drawn(open_page, desk, idea):
    for number in range(3):
        desk.store.add_idea(idea.board_id, f"Idea {number}", "A sentence.")
    app = part(open_page("evaluate", board=idea.board_id), "All ideas")
    assert "0 of 4 ideas judged" in texts(app)
    app.button(key="evaluate_all").click().run()
    assert desk.batch(idea.board_id).settled.wait(500)
    app.run()
    assert "4 of 4 ideas judged" in texts(app)
    assert app.button(key="evaluate_all").disabled
    assert len(desk.store.newest_evaluations(idea.board_id)) == 4
    shown = app.get("arrow_vega_lite_chart") or app.get("vega_lite_chart")
    assert len(shown) == 2
    tables = [each.value for each in app.dataframe]
    assert [len(table) for table in tables] == [4, 4 * 8]
    desk.store.label_check(idea.id, EIGHT.checks[0], True)
    table = app.run().dataframe[1].value
    mine = table[(table["number"] == idea.id) & (table["place"] == 1)].iloc[0]
    assert mine["says"] == "you: yes" and mine["yes %"] == 100


def test_charts_become_pictures():
    from workbench.ui.judging_charts import checks_chart, map_chart

    point = {"idea": "A #1", "number": 1, "novelty": 3.0, "workability": 4.0}
    spans = {f"{name} low": 2.5 for name in ("novelty", "workability")}
    spans |= {f"{name} high": 4.5 for name in ("novelty", "workability")}
    svg = picture(lambda palette: map_chart([point | spans], palette), "SVG").decode()
    assert svg.startswith("<svg") and "A #1" in svg and "novelty, 1 to 5" in svg
    cell = {"idea": "A #1", "number": 1, "place": 1, "check": "It is new.", "says": "you: no", "yes %": 0}
    assert "✕ you" in picture(lambda palette: checks_chart([cell], palette), "SVG").decode()
    assert picture(lambda palette: checks_chart([cell], palette), "PNG").startswith(b"\x89PNG")
    assert LIGHT.person.encode() in svg.encode()


def test_own_checks_are_written_used_changed_and_deleted(open_page, desk, idea):
    app = part(open_page("evaluate", board=idea.board_id), "Checks")
    app.button(key="rubric_new").click().run()
    app.text_input(key="rubric_name").set_value("School")
    app.text_area(key="rubric_relevance").set_value("Pupils would join.\nParents too.")
    app.button(key="rubric_save").click().run()
    (rubric,) = desk.store.rubrics()
    assert [(check.text, check.dimension) for check in rubric.checks] == [
        ("Pupils would join.", "relevance"), ("Parents too.", "relevance"),
    ]  # fmt: skip
    assert desk.store.rubric_of_board(idea.board_id) == rubric
    app.button(key="rubric_edit").click().run()
    app.text_area(key="rubric_novelty").set_value("New to us.")
    app.button(key="rubric_save").click().run()
    assert len(desk.store.rubrics()[0].checks) == 3
    app = judged(open_page, desk, idea)
    assert plain("New to us.") in texts(app) and plain(CHECKS[0]) not in texts(app)
    part(app, "Checks").button(key="rubric_delete").click().run()
    assert desk.store.rubrics() == [] and desk.store.rubric_of_board(idea.board_id) is None


def test_checks_that_cannot_be_saved_stay_in_the_form_with_a_sentence(open_page, desk, idea):
    app = part(open_page("evaluate", board=idea.board_id), "Checks")
    app.button(key="rubric_copy").click().run()
    assert app.text_area(key="rubric_novelty").value.splitlines() == list(CHECKS[:2])
    app.button(key="rubric_save").click().run()
    assert "has no name" in texts(app)
    assert app.text_area(key="rubric_novelty").value.splitlines() == list(CHECKS[:2])


def test_checks_come_from_a_file_and_a_bad_one_is_named(open_page, desk, idea):
    own = Rubric(None, "Garden", EIGHT.checks[:3])
    app = part(open_page("evaluate", board=idea.board_id), "Checks")
    app.file_uploader(key="rubric_file").set_value(("garden.json", to_file(own).encode(), "application/json")).run()
    assert [rubric.name for rubric in desk.store.rubrics()] == ["Garden"]
    bad = json.dumps({"name": "x", "checks": [{"text": "a", "dimension": "taste"}]}).encode()
    app.file_uploader(key="rubric_file").set_value(("bad.json", bad, "application/json")).run()
    assert "bad" in texts(app) and "taste" in texts(app) and len(desk.store.rubrics()) == 1
