"""The loop: from what people said to an adapter that is proved, tested blind, promoted and taken back."""

import argparse
import json
import os
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
import yaml

from finetune import improve
from finetune.improving import gate, served, voters
from finetune.improving.plan import Improvement
from workbench.settings import ROOT, Settings
from workbench.store import Store

PATIENT = 600  # seconds; the machine may be busy


@pytest.fixture
def chosen(toy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings as of somebody whose default model is the toy, with a database and a models folder of their own."""
    for name in ("MODEL", "DB", "MODELS"):
        monkeypatch.delenv(f"WORKBENCH_{name}", raising=False)
    made = Settings(_env_file=None)  # type: ignore[call-arg]
    return made.model_copy(
        update={"model": toy / "export", "db": tmp_path / "people.db", "models": tmp_path / "models"}
    )


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A training of a few steps."""
    few = {"max_steps": 3, "learning_rate": 1e-3, "epochs": 1}
    common = {"seed": 1, "device": "cpu", "threads": 1, "batch_size": 4, "max_length": 256, "logging_steps": 1,
              "eval_steps": 50, "save_steps": 1, "eval_rows": 4, "precision": "fp32"}  # fmt: skip
    path = tmp_path / "improve.yaml"
    path.write_text(yaml.safe_dump({"all": common, "sft": few, "dpo": few, "kto": few}), encoding="utf-8")
    return path


def asked(tmp_path: Path, config: Path, *more: str) -> list[str]:
    return ["brainstorm", "--out", str(tmp_path / "rounds"), "--config", str(config), "--anyway",
            "--prompts", "3", "--repeats", "1", *more]  # fmt: skip


def options(*words: str) -> argparse.Namespace:
    return improve.parser().parse_args(list(words))


def test_what_is_served_goes_back_to_what_was_trained(toy, tmp_path):
    from safetensors.torch import load_file

    base = toy / "export" / "toy-q8_0.gguf"
    served.unpack_adapter(toy / "export" / "toy-brainstorm-lora-f16.gguf", base, tmp_path / "adapter")
    found = load_file(tmp_path / "adapter" / "adapter_model.safetensors")
    trained = load_file(toy / "brainstorm" / "adapter" / "adapter_model.safetensors")
    assert found.keys() == trained.keys()
    for name, weight in trained.items():  # stored in 16 bits
        assert (found[name] - weight.float()).abs().max() <= 1e-3 * weight.abs().max() + 1e-6, name

    served.unpack_base(base, tmp_path / "base")
    weights = load_file(tmp_path / "base" / "model.safetensors")
    original = load_file(toy / "starter" / "pretrain" / "model" / "model.safetensors")
    for name, weight in original.items():  # served in 8 bits
        assert (weights[name] - weight.float()).abs().max() <= 0.01 * weight.abs().max(), name


def test_too_little_is_said_and_nothing_is_trained(chosen, tmp_path, capsys):
    with closing(Store(chosen.db)) as store:
        made = improve.improve(store, chosen, options("brainstorm", "--out", str(tmp_path / "rounds")))
    assert made.facts["state"] == "not enough" and "Not enough: 0 answers" in capsys.readouterr().out
    assert [path.name for path in made.folder.iterdir()] == ["improve.json"]


@pytest.mark.timeout(1800)
def test_a_round_survives_a_kill_waits_for_votes_and_is_promoted_and_taken_back(chosen, config, tmp_path):
    with closing(Store(chosen.db)) as store:
        people(store, chosen)
    kill_while_training(chosen, asked(tmp_path, config), tmp_path / "rounds" / "brainstorm-1")
    with closing(Store(chosen.db)) as store:
        made = improve.improve(store, chosen, options(*asked(tmp_path, config)))
        facts = made.facts
        assert (facts["state"], facts["number"]) == ("voting", 1) and facts["kinds"]
        proof = json.loads((made.folder / "model" / "proof.json").read_text())
        assert proof["brainstorm"]["f16"]["mean KL divergence"] < 0.001
        assert {each["figure"] for each in facts["figures"]} >= {"valid", "different", "topic_retrieval"}
        assert not store.in_use().of  # nothing changes before a decision

        made = improve.improve(store, chosen, options(*asked(tmp_path, config, "--promote")))
        assert made.facts["state"] == "promoted"
        name = store.in_use().of["brainstorm"].adapter.name
        assert name == made.facts["registered"] and "refine" not in store.in_use().of
        store.roll_back()
        assert not store.in_use().of

        again = improve.improve(store, chosen, options(*asked(tmp_path, config, "--give-up")))
        assert again.folder.name == "brainstorm-2" and again.facts["state"] == "given up"


@pytest.mark.parametrize(
    ("votes", "interval", "worse", "outcome"),
    [
        (100, [0.55, 0.75], [], "promote"),
        (100, [0.55, 0.75], ["valid"], "reject"),  # liked, but it lost something
        (100, [0.30, 0.48], [], "reject"),
        (100, [0.45, 0.65], [], "wait"),
        (20, [0.60, 0.95], [], "wait"),  # too few to say
        (240, [0.45, 0.58], [], "reject"),  # every pair has a vote, and they do not prefer it
    ],
)
def test_what_votes_and_figures_decide(tmp_path, votes, interval, worse, outcome):
    made = Improvement(tmp_path / "brainstorm-1")
    said = {"by": "people", "pairs": 240, "votes": votes, "win_rate": sum(interval) / 2, "interval": interval}
    measured = [{"figure": name, "worse": name in worse} for name in ("valid", "different")]
    assert gate.decide(made, said, measured, 50) == outcome
    assert made.facts["verdict"]["outcome"] == outcome


def people(store: Store, chosen: Settings) -> None:
    """Have simulated people brainstorm, keep, drop and compare on the toy."""
    from workbench.assist import Desk
    from workbench.bench import heldout
    from workbench.engine import open_engine
    from workbench.store import Library

    engine = open_engine(chosen)
    desk = Desk(engine, store, Library(chosen.library, chosen.library_file))
    try:
        topics = [topic.topic for topic in heldout.trained_on(chosen.library)[:12]]
        voters.Voters(store, 1, by_lot=False).brainstorm(desk, topics)
    finally:
        engine.close()


def kill_while_training(chosen: Settings, words: list[str], folder: Path) -> None:
    """Start the round as a program of its own and end it with kill -9 in the middle of its training."""
    environment = os.environ | {"WORKBENCH_DB": str(chosen.db), "WORKBENCH_MODELS": str(chosen.models),
                                "WORKBENCH_MODEL": str(chosen.model)}  # fmt: skip
    process = subprocess.Popen(
        [sys.executable, "-m", "finetune.improve", *words], cwd=ROOT, env=environment, start_new_session=True
    )
    until = time.monotonic() + PATIENT
    while not list(folder.glob("train-*/checkpoint-*")):
        assert process.poll() is None and time.monotonic() < until, "it never got to its training"
        time.sleep(0.1)
    process.send_signal(signal.SIGKILL)
    process.wait()
