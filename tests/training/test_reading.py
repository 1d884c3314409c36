"""Records are read whatever state they are in, and whatever else lies there. pytest tests/training"""

import json
from pathlib import Path

import pytest

from tests.training import records
from workbench.training import State, curves, evaluations, runs, sweeps
from workbench.training.comparing import differences


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        (records.FINISHED, State.FINISHED),
        ({"process": records.at_work()}, State.RUNNING),
        ({"process": records.gone()}, State.INTERRUPTED),
        ({"process": records.gone(), "failed": {"reason": "There is no room."}}, State.FAILED),
        ({"process": records.at_work() | {"host": "elsewhere"}}, State.RUNNING),  # its curve was written just now
    ],
)
def test_where_a_run_is(tmp_path: Path, facts: dict, state: State) -> None:
    records.run(tmp_path, "one", {0: 3.0, 20: 2.5}, **facts)
    (run,) = runs.find(tmp_path)
    assert (run.name, run.state) == ("one", state)


def test_an_old_record_with_its_result_is_finished(tmp_path: Path) -> None:
    folder = records.run(tmp_path, "old", {})
    (folder / "curve.jsonl").unlink()
    assert runs.find(tmp_path)[0].state is State.INTERRUPTED
    (folder / "adapter").mkdir()
    assert runs.find(tmp_path)[0].state is State.FINISHED


def test_a_step_done_again_counts_once_and_a_cut_line_not_at_all(tmp_path: Path) -> None:
    folder = records.run(tmp_path, "one", {0: 3.0, 20: 2.5})
    with (folder / "curve.jsonl").open("a") as out:
        out.write('{"step": 20, "eval_validation_loss": 2.4}\n[1, 2]\n\n')
        out.write('{"step": 40, "heldout": {"test": 2.2}}\n{"step": 4')
    curve = curves.read(folder)
    assert curve.heldout == {"validation": {0: 3.0, 20: 2.4}, "test": {40: 2.2}}
    assert curve.training == pytest.approx({0: 2.9, 20: 2.4})
    assert curves.steps_table(curve)[-1] == {"Step": 20, "Training Loss": pytest.approx(2.4), "Validation Loss": 2.4}


FOREIGN = [b"", b"{", b"[]", b'"text"', b"\xff\xfe", b'{"started": 5, "config": []}', b"[" * 9000]


@pytest.mark.parametrize("content", FOREIGN)
def test_foreign_files_are_passed_over(tmp_path: Path, content: bytes) -> None:
    for name in ("run.json", "sweep.json"):
        (tmp_path / "odd").mkdir(exist_ok=True)
        (tmp_path / "odd" / name).write_bytes(content)
    records.run(tmp_path, "good", {0: 3.0})
    assert "good" in [run.name for run in runs.find(tmp_path)]
    assert sweeps.find(tmp_path) == []
    assert evaluations.read(tmp_path / "odd") == []


def test_values_of_other_types_are_left_out(tmp_path: Path) -> None:
    folder = records.run(tmp_path, "odd", {}, steps="many", seconds=None, final={"validation": "low", "test": 2.0},
                         failed=None, process="me", rows=True, tokens_per_s=float("nan"))  # fmt: skip
    (folder / "progress.json").write_text('{"step": 3, "steps": 0}')
    (run,) = runs.find(tmp_path)
    assert (run.steps, run.seconds, run.rows, run.tokens_per_s, run.final) == (None, None, None, None, {"test": 2.0})
    assert runs.progress(run) is None


def test_runs_lie_deep_and_checkpoints_are_none(tmp_path: Path) -> None:
    records.run(tmp_path, "starter/pretrain", {0: 3.0})
    records.run(tmp_path, "sweep/trial-000", {0: 3.0})
    records.run(tmp_path, "sweep/checkpoint-4", {0: 3.0})
    assert {run.name for run in runs.find(tmp_path)} == {"starter/pretrain", "sweep/trial-000"}
    assert runs.find(tmp_path / "nowhere") == []


def test_a_long_curve_is_thinned_and_keeps_its_ends() -> None:
    points = curves.thinned({step: 1.0 / (step + 1) for step in range(10_000)}, 400)
    assert len(points) <= 401 and points[0][0] == 0 and points[-1][0] == 9999


def test_a_sweep_and_what_it_varies(tmp_path: Path) -> None:
    records.sweep(tmp_path)
    (sweep,) = sweeps.find(tmp_path)
    assert (sweep.ended, sweep.strategy, sweep.choice[:6]) == (3, "grid", "Choose")
    assert sweep.named(sweep.trials[1]) == "learning rate 0.0003" and sweep.trials[1].curve == {0: 3.0, 20: 2.1}


def test_what_two_configs_differ_in_comes_first(tmp_path: Path) -> None:
    records.run(tmp_path, "a", {})
    records.run(tmp_path, "b", {}, config=records.CONFIG | {"rank": 32, "packing": True, "more": None})
    one, other = sorted(runs.find(tmp_path), key=lambda run: run.name)
    told = differences(one, other)
    assert told[:3] == [("rank", "16", "32", True), ("packing", "no", "yes", True), ("more", "not set", "none", True)]
    assert not any(apart for *_, apart in told[3:]) and len(told) == 7


def test_an_evaluation_says_what_is_clear(tmp_path: Path) -> None:
    parts = [{"name": "refine", "learned": True, "base": 4.0, "tuned": 3.8, "interval": [-0.3, -0.1]},
             {"name": "general text", "learned": False, "base": 3.0, "tuned": 3.1, "interval": [0.05, 0.2]},
             {"name": "few", "base": 3.0, "tuned": 2.9, "interval": None}, {"name": "broken"}]  # fmt: skip
    (tmp_path / "evaluation").mkdir()
    (tmp_path / "evaluation" / "report.json").write_text(json.dumps({"losses": {"parts": parts}}))
    found = evaluations.read(tmp_path)
    assert [part.verdict for part in found] == ["better", "worse", "no clear change"]
