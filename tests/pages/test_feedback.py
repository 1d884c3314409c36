"""The Feedback page: what was said, counted, compared, edited, deleted, out as data sets, forgotten."""

import io
import json
import zipfile

import pytest

from tests.lab.feedback import Told
from tests.pages.conftest import texts
from workbench.exchange.datasets import packed, render
from workbench.lab.sets import Chosen, build
from workbench.records import Said, Thumb
from workbench.ui.feedback import PERSON


@pytest.fixture
def told(desk):
    return Told(desk.store).everything()


@pytest.fixture
def look(open_page):
    """Return a function that opens a part of the page."""

    def at(part="Answers"):
        app = open_page("feedback")
        app.button_group(key="feedback_part").set_value(part).run()
        assert not app.exception, app.exception
        return app

    return at


def rows(app):
    return {button.key for button in app.button if str(button.key).startswith("feedback_delete_")}


def test_an_empty_page_says_what_it_is_for_and_leads_to_ideas(open_page):
    app = open_page("feedback")
    assert "two thumbs" in texts(app) and app.button(key="feedback_start")


def test_the_answers_stand_with_what_was_said_and_filters_find_some(look, told):
    app = look()
    said = texts(app)
    assert "A secret word" in said and "too vague" in said and "Bread map" in said and len(rows(app)) == 3
    assert "3** answers spoken about by 2 people · 2 up · 1 down" in said
    some = {
        "reason": ("too vague", 1), "thumb": ("up", 2), "person": ("Ada", 1), "task": ("evaluate", 1),
        "topic": ("How might we waste less water?", 1), "model": ("starter + brainstorm", 2),
    }  # fmt: skip
    for key, (value, left) in some.items():
        app.multiselect(key=f"feedback_by_{key}").set_value([value]).run()
        assert len(rows(app)) == left, key
        app.multiselect(key=f"feedback_by_{key}").set_value([]).run()
    assert len(rows(app)) == 3


def test_what_was_said_is_edited_deleted_and_brought_back(look, told, desk):
    (row,) = [each for each in desk.store.feedback() if each.person == "Ada"]
    app = look()
    app.session_state[f"feedback_more_row_{row.id}"] = True
    app.run()
    app.text_area(key=f"feedback_comment_row_{row.id}").set_value("No, a public one.")
    app.button(key=f"feedback_save_row_{row.id}").click().run()
    now = desk.store.said_about(row.generation_id, "Ada")
    assert (now.comment, now.thumb, now.corrected) == ("No, a public one.", Thumb.DOWN, row.said.corrected)
    app.button(key=f"feedback_delete_{row.id}").click().run()
    assert desk.store.said_about(row.generation_id, "Ada") == Said() and len(rows(app)) == 2
    app.button(key="feedback_back").click().run()
    assert desk.store.said_about(row.generation_id, "Ada") == now and len(rows(app)) == 3


def test_charts_count_by_model_task_reason_and_week(look, told):
    app = look("Counts")
    assert sum(str(each.key).endswith("_PNG") for each in app.get("download_button")) == 4
    assert all(f"By {name}" in texts(app) for name in ("model", "task", "reason", "week"))


def test_groups_of_topics_are_named_and_compared_with_care(look, told, desk):
    for number in range(24):
        gid = told.answer(f"Idea {number} — It is.", at=number % 2)
        told.say(gid, thumb=Thumb.DOWN if number % 2 else Thumb.UP, reasons=("biased",) if number % 2 else ())
    app = look("Fairness")
    assert "nothing to compare" in texts(app)
    for board, name in zip(told.boards, ("food", "water"), strict=True):
        app.text_input(key=f"fairness_group_{board.id}").set_value(name)
    app.button(key="fairness_save").click().run()
    assert desk.store.topic_groups() == {told.boards[0].id: "food", told.boards[1].id: "water"}
    assert "more often than elsewhere in “water”" in texts(app)
    for way in ("alike", "tags", "boards"):
        app.button_group(key="fairness_way").set_value(way).run()
        assert not app.exception, way


def test_data_sets_say_whether_there_is_enough_and_the_file_holds_them(look, told, desk):
    app = look("Data sets")
    said = texts(app)
    assert said.count("Not enough") == 3 and "5 answers to learn from" in said and "accepted in part" in said
    app.multiselect(key="sets_without").set_value(["Ada"]).run()
    assert "4 answers to learn from" in texts(app)
    chosen = Chosen(without=("Ada",))
    archive = zipfile.ZipFile(io.BytesIO(packed(render([build(desk.store, "sft", chosen)], chosen))))
    assert sorted(archive.namelist()) == ["README.md", "manifest.json", "sft.jsonl"]
    assert "Ada" not in archive.read("manifest.json").decode() + archive.read("README.md").decode()
    assert json.loads(archive.read("manifest.json"))["files"]["sft.jsonl"]["rows"] == 4


def test_the_name_that_one_speaks_under_is_changed_for_the_session(look, told, desk):
    app = look("People")
    assert app.text_input(key="feedback_name").value == "me" and "1 vote" in texts(app)
    app.text_input(key="feedback_name").set_value("Cleo").run()
    assert app.session_state[PERSON] == "Cleo"
    assert {"feedback_forget_Ada", "feedback_forget_me"} <= {button.key for button in app.button}
