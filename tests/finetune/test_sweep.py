"""Sweeps for real on a tiny base: two workers, one killed; pruning; failures. pytest tests/finetune/test_sweep.py"""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import optuna
import pytest
import yaml
from optuna.distributions import CategoricalDistribution, FloatDistribution
from optuna.trial import TrialState, create_trial

from finetune import config, record, sweep, train
from finetune.sweeping import plan, study
from workbench.errors import InputError

WAIT_SECONDS = 500  # a shared machine: far more than is ever needed
TINY = {
    "alpha": 8, "max_length": 64, "batch_size": 2, "max_steps": 4, "logging_steps": 2, "eval_steps": 2,
    "save_steps": 2, "eval_rows": 4, "threads": 1, "learning_rate": 1e-3,
}  # fmt: skip


@pytest.fixture(scope="module")
def fixed(tmp_path_factory: pytest.TempPathFactory) -> dict:
    """Settings of a run of a second: a random Llama of 0.2 M parameters, and eight short rows."""
    from transformers import LlamaConfig, LlamaForCausalLM

    folder = tmp_path_factory.mktemp("tiny")
    shape = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 1, "num_attention_heads": 2}
    # Large first weights: tokens differ in their loss, as those of a trained model do.
    settings = LlamaConfig(vocab_size=6144, num_key_value_heads=1, initializer_range=0.3, **shape)
    LlamaForCausalLM(settings).save_pretrained(folder / "base")
    shutil.copytree("data/models/starter/tokenizer", folder / "base", dirs_exist_ok=True)
    data = folder / "data"
    data.mkdir()
    rows = [
        {"messages": [
            {"role": "user", "content": f"Idea {n}?"}, {"role": "assistant", "content": f"A bakery at number {n}."},
        ]}
        for n in range(12)
    ]  # fmt: skip
    for name, part in (("train", rows[:8]), ("validation", rows[8:])):
        (data / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in part), encoding="utf-8")
    (data / "manifest.json").write_text(json.dumps({"kind": "sft"}), encoding="utf-8")
    return TINY | {"base": str(folder / "base"), "data_dir": str(data)}


def written(folder: Path, fixed: dict, **given: object) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / "sweep.yaml"
    about = {"config": "finetune/configs/study.yaml", "out_dir": str(folder / "out"), "fixed": fixed}
    path.write_text(yaml.safe_dump(about | given), encoding="utf-8")
    return path


def loaded(path: Path) -> tuple[plan.Plan, optuna.Study]:
    asked = plan.make(sweep.SimpleNamespace(**config.read(plan.DEFAULTS) | config.read(path)))
    return asked, study.open_study(asked)


def started(path: Path) -> subprocess.Popen:
    command = [sys.executable, "-m", "finetune.sweep", str(path)]
    return subprocess.Popen(command, env=os.environ | {"OMP_NUM_THREADS": "1"}, stdout=subprocess.DEVNULL)


def stopped_within_a_trial(worker: subprocess.Popen, found: optuna.Study, asked: plan.Plan) -> int:
    """Stop the worker while it owns a running trial that has a checkpoint; return the trial's number."""
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline:
        assert worker.poll() is None, "the worker ended before it could be killed"
        worker.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, worker.pid, os.WSTOPPED | os.WNOWAIT)
        for trial in study.trials(found):
            own = trial.user_attrs.get("owner", {}).get("pid") == worker.pid
            folder = study.folder_of(asked, trial.number)
            if trial.state == TrialState.RUNNING and own and list(folder.glob("checkpoint-*/trainer_state.json")):
                return trial.number
        worker.send_signal(signal.SIGCONT)
        time.sleep(0.05)
    raise AssertionError("no trial came to a checkpoint")


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_two_workers_and_a_kill_lose_and_double_no_trial(fixed: dict, tmp_path: Path) -> None:
    path = written(
        tmp_path, fixed | {"max_steps": 16}, seeds=[1, 2], baseline={"learning_rate": 1e-3, "rank": 2},
        stages=[{"learning_rate": [1e-3, 1e-2]}, {"rank": [2, 4]}],
    )  # fmt: skip
    asked, found = loaded(path)
    first, second = started(path), started(path)
    try:
        killed = stopped_within_a_trial(first, found, asked)
        first.send_signal(signal.SIGKILL)
        first.wait()
        assert second.wait(WAIT_SECONDS) == 0
    finally:
        for worker in (first, second):
            worker.kill()
            worker.wait()
    made = json.loads((asked.out / "sweep.json").read_text())
    tried = Counter((t["settings"]["learning_rate"], t["settings"]["rank"], t["seed"]) for t in made["trials"])
    assert len(tried) == 6 and set(tried.values()) == {1}
    assert {t["state"] for t in made["trials"]} == {"complete"} and made["finished"]
    assert made["trials"][killed]["taken_over"] == 1
    resumed = record.read(study.folder_of(asked, killed))["resumed"]
    assert resumed[0]["step"] >= 2, "it went on from its checkpoint"
    assert all(trial["curves"]["validation"][-1][0] == 16 for trial in made["trials"])
    assert len({trial.datetime_complete for trial in found.trials}) == 6
    report = (asked.out / "report.md").read_text()
    assert made["choice"]["line"] in report and "Peak memory" in report
    assert all(0 < trial["cpu_seconds"] < 600 and trial["peak_memory_mb"] > 50 for trial in made["trials"])
    assert (asked.out / "curves.svg").read_text().startswith("<svg")


def test_tpe_ends_a_trial_that_is_worse_than_the_others(fixed: dict, tmp_path: Path) -> None:
    space = {"learning_rate": {"low": 1e-6, "high": 1e-2, "log": True}, "rank": [2, 4]}
    endless = fixed | {"max_steps": 20_000, "eval_steps": 1, "save_steps": 1000}
    path = written(
        tmp_path, endless, strategy="tpe", space=space, trials=3, confirm=1, startup_trials=2, prune_from_step=0
    )  # fmt: skip
    _, found = loaded(path)
    distributions = {
        "learning_rate": FloatDistribution(1e-6, 1e-2, log=True), "rank": CategoricalDistribution([2, 4]),
    }  # fmt: skip
    for rate in (1e-3, 2e-3):  # no real trial can be as good as these
        found.add_trial(create_trial(
            value=0.1, params={"learning_rate": rate, "rank": 2}, distributions=distributions,
            intermediate_values=dict.fromkeys(range(50), 0.1),
        ))  # fmt: skip
    sweep.main([str(path)])
    made = json.loads((tmp_path / "out" / "sweep.json").read_text())
    pruned = made["trials"][2]
    assert pruned["state"] == "pruned" and "median" in pruned["reason"] and pruned["loss"] is None
    assert 1e-6 <= pruned["settings"]["learning_rate"] <= 1e-2 and pruned["settings"]["rank"] in (2, 4)
    assert pruned["curves"]["validation"][-1][0] < 20_000
    assert not list((tmp_path / "out" / "trial-002").glob("checkpoint-*"))
    assert "median" in record.read(tmp_path / "out" / "trial-002")["failed"]["reason"]


def test_a_failed_trial_is_told_with_its_reason_and_tried_again(fixed: dict, tmp_path: Path) -> None:
    path = written(
        tmp_path, fixed, strategy="grid", space={"method": ["lora", "lorra"]}, storage=f"sqlite:///{tmp_path}/study.db"
    )  # fmt: skip
    for number in (1, 2):
        sweep.main([str(path)])
        made = json.loads((tmp_path / "out" / "sweep.json").read_text())
        states = {trial["settings"]["method"]: trial for trial in made["trials"]}
        assert states["lora"]["state"] == "complete" and states["lora"]["number"] == 0
        assert states["lorra"]["state"] == "failed" and "no method 'lorra'" in states["lorra"]["reason"]
        assert states["lorra"]["number"] == number and len(made["trials"]) == 2
    assert "no method 'lorra'" in (tmp_path / "out" / "report.md").read_text()
    with pytest.raises(InputError, match="differs in space"):
        sweep.main([str(path), "--space", "{method: [lora]}"])
    sweep.main([str(path), "--seeds", "[1, 2]"])  # more seeds are added to what is there
    assert json.loads((tmp_path / "out" / "sweep.json").read_text())["cells"][0]["seeds"] == [1, 2]


def test_a_sweep_of_which_nothing_ends_says_why(fixed: dict, tmp_path: Path) -> None:
    path = written(tmp_path, fixed | {"base": "nowhere"}, strategy="grid", space={"rank": [2]})
    with pytest.raises(InputError, match=r"No trial came to an end.*no base model at nowhere"):
        sweep.main([str(path)])


def test_the_held_out_loss_does_not_depend_on_the_batch_size_or_on_packing(fixed: dict, tmp_path: Path) -> None:
    texts = ["A bakery in a tent. " * (n % 4 + 1) for n in range(7)]
    rows = [
        {"messages": [{"role": "user", "content": "Ideas?"}, {"role": "assistant", "content": text}]} for text in texts
    ]
    data = tmp_path / "data"
    shutil.copytree(fixed["data_dir"], data)
    (data / "validation.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    before = []
    for number, changes in enumerate([{"batch_size": 1}, {"batch_size": 4}, {"batch_size": 2, "packing": True}]):
        out = tmp_path / f"run-{number}"
        one = fixed | {"data_dir": str(data), "run_dir": str(out), "max_steps": 1, "eval_rows": 7, "precision": "fp32"}
        flags = [part for key, value in (one | changes).items() for part in (f"--{key}", json.dumps(value).strip('"'))]
        train.main(["--config", "finetune/configs/study.yaml", *flags])
        before.append(record.curve(out)[0]["eval_validation_loss"])
    assert before == pytest.approx([before[0]] * 3, rel=1e-5)


def test_a_trial_of_another_machine_is_left_alone_until_it_gives_no_sign(fixed: dict, tmp_path: Path) -> None:
    asked, found = loaded(written(tmp_path, fixed, strategy="grid", space={"rank": [2]}))
    claimed = study.next_trial(found, asked)
    assert claimed.settings == {"rank": 2}
    claimed.lock.close()
    claimed.trial.set_user_attr("owner", {"host": "elsewhere", "pid": 1, "at": time.time()})
    assert study.next_trial(found, asked) is True, "there is nothing to do but wait"
    claimed.trial.set_user_attr("owner", {"host": "elsewhere", "pid": 1, "at": time.time() - 3600})
    taken = study.next_trial(found, asked)
    assert taken.trial.number == claimed.trial.number and taken.folder == claimed.folder
    assert study.next_trial(found, asked) is True, "it is this worker's now, and its lock is held"
    found.tell(taken.trial, 1.0)
    taken.lock.close()
    assert study.next_trial(found, asked) is False


def test_two_machines_that_queue_the_same_cell_run_it_once(fixed: dict, tmp_path: Path) -> None:
    asked, found = loaded(written(tmp_path, fixed, strategy="grid", space={"rank": [2, 4]}))
    for _ in range(2):  # both saw an empty study
        study._enqueue(found, {"rank": 2}, 1, 0)
    tried = []
    while claimed := study.next_trial(found, asked):
        tried.append(claimed.settings["rank"])
        found.tell(claimed.trial, 1.0)
        claimed.lock.close()
    assert sorted(tried) == [2, 4]
    failed = [trial.user_attrs["void"] for trial in found.trials if trial.state == TrialState.FAIL]
    assert failed == ["trial 0 is the same"]
