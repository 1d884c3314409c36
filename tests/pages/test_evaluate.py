"""The Evaluate page: eight checks as words and bars, four scores, three sentences, the way to fix a risk."""

import pytest

from tests.pages.conftest import texts
from workbench.assist import CHECKS
from workbench.ui.words import plain


@pytest.fixture
def idea(desk):
    board = desk.store.create_board("How might we waste less bread?")
    return desk.store.add_idea(board.id, "Bread bus", "The baker drives the loaves round.")


def judged(open_page, desk, idea):
    app = open_page("evaluate", board=idea.board_id, idea=idea.id)
    app.button(key="evaluate_go").click().run()
    desk.runs(task="evaluate")[0].wait(20)
    return app.run()


def test_without_a_board_the_page_leads_to_one(open_page):
    assert open_page("evaluate").button(key="empty_start")


def test_every_check_shows_its_wording_a_word_and_a_share(open_page, desk, idea):
    app = judged(open_page, desk, idea)
    (evaluation,) = desk.store.evaluations(idea.id)
    assert len(app.progress) == 8
    for check, p in zip(CHECKS, evaluation.checks, strict=True):
        (bar,) = [bar for bar in app.progress if plain(check) in bar.text]
        word = "yes" if p >= 0.6 else "no" if p <= 0.4 else "unsure"
        assert f"**{word}** · {p:.0%}" in bar.text
    for name in ("Novelty", "Workability", "Relevance", "Specificity"):
        assert f"**{name}** · {evaluation.scores[name.lower()]:.1f} of 5" in texts(app)
    assert "opinion, not a verdict" in texts(app)


def test_strength_risk_and_next_step_and_fix_this(open_page, desk, idea):
    desk.engine.enqueue("Strength: It is cheap.\nRisk: Nobody knows who drives.\nNext step: Ask the baker.")
    app = judged(open_page, desk, idea)
    assert "It is cheap" in texts(app) and "Ask the baker" in texts(app)
    (evaluation,) = desk.store.evaluations(idea.id)
    app.button(key=f"fix_{evaluation.id}").click().run()
    assert app.title[0].value == "Refine"
    assert app.text_input(key="refine_own_goal").value == "fix: Nobody knows who drives"
    assert app.selectbox(key="refine_idea").value == idea.id


def test_earlier_judgements_stay_listed_and_an_old_wording_is_named(open_page, desk, idea):
    judged(open_page, desk, idea)
    desk.store.revise(idea.id, "Bread van", "Another.")
    app = judged(open_page, desk, idea)
    assert "Earlier judgements" in texts(app)
    assert "judged an earlier wording" in texts(app)
