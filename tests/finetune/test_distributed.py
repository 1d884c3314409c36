"""Two processes train as one of twice the batch does. pytest tests/finetune/test_distributed.py"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from finetune import record, train
from tests.finetune import chats

CONFIGS = Path("finetune/configs/accelerate")


def losses(out: Path) -> dict[tuple[int, str], float]:
    """Return every loss of a run, of training and of what is held out, by step and name."""
    return {
        (line["step"], name): value
        for line in record.curve(out) for name, value in line.items() if name.endswith("loss")
    }  # fmt: skip


@pytest.mark.slow
def test_two_processes_have_the_losses_of_one_with_twice_the_batch(tiny_base: Path, tmp_path: Path) -> None:
    data = chats.write(tmp_path / "data", "sft")
    train.main(chats.flags(tiny_base, data, tmp_path / "one", batch_size=8))
    launch = ["-m", "accelerate.commands.launch", "--config_file", str(CONFIGS / "ddp-cpu.yaml")]
    launch += ["--main_process_port", "0", "-m", "finetune.train"]
    done = subprocess.run(
        [sys.executable, *launch, *chats.flags(tiny_base, data, tmp_path / "two", batch_size=4)],
        env=os.environ | {"OMP_NUM_THREADS": "1"}, capture_output=True, text=True, timeout=540,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    made = json.loads((tmp_path / "two" / "run.json").read_text())
    assert made["processes"] == 2 and "accelerate launch" in made["command"] and made["finished"]
    one, two = losses(tmp_path / "one"), losses(tmp_path / "two")
    assert two == pytest.approx(one, abs=1e-4)  # apart, the batches alone give 0.02
    assert len({round(loss, 3) for (_, name), loss in one.items() if name == "loss"}) == 4


@pytest.mark.parametrize("path", sorted(CONFIGS.glob("*.yaml")), ids=lambda path: path.stem)
def test_accelerate_takes_each_config(path: Path) -> None:
    from accelerate.commands.config.config_args import load_config_from_file

    found = load_config_from_file(str(path))
    assert found.num_processes == 2
    assert yaml.safe_load(path.read_text())["distributed_type"] == found.distributed_type.value
