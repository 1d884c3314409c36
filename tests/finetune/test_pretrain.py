"""Real runs of a few seconds on a toy network."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from finetune import pretrain, record
from workbench.errors import InputError

SETTINGS = {
    "seed": 1, "sequence_length": 32, "hidden_size": 32, "layers": 1, "heads": 2, "key_value_heads": 1,
    "feed_forward": 64, "max_positions": 64, "rope_theta": 10000.0, "word_vectors": False, "device": "cpu",
    "compile": False, "threads": 1, "batch_size": 4, "muon_lr": 4e-3, "adamw_lr": 3e-3, "weight_decay": 0.1,
    "start_from": "", "decay_from": 0.4,
    "max_minutes": 1e6, "max_tokens": 32 * 4 * 50, "idea_share": [0.2, 0.8], "save_minutes": 1e6, "eval_minutes": 1e6,
}  # fmt: skip


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory) -> Path:
    """Packed rows that count upwards, so that there is something to learn."""
    from finetune import tokenizer

    folder = tmp_path_factory.mktemp("data")
    tok = tokenizer.train(iter(["one two three"] * 20), 300)
    tok.save_pretrained(folder / "tokenizer")
    rng = np.random.default_rng(0)
    for name in ("general", "ideas-0", "heldout_general", "heldout_ideas"):
        tokens = ((rng.integers(0, 50, (64, 1)) + np.arange(32)) % 50).astype(np.uint16)
        np.savez(folder / f"{name}.npz", tokens=tokens, loss_mask=np.ones_like(tokens, dtype=bool))
    (folder / "manifest.json").write_text('{"outputs": {}}')
    return folder


def run(data_dir: Path, out: Path, **changes) -> dict:
    from safetensors.torch import load_file

    out.mkdir(exist_ok=True)
    pretrain.train(SimpleNamespace(**SETTINGS | changes), data_dir, out)
    return load_file(out / "model" / "model.safetensors")


def test_the_loss_falls_on_both_kinds_of_held_out_rows(data_dir, tmp_path):
    run(data_dir, tmp_path / "run", eval_minutes=0)
    held = [row["heldout"] for row in record.curve(tmp_path / "run") if "heldout" in row]
    for kind in ("general", "ideas"):
        assert held[-1][kind] < held[0][kind] - 1.0, (held[0], held[-1])


def test_a_run_that_was_killed_goes_on_as_if_it_had_not_been(data_dir, tmp_path, monkeypatch):
    whole = run(data_dir, tmp_path / "whole")

    def die(folder, **row):
        if row.get("step") == 20:
            raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(record, "log", die)
        run(data_dir, tmp_path / "halved", save_minutes=0)
    halved = run(data_dir, tmp_path / "halved")
    assert record.curve(tmp_path / "halved")[-1]["step"] == 50
    for name, weights in whole.items():
        np.testing.assert_allclose(weights, halved[name], atol=1e-5, err_msg=name)


def test_the_schedule_warms_up_stays_level_and_ends_low():
    assert pretrain.schedule(0, 0.4) < pretrain.schedule(0.01, 0.4) < pretrain.schedule(0.3, 0.4) == 1.0
    assert pretrain.schedule(1.0, 0.4) == pytest.approx(pretrain.LAST_LR)
    assert pretrain.schedule(0.99, 1.0) == 1.0  # another stage follows


def test_without_prepared_data_one_sentence_says_what_to_run(tmp_path):
    with pytest.raises(InputError, match=r"Run finetune\.pretrain_data"):
        pretrain.main(["--config", "finetune/configs/starter-cpu.yaml", "--run_dir", str(tmp_path)])


def test_a_stage_goes_on_from_the_weights_of_the_one_before(data_dir, tmp_path):
    run(data_dir, tmp_path / "first")
    first = record.curve(tmp_path / "first")[-1]["heldout"]["ideas"]
    began = str(tmp_path / "first" / "model")
    run(data_dir, tmp_path / "next", start_from=began, max_tokens=32 * 4 * 5, decay_from=1.0)
    assert record.curve(tmp_path / "next")[-1]["heldout"]["ideas"] < first + 0.5
    with pytest.raises(InputError, match="holds no model to go on from"):
        run(data_dir, tmp_path / "no", start_from=str(tmp_path / "nowhere"))
