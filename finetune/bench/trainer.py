"""Our train against a bare SFTTrainer on the same rows and settings, in one process, taken in turns.

    python -m finetune.bench.trainer --rounds 5

Each round trains both for `--steps` steps from the same weights, the one first that came second in the round before.
The bare script takes the conversations as they are and lets trl render, tokenize and mask them; timed is `train()`
alone, for both, the evaluation and the checkpoint at its end included. On a CPU both need finetune.plain_loss: trl 1.15
has no other way without Triton. Of wall time, and of processor time, which other work on the machine disturbs less, the
median of the rounds' ratios is given, with the lowest and the highest.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from types import SimpleNamespace

from finetune import config, plain_loss, train, training_rows
from finetune.bench.rows import chats
from finetune.tokenizer import CHAT_TEMPLATE
from finetune.trainers import EVAL_BATCH
from workbench.errors import InputError, WorkbenchError

CONFIG = Path(__file__).parents[1] / "configs" / "study.yaml"
BATCH = 8
Took = dict[str, float]  # seconds


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--base", default="runs/starter-cpu/pretrain/model")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--steps", type=int, default=12)
    parser.add_argument("--max_length", type=int, default=256)
    parser.add_argument("--device", default="cpu")
    asked = parser.parse_args(argv)
    if not Path(asked.base, "config.json").is_file():
        raise InputError(f"There is no base model at {asked.base}. Name a folder with --base.")
    with tempfile.TemporaryDirectory() as folder:
        print(json.dumps(compare(asked, Path(folder)), indent=1))


def compare(asked: argparse.Namespace, folder: Path) -> dict:
    """Return seconds of both in each round, and the ratio."""
    data = chats(folder / "data", BATCH * asked.steps)
    ways = {"ours": ours, "bare": bare}
    settings = _settings(asked, data, folder)
    for way in ways.values():  # the first step of a process pays for imports and kernels
        way(SimpleNamespace(**vars(settings) | {"max_steps": 2}), folder / "warm")
    rounds: list[dict[str, Took]] = []
    for number in range(asked.rounds):
        order = list(ways) if number % 2 == 0 else list(reversed(ways))
        rounds.append({name: ways[name](settings, folder / f"{name}-{number}") for name in order})
        print(rounds[-1], file=sys.stderr, flush=True)
    shares = {clock: [one["ours"][clock] / one["bare"][clock] for one in rounds] for clock in ("wall", "processor")}
    return {
        "rounds": rounds,
        "ours over bare": {
            clock: {"median": round(statistics.median(found), 4), "lowest": round(min(found), 4),
                    "highest": round(max(found), 4)} for clock, found in shares.items()
        },
        "load": round(os.getloadavg()[0], 1), "steps": asked.steps, "rows": BATCH * asked.steps,
    }  # fmt: skip


def ours(settings: SimpleNamespace, out: Path) -> Took:
    """Train with our trainer, its record and its bar; return what train() took."""
    trainer, _ = train.prepared(settings, out, train.progress.reporting(out))
    out.mkdir(parents=True, exist_ok=True)
    return _seconds(trainer)


def bare(settings: SimpleNamespace, out: Path) -> Took:
    """Train with trl's own trainer, as its documentation has it; return what train() took."""
    import torch
    from datasets import Dataset
    from peft import LoraConfig
    from transformers import AutoModelForCausalLM, AutoTokenizer, PrinterCallback
    from trl import SFTConfig, SFTTrainer

    torch.manual_seed(settings.seed)
    if settings.device == "cpu":
        torch.set_num_threads(settings.threads)
        plain_loss.use_on_cpu()
    tokenizer = AutoTokenizer.from_pretrained(settings.base)
    tokenizer.chat_template = CHAT_TEMPLATE.read_text(encoding="utf-8").strip()
    found = training_rows.read(settings)
    cpu = settings.device == "cpu"
    arguments = SFTConfig(
        output_dir=str(out), seed=settings.seed, max_steps=settings.max_steps, learning_rate=settings.learning_rate,
        lr_scheduler_type=settings.schedule, warmup_steps=settings.warmup, max_length=settings.max_length,
        per_device_train_batch_size=settings.batch_size, gradient_checkpointing=not cpu, bf16=True, use_cpu=cpu,
        dataloader_pin_memory=not cpu, pad_to_multiple_of=64, logging_steps=settings.logging_steps, report_to="none",
        save_steps=settings.save_steps, eval_strategy="steps", eval_steps=settings.eval_steps, save_total_limit=1,
        per_device_eval_batch_size=EVAL_BATCH, disable_tqdm=True, train_sampling_strategy="group_by_length",
    )  # fmt: skip
    trainer = SFTTrainer(
        model=AutoModelForCausalLM.from_pretrained(settings.base, dtype="float32" if cpu else "bfloat16"),
        args=arguments, processing_class=tokenizer, train_dataset=Dataset.from_list(list(map(_asked, found.training))),
        eval_dataset=Dataset.from_list(list(map(_asked, found.heldout["validation"]))),
        peft_config=LoraConfig(
            r=settings.rank, lora_alpha=settings.alpha, lora_dropout=0.0, target_modules="all-linear",
            task_type="CAUSAL_LM",
        ),
    )  # fmt: skip
    trainer.remove_callback(PrinterCallback)
    return _seconds(trainer)


def _asked(row: dict) -> dict:
    return {"prompt": row["messages"][:-1], "completion": row["messages"][-1:]}


def _settings(asked: argparse.Namespace, data: Path, folder: Path) -> SimpleNamespace:
    chosen = {
        "base": asked.base, "data_dir": data, "run_dir": folder / "run", "max_steps": asked.steps, "batch_size": BATCH,
        "max_length": asked.max_length, "device": asked.device, "save_steps": 10**6, "eval_steps": 10**6,
    }  # fmt: skip
    flags = [part for key, value in chosen.items() for part in (f"--{key}", str(value))]
    return config.load("", ["--config", str(CONFIG), *flags], train.DEFAULTS)


def _seconds(trainer) -> Took:
    wall, processor = time.perf_counter(), time.process_time()
    trainer.train()
    return {
        "wall": round(time.perf_counter() - wall, 3), "processor": round(time.process_time() - processor, 3),
    }  # fmt: skip


if __name__ == "__main__":
    try:
        main()
    except WorkbenchError as error:
        sys.exit(str(error))
