"""Rounds of improvement on the Training page, from the records that finetune.improve writes."""

from pathlib import Path

import pytest

from finetune import record
from finetune.improving import plan
from finetune.improving.plan import Improvement
from tests.pages.conftest import texts
from tests.training import records
from workbench.settings import settings

FIGURE = {"figure": "different", "old": 3.5, "new": 3.9, "change": 0.4, "interval": [0.2, 0.6], "worse": False}


@pytest.fixture
def root(own_data: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("WORKBENCH_RUNS", str(own_data / "runs"))
    settings.cache_clear()
    return own_data / "runs"


def written(root: Path, **facts: object) -> Improvement:
    made = Improvement(root / "improve" / "brainstorm-1")
    started = {"task": "brainstorm", "number": 1, "started": "2026-11-21T20:00:00+00:00"}
    made.note(**started, command="python -m workbench improve brainstorm", **facts)
    return made


def test_too_little_feedback_is_said_even_without_any_run(root, open_page):
    said = {"sft": {"rows": 3, "topics": 1, "words": "Not enough: 3 answers to learn from on 1 topic."}}
    written(root, state="not enough", words="There is not enough to learn from yet.", enough=said)
    app = open_page("training")
    assert "There is not enough" in app.info[0].value and "SFT: Not enough: 3 answers" in texts(app)


def test_a_round_that_waits_for_votes_shows_figures_and_how_to_go_on(root, open_page):
    verdict = {"votes": 20, "win_rate": 0.6, "interval": [0.39, 0.78], "by": "people"}
    facts = {"state": "voting", "words": "Vote on the Compare page, comparison 7.", "comparison": 7}
    made = written(root, **facts, figures=[FIGURE], verdict=verdict)
    record.write(made.folder / plan.FILE, made.facts | {"process": records.gone()})
    records.run(root, "refine", {0: 3.0, 20: 2.5}, **records.FINISHED)
    app = open_page("training")
    app.get_by_key("training_part").set_value("Improvement").run()
    assert "comparison 7" in app.info[0].value and app.metric[0].value == "60%"
    assert app.code[0].value == "python -m workbench improve brainstorm" and app.button(key="round_vote")
    (row,) = app.dataframe[0].value.to_dict("records")
    assert (row["In use"], row["New"], row["95 % interval of the change"]) == (3.5, 3.9, "+0.200 to +0.600")


def test_without_rounds_it_says_what_one_is(root, open_page):
    records.run(root, "refine", {0: 3.0, 20: 2.5}, **records.FINISHED)
    app = open_page("training")
    app.get_by_key("training_part").set_value("Improvement").run()
    assert "python -m workbench improve brainstorm" in app.code[0].value and not app.exception
