"""The Compare page: one answer live, a batch, the tables, blind votes whose names come after, pairs from outside."""

import time

import pytest

from tests.pages.conftest import texts
from workbench.lab import compare
from workbench.records import (
    ComparisonKind,
    Contender,
    JobState,
    Judge,
    NewComparison,
    NewVote,
    Outcome,
    Prompt,
    VoteKind,
)
from workbench.ui.comparing import charts

PATIENT = 240  # seconds; a small machine may be busy
SKY, LIFE = (Prompt(text, ({"role": "user", "content": text},)) for text in ("Why is the sky blue?", "Life?"))


def part(open_page, name):
    app = open_page("compare")
    if name != "Try one":
        app.button_group(key="compare_part").set_value(name).run()
    assert not app.exception, app.exception
    return app


def until(found, what):
    deadline = time.monotonic() + PATIENT
    while not found():
        assert time.monotonic() < deadline, what
        time.sleep(0.1)


@pytest.fixture
def answered(desk):
    """A comparison of two models with two pairs to vote on and an identical one."""
    new = NewComparison(
        title="Old and new", kind=ComparisonKind.BATCH, prompts=(SKY, LIFE),
        contenders=(Contender("old", ""), Contender("new", "")), repeats=2, sampling={"temperature": 0.7},
    )  # fmt: skip
    made = desk.store.add_answered(new, [
        ((0, 0, 0), "It is blue."), ((0, 1, 0), "Blue it *is*."), ((1, 0, 0), "Forty-two."), ((1, 1, 0), "*Bread*"),
        ((0, 0, 1), "Same."), ((0, 1, 1), "Same."),
    ])  # fmt: skip
    for at, trial in enumerate(desk.store.trials(made.id)):
        desk.store.finish_generation(
            trial.generation.id, text=trial.generation.text, prompt_tokens=9, tokens=11, first_token_s=0.5,
            seconds=1.5 + at, finish="stop",
        )  # fmt: skip
    return made


def press(app, outcome):
    """Press the key of the pair that is shown; return its two answers."""
    (button,) = [each for each in app.button if (each.key or "").startswith(f"vote_{outcome}_")]
    numbers = tuple(map(int, button.key.rsplit("_", 2)[1:]))
    button.click().run()
    assert not app.exception, app.exception
    return numbers


def test_one_answer_comes_with_its_figures_and_the_next_model_beside_it(open_page, desk):
    app = part(open_page, "Try one")
    assert "Pick a question and a model" in texts(app)
    app.selectbox(key="live_prompt_The original study").set_value(1).run()
    app.button(key="live_ask").click().run()
    (made,) = desk.store.comparisons()
    until(lambda: desk.store.trial_counts(made.id)[0] == 1, "the answer")
    app.run()
    said = texts(app)
    assert "Why is the sky blue" in said and "tokens a second" in said and "seed 1" in said
    (trial,) = [each for each in desk.store.trials(made.id) if not each.warm_up]
    assert trial.generation.text.split()[0] in said
    app.button(key="live_new").click().run()
    assert len(desk.store.comparisons()) == 2 and "Why is the sky blue" not in texts(app)
    for job in desk.store.jobs(made.id):
        desk.store.cancel_job(job.id)  # or it waits for the next question


def test_a_batch_is_planned_started_and_shown_in_the_table(open_page, desk):
    app = part(open_page, "Batch")
    assert app.button(key="batch_go").disabled
    app.multiselect(key="batch_models").set_value(["starter", "starter + brainstorm"]).run()
    app.number_input(key="batch_repeats").set_value(1)
    app.number_input(key="batch_limit").set_value(16).run()
    assert "**6 answers**" in texts(app)
    app.button(key="batch_go").click().run()
    (made,) = desk.store.comparisons()
    assert (made.kind, len(made.prompts), made.repeats) == (ComparisonKind.BATCH, 3, 1)
    assert made.sampling == {"temperature": 0.7, "max_tokens": 16} and made.machine["cores"]
    until(lambda: not desk.store.jobs(made.id)[0].live, "the end")
    assert desk.store.jobs(made.id)[0].state is JobState.DONE
    app.run()
    assert "6 of 6 answers" in texts(app)
    app.button_group(key="compare_part").set_value("Table").run()
    published, figures = app.dataframe
    assert list(published.value["prompt"]) == [prompt.title for prompt in made.prompts]
    assert list(figures.value["model"]) == ["starter", "starter + brainstorm"]
    assert list(figures.value["answers"]) == [3, 3]
    app.button_group(key="compare_part").set_value("Charts").run()
    (chart,) = app.get("vega_lite_chart")
    assert "6 answers by starter, starter + brainstorm" in chart.proto.alt and "Quality needs votes" in texts(app)


def test_a_batch_that_was_cut_off_offers_to_resume_and_can_be_removed(open_page, desk):
    made = compare.plan(desk.store, NewComparison(
        title="Cut", kind=ComparisonKind.BATCH, prompts=(SKY,), contenders=(Contender("a", "a.gguf"),)
    ))  # fmt: skip
    app = part(open_page, "Batch")
    assert "cut off · 0 of 1 answer" in texts(app) and app.button(key=f"batch_resume_{made.id}")
    app.button(key=f"batch_remove_{made.id}").click().run()
    assert desk.store.comparisons() == [] and "Batches" not in texts(app)


def test_names_are_told_only_after_the_vote(open_page, desk, answered):
    app = part(open_page, "Vote")
    assert "0 votes of 2 pairs" in app.main.get("progress")[0].text
    assert "1 identical" in texts(app)
    shown = [each.value for each in app.main.markdown] + [each.value for each in app.main.caption]
    assert not [text for text in shown if {"old", "new"} & set(text.split()) and "keep as" not in text]
    left, right = press(app, "left")
    (vote,) = desk.store.answer_votes(answered.id)
    assert (vote.left_id, vote.right_id, vote.outcome, vote.judge) == (left, right, Outcome.LEFT, Judge.PERSON)
    found = compare.ballot(desk.store, answered.id)
    assert f"**A** was {found.name(left)}, **B** was {found.name(right)}" in texts(app)
    assert "You took A" in texts(app) and len(app.get("vega_lite_chart")) == 1
    assert {left, right} != set(press(app, "both_bad"))
    assert "You have voted on all 2 pairs" in app.success[0].value


def test_reasons_go_with_the_vote_and_undo_takes_the_last_one_back(open_page, desk, answered):
    app = part(open_page, "Vote")
    (pills,) = [each for each in app.button_group if (each.key or "").startswith("vote_reasons_")]
    pills.set_value(["clearer", "right"]).run()
    pair = press(app, "right")
    (vote,) = desk.store.answer_votes(answered.id)
    assert vote.reason == "clearer; right"
    app.button(key="vote_undo").click().run()
    assert desk.store.answer_votes(answered.id) == []
    assert press(app, "tie") == pair


def test_what_a_model_wrote_shows_as_it_is(open_page, desk, answered):
    app = part(open_page, "Vote")
    said = texts(app)
    press(app, "skip")
    said += texts(app)
    assert r"\*Bread\*" in said and r"Blue it \*is\*\." in said


def test_a_judges_votes_stand_apart(open_page, desk, answered):
    for pair in compare.ballot(desk.store, answered.id).pairs.real:
        desk.store.add_votes([NewVote(
            kind=VoteKind.ANSWER, left_id=pair.left.answer.id, right_id=pair.right.answer.id, outcome=Outcome.RIGHT,
            order_seed=0, judge=Judge.MODEL, judge_name="bakery", p_first=0.2, p_second=0.1,
        )])  # fmt: skip
    app = part(open_page, "Vote")
    assert "0 votes of 2 pairs" in app.main.get("progress")[0].text and "Your ranking" not in texts(app)
    (folded,) = [each for each in app.expander if "The judge bakery" in each.label]
    assert "2 votes, not enough of your answers yet: n = 0" in folded.label
    app.button_group(key="compare_part").set_value("Charts").run()
    assert len(app.get("vega_lite_chart")) == 2
    assert "Judge: bakery" in app.get("vega_lite_chart")[1].proto.alt


def test_own_prompts_make_a_set_and_boards_are_one(open_page, desk):
    desk.store.create_board("How might we waste less bread?")
    app = part(open_page, "Batch")
    app.text_input(key="own_set_name").set_value("Mine")
    app.text_area(key="own_set_text").set_value("One?\n\nTwo?")
    (keep,) = [each for each in app.button if each.label == "Keep"]
    keep.click().run()
    (kept,) = desk.store.prompt_sets()
    assert (kept.name, [prompt.title for prompt in kept.prompts]) == ("Mine", ["One?", "Two?"])
    names = app.selectbox(key="batch_set").options
    assert "Mine" in names and "Questions of the boards" in names and "The original study" in names


def test_an_address_that_is_none_gets_a_sentence(open_page, desk):
    app = part(open_page, "Try one")
    app.text_input(key="live_compare_server_url").set_value("here")
    app.text_input(key="live_compare_server_model").set_value("llama3.2")
    add(app)
    assert any("is no address of a server" in error.value for error in app.error)
    app.text_input(key="live_compare_server_url").set_value("http://localhost:1/v1")
    add(app)
    assert "llama3.2 at localhost:1" in app.selectbox(key="live_model").options


def add(app):
    (button,) = [each for each in app.button if each.label == "Add"]
    button.click().run()


def test_nothing_to_show_says_what_to_do(open_page, desk):
    for name in ("Table", "Charts"):
        assert "There is nothing to show yet" in texts(part(open_page, name))
    assert "Votes need two answers" in texts(part(open_page, "Vote"))


@pytest.mark.parametrize("paper", ["#fcfbf8", "#16191c"])
def test_the_colours_of_the_models_stand_out_in_both_themes(paper):
    def light(colour):
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        red, green, blue = (x / 12.92 if x <= 0.03928 else ((x + 0.055) / 1.055) ** 2.4 for x in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05

    for colour in charts.COLOURS:
        dark, bright = sorted((light(colour), light(paper)))
        assert bright / dark >= 3, colour  # WCAG 1.4.11
    assert len(charts.COLOURS) == len(set(charts.COLOURS)) == len(set(charts.SHAPES))
