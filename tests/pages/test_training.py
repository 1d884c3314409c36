"""The Training page: nothing yet, runs in every state, any two compared, a sweep."""

from pathlib import Path

import pytest

from tests.pages.conftest import texts
from tests.training import records
from workbench.settings import settings


@pytest.fixture
def root(own_data: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("WORKBENCH_RUNS", str(own_data / "runs"))
    settings.cache_clear()
    return own_data / "runs"


def test_without_runs_it_says_how_to_begin(root, open_page):
    app = open_page("training")
    assert "python -m finetune.train" in app.code[0].value and "WORKBENCH\\_RUNS" not in app.code[0].value
    assert not app.selectbox and not app.dataframe


def test_a_finished_run_has_its_figures_and_its_command(root, open_page):
    records.run(root, "refine", {0: 3.0, 20: 2.5, 40: 2.1}, **records.FINISHED)
    app = open_page("training")
    shown = {metric.label: metric.value for metric in app.metric}
    assert shown["Loss, validation"] == "2.1000" and shown["Loss, test"] == "2.3000" and shown["Time"] == "5 min"
    assert app.code[0].value == "python -m finetune.train --config runs/refine/config.yaml"
    assert "Finished" in texts(app)


def test_a_run_whose_process_is_gone_is_interrupted_and_can_be_gone_on_with(root, open_page):
    folder = records.run(root, "refine", {0: 3.0, 20: 2.5}, process=records.gone())
    records.progress(folder, 24)
    app = open_page("training")
    assert "Interrupted after step 24 of 40" in app.warning[0].value
    assert "To go on with it" in texts(app) and "runs/refine/config.yaml" in app.code[0].value


def test_a_failed_run_says_why(root, open_page):
    records.run(root, "refine", {0: 3.0}, failed={"at": "", "reason": "There is no room to write."})
    assert "no room to write" in open_page("training").error[0].value


def test_a_run_at_work_is_followed_until_it_ends(root, open_page):
    folder = records.run(root, "refine", {0: 3.0}, process=records.at_work())
    app = open_page("training")
    assert "Running" in texts(app)
    records.progress(folder, 24)
    app.run()
    assert app.get("progress")[0].proto.value == 60
    assert app.get("progress")[0].proto.text == "step 24 of 40 · loss 2.5000 · 812 tokens/s · about 2 min left"
    (folder / "run.json").unlink()
    records.run(root, "other", {0: 3.0}, **records.FINISHED)
    app.run()
    assert not app.get("progress") and "Finished" in texts(app)


def test_any_two_runs_beside_each_other(root, open_page):
    records.run(root, "a", {0: 3.0, 40: 2.1}, **records.FINISHED)
    better = records.FINISHED | {"final": {"validation": 2.0, "test": 2.2}}
    records.run(root, "b", {0: 3.0, 40: 2.0}, config=records.CONFIG | {"rank": 32}, **better)
    app = open_page("training")
    app.segmented_control(key="training_part").set_value("Compare").run()
    assert not app.exception
    figures, config = (frame.value for frame in app.dataframe)
    assert list(config["Setting"]) == ["rank"]
    assert list(figures[figures["Figure"] == "loss, validation"]["b"]) == ["2.0000 ↓ lower"]
    app.toggle(key="compared_all").set_value(True).run()
    assert len(app.dataframe[1].value) == len(records.CONFIG)


def test_a_sweep_says_what_to_choose(root, open_page):
    records.sweep(root)
    records.run(root, "sweep-rates/trial-000", {0: 3.0}, **records.FINISHED)
    app = open_page("training")
    app.segmented_control(key="training_part").set_value("Sweeps").run()
    assert not app.exception and "Choose learning" in app.success[0].value
    assert list(app.dataframe[0].value["loss"]) == [2.1, 2.2, 2.4]
