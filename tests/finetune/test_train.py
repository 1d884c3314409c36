"""Training for real on a toy base: methods, kinds of data, resume after a kill. pytest tests/finetune/test_train.py"""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from finetune import config, record, train
from workbench.errors import InputError

CONFIG = "finetune/configs/study.yaml"
TINY = {
    "rank": 4, "alpha": 8, "max_length": 128, "batch_size": 4, "max_steps": 6, "logging_steps": 1, "eval_steps": 3,
    "save_steps": 2, "eval_rows": 4, "learning_rate": 5e-3, "threads": 1,
}  # fmt: skip


def sentence(number: int) -> str:
    return f"Idea {number} — the baker at number {number * 7 % 50} sells bread at {number % 12 + 1} o'clock."


def write_data(folder: Path, kind: str, rows: list[dict]) -> Path:
    folder.mkdir()
    for name, part in (("train", rows[:-4]), ("validation", rows[-4:])):
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in part), encoding="utf-8")
    (folder / "manifest.json").write_text(json.dumps({"kind": kind}))
    return folder


@pytest.fixture(scope="module")
def base(toy: Path) -> Path:
    return toy / "starter" / "pretrain" / "model"


@pytest.fixture(scope="module")
def sft(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Chats of two turns."""
    rows = [
        {"messages": [
            {"role": "user", "content": f"Think of idea {n}."}, {"role": "assistant", "content": sentence(n)},
            {"role": "user", "content": "Another."}, {"role": "assistant", "content": sentence(n + 40)},
        ]}
        for n in range(28)
    ]  # fmt: skip
    return write_data(tmp_path_factory.mktemp("data") / "sft", "sft", rows)


def arguments(base: Path, data: Path, out: Path, **changes: object) -> list[str]:
    flags = TINY | {"base": base, "data_dir": data, "run_dir": out} | changes
    return ["--config", CONFIG, *(part for key, value in flags.items() for part in (f"--{key}", str(value)))]


def run(base: Path, data: Path, out: Path, **changes: object) -> dict[str, float]:
    out.mkdir(parents=True, exist_ok=True)
    return train.train(config.load("", arguments(base, data, out, **changes), train.DEFAULTS), out)


def losses(out: Path) -> dict[int, float]:
    return {line["step"]: line["loss"] for line in record.curve(out) if "loss" in line}


def untrained(out: Path) -> float:
    """Return the held-out loss before the first step."""
    return next(line["heldout"]["validation"] for line in record.curve(out) if line.get("heldout"))


@pytest.mark.parametrize("method", ["lora", "dora", "rslora", "full"])
def test_each_method_learns(base: Path, sft: Path, tmp_path: Path, method: str) -> None:
    final = run(base, sft, tmp_path / "run", method=method, learning_rate=1e-3 if method == "full" else 5e-3)
    assert final["validation"] < untrained(tmp_path / "run")
    made = json.loads((tmp_path / "run" / "run.json").read_text())
    assert made["config"]["method"] == method and made["steps"] == 6 and made["peak_memory_mb"] > 50
    if method != "full":
        settings = json.loads((tmp_path / "run" / "adapter" / "adapter_config.json").read_text())
        assert (settings["use_dora"], settings["use_rslora"]) == (method == "dora", method == "rslora")
    table = (tmp_path / "run" / "table.md").read_text().splitlines()
    assert table[0] == "| Step | Training Loss | Validation Loss |" and len(table) >= 5


@pytest.mark.parametrize("changes", [
    {"schedule": "linear", "warmup": 0.2, "weight_decay": 0.01}, {"packing": "true"}, {"neftune_alpha": 5},
    {"gradient_accumulation": 2, "batch_size": 2}, {"target_modules": "[q_proj, v_proj]", "dropout": 0.1},
], ids=lambda changes: next(iter(changes)))  # fmt: skip
def test_each_option_trains(base: Path, sft: Path, tmp_path: Path, changes: dict) -> None:
    final = run(base, sft, tmp_path / "run", **changes)
    assert final["validation"] < untrained(tmp_path / "run")


def test_preferences_by_dpo_and_kto(base: Path, tmp_path: Path) -> None:
    def ask(n: int) -> list[dict]:
        return [{"role": "user", "content": f"Think of idea {n}."}]

    def answer(text: str) -> list[dict]:
        return [{"role": "assistant", "content": text}]

    pairs = [{"prompt": ask(n), "chosen": answer(sentence(n)), "rejected": answer("No idea.")} for n in range(20)]
    labelled = [
        {"prompt": ask(n), "completion": answer(sentence(n) if n % 2 else "No idea."), "label": bool(n % 2)}
        for n in range(24)
    ]
    for kind, rows in (("dpo", pairs), ("kto", labelled)):
        out = tmp_path / kind
        final = run(base, write_data(tmp_path / f"data-{kind}", kind, rows), out)
        assert final["validation"] < untrained(out), kind
        assert (out / "adapter" / "adapter_model.safetensors").is_file()


def test_the_plain_loss_gives_what_its_names_say() -> None:
    import torch

    from finetune.plain_loss import log_probs

    torch.manual_seed(0)
    hidden, weight, targets = torch.randn(5, 8), torch.randn(11, 8), torch.tensor([0, 3, 10, 3, 7])
    names = ("entropy", "log_sum_sq_probs", "mean_logits", "is_top1")
    chosen, entropy, squares, mean, top = log_probs(hidden, weight, None, targets, 0.7, 0, None, 1.0, names)
    p = (hidden @ weight.T / 0.7).softmax(-1)
    assert torch.allclose(chosen, p[range(5), targets].log(), atol=1e-5)
    assert torch.allclose(entropy, torch.distributions.Categorical(p).entropy(), atol=1e-5)
    assert torch.allclose(squares, p.square().sum(-1).log(), atol=1e-5)
    assert torch.allclose(mean, (hidden @ weight.T / 0.7).mean(-1), atol=1e-5)
    assert top.tolist() == (p.argmax(-1) == targets).tolist()
    assert log_probs(hidden, weight, None, targets, 0.7, 0, None, 1.0, ())[1:] == (None,) * 4


def test_early_stopping_ends_a_run_that_grows_no_better(base: Path, sft: Path, tmp_path: Path) -> None:
    run(base, sft, tmp_path / "run", learning_rate=1e-9, max_steps=30, eval_steps=2, early_stopping=2)
    assert json.loads((tmp_path / "run" / "run.json").read_text())["steps"] < 30


def test_an_adapter_is_gone_on_from(base: Path, sft: Path, tmp_path: Path) -> None:
    first = run(base, sft, tmp_path / "first")
    run(base, sft, tmp_path / "second", resume_adapter=tmp_path / "first" / "adapter")
    assert untrained(tmp_path / "second") == pytest.approx(first["validation"], abs=0.02)


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_a_killed_run_ends_with_the_same_curve(base: Path, sft: Path, tmp_path: Path) -> None:
    changes = {"max_steps": 8}
    run(base, sft, tmp_path / "whole", **changes)
    command = [sys.executable, "-m", "finetune.train", *arguments(base, sft, tmp_path / "killed", **changes)]
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    child = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + 300
    while not (tmp_path / "killed" / "checkpoint-4").is_dir():
        assert child.poll() is None and time.monotonic() < deadline
        time.sleep(0.02)
    child.send_signal(signal.SIGKILL)
    child.wait()
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL, timeout=500)
    whole, killed = losses(tmp_path / "whole"), losses(tmp_path / "killed")
    assert set(whole) == set(killed) == set(range(1, 9))
    assert killed == pytest.approx(whole, abs=2e-3)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"method": "lorra"}, "no method 'lorra'"),
        ({"method": "qlora"}, "needs a GPU"),
        ({"data_dir": "nowhere"}, "no data set at nowhere"),
        ({"max_length": 4}, "No row has an answer within 4 tokens"),
    ],
)
def test_bad_settings_are_one_sentence(base: Path, sft: Path, tmp_path: Path, changes: dict, words: str) -> None:
    with pytest.raises(InputError, match=words):
        run(base, sft, tmp_path / "run", **changes)
    assert not (tmp_path / "run" / "adapter").exists()


def test_an_adapter_of_another_base_is_refused(base: Path, sft: Path, tmp_path: Path) -> None:
    from transformers import LlamaConfig, LlamaForCausalLM

    run(base, sft, tmp_path / "first", max_steps=1)
    other = tmp_path / "other"
    shape = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 1, "num_attention_heads": 2}
    LlamaForCausalLM(LlamaConfig(vocab_size=1024, num_key_value_heads=1, **shape)).save_pretrained(other)
    for file in ("tokenizer.json", "tokenizer_config.json", "chat_template.jinja"):
        (other / file).write_bytes((base / file).read_bytes())
    with pytest.raises(InputError, match="does not fit the base"):
        run(other, sft, tmp_path / "second", resume_adapter=tmp_path / "first" / "adapter")
