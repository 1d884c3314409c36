"""Train one LoRA adapter on the idea set with trl's SFTTrainer; the loss is on the answers only.

    python -m finetune.train --config finetune/configs/brainstorm.yaml --learning_rate 1e-3
    python -m finetune.train --config finetune/configs/refine.yaml

Writes `<run_dir>/`: run.json, curve.jsonl, checkpoint-*/ (a second call resumes from the last) and adapter/.
"""

import hashlib
import shutil
import sys
from pathlib import Path
from random import Random
from types import SimpleNamespace

from finetune import backend, config, ideas, record, rows
from finetune.tokenizer import CHAT_TEMPLATE
from workbench.assist import prompts
from workbench.errors import InputError, WorkbenchError


def main(argv: list[str] | None = None) -> None:
    settings = config.load(__doc__, argv)
    if not (Path(settings.base) / "config.json").is_file():
        raise InputError(f"There is no base model at {settings.base}. Pretrain one, or name one with --base.")
    out = Path(settings.run_dir)
    out.mkdir(parents=True, exist_ok=True)
    backend.prepare(settings.backend)
    train(settings, out)


def train(settings: SimpleNamespace, out: Path) -> dict:
    """Train and save the adapter; return the held-out losses."""
    import torch
    from datasets import Dataset
    from transformers.trainer_utils import get_last_checkpoint

    if settings.device == "cpu":
        torch.set_num_threads(settings.threads)
    torch.manual_seed(settings.seed)
    model, tokenizer = backend.load(settings)
    tokenizer.chat_template = CHAT_TEMPLATE.read_text(encoding="utf-8").strip()
    training, heldout = task_rows(settings)
    trainer = trainer_class(settings.device)(
        model=model,
        args=sft_config(settings, out),
        train_dataset=Dataset.from_list(training),
        eval_dataset={kind: Dataset.from_list(found) for kind, found in heldout.items()},
        processing_class=tokenizer,
        callbacks=[_curve_to(out)],
    )
    check_tokens(trainer.train_dataset, training, tokenizer)
    resume = get_last_checkpoint(str(out))
    if resume is None:
        (out / "curve.jsonl").unlink(missing_ok=True)
        trainable = sum(p.numel() for p in model.parameters() if p.requires_grad)
        tokens = sum(map(len, trainer.train_dataset["input_ids"]))
        facts = {"rows": len(training), "tokens_per_epoch": tokens, "trainable_parameters": trainable}
        record.start(out, settings, prompts_version=prompts.VERSION, data=_hashes(settings), **facts)
        record.log(out, step=0, heldout=_losses(trainer.evaluate()))
    trainer.train(resume_from_checkpoint=resume)
    losses = _losses(trainer.evaluate())
    record.log(out, step=trainer.state.global_step, heldout=losses)
    trainer.save_model(str(out / "adapter"))
    shutil.rmtree(out / "adapter-before-checks", ignore_errors=True)  # finetune.checks begins from this adapter now
    (out / "checks.json").unlink(missing_ok=True)
    return losses


def task_rows(settings: SimpleNamespace) -> tuple[list[dict], dict[str, list[dict]]]:
    """Return the training rows of the task, and its held-out rows by kind."""
    train, heldout = ideas.split(ideas.read(Path(settings.ideas_dir)))
    rng, fixed = Random(settings.seed), Random(0)
    if settings.task == "brainstorm":
        topics = rng.sample(train["brainstorm"], min(settings.topics, len(train["brainstorm"])))
        training = rows.brainstorm(topics, rng, tuple(settings.list_sizes))
        training += rows.transfers(train["transfer"])
        kinds = {
            "one_idea": rows.brainstorm(heldout["brainstorm"], fixed, (0, 0)),
            "idea_list": rows.brainstorm(heldout["brainstorm"], fixed, (8, 8)),
            "transfer": rows.transfers(heldout["transfer"]),
        }
    elif settings.task == "refine":
        training = [
            *rows.refine(train["refine"]),
            *rows.judgements(train["evaluate"]),
            *rows.checks(train["evaluate"], rng, settings.checks_per_idea),
        ]
        kinds = {
            "refine": rows.refine(heldout["refine"]),
            "judgement": rows.judgements(heldout["evaluate"]),
            "check": rows.checks(heldout["evaluate"], fixed, 2),
        }
    else:
        raise InputError(f"There is no task {settings.task!r}. Choose brainstorm or refine.")
    rng.shuffle(training)
    return training[: settings.max_rows], {
        k: Random(0).sample(v, min(settings.eval_rows, len(v))) for k, v in kinds.items()
    }


def trainer_class(device: str):
    """Return SFTTrainer, on a CPU with the model's own loss."""
    from transformers import Trainer
    from trl import SFTTrainer

    if device != "cpu":
        return SFTTrainer

    class PlainLossTrainer(SFTTrainer):
        # trl 1.15 computes its loss with a Triton kernel, and the CPU build of torch comes without Triton.
        def compute_loss(self, model, inputs, return_outputs=False, num_items_in_batch=None):
            return Trainer.compute_loss(self, model, inputs, return_outputs, num_items_in_batch)

    return PlainLossTrainer


def sft_config(settings: SimpleNamespace, out: Path):
    from trl import SFTConfig

    return SFTConfig(
        output_dir=str(out),
        seed=settings.seed,
        num_train_epochs=settings.epochs,
        learning_rate=settings.learning_rate,
        lr_scheduler_type="cosine",
        warmup_steps=0.03,
        weight_decay=0.0,
        per_device_train_batch_size=settings.batch_size,
        per_device_eval_batch_size=settings.batch_size,
        max_length=settings.max_length,
        # Few different shapes: on a CPU each new one costs seconds of kernel preparation.
        pad_to_multiple_of=64,
        train_sampling_strategy="group_by_length",
        completion_only_loss=True,
        gradient_checkpointing=settings.device != "cpu",
        bf16=True,
        use_cpu=settings.device == "cpu",
        dataloader_pin_memory=settings.device != "cpu",
        logging_steps=settings.logging_steps,
        eval_strategy="steps",
        eval_steps=settings.eval_steps,
        save_steps=settings.save_steps,
        save_total_limit=1,
        disable_tqdm=True,
        report_to="none",
    )


def check_tokens(dataset, training: list[dict], tokenizer, n: int = 50) -> None:
    """Assert that trl trains on exactly the tokens that serving will send, and only on the answers."""
    bos, eot = tokenizer.bos_token_id, tokenizer.convert_tokens_to_ids("<|eot_id|>")
    for row, tokens in zip(training[:n], dataset.select(range(min(n, len(training)))), strict=True):
        ids = tokens["input_ids"]
        prompt = tokenizer.apply_chat_template(row["prompt"], tokenize=False, add_generation_prompt=True)
        served = tokenizer(prompt, add_special_tokens=False)["input_ids"]
        answer = tokenizer(row["completion"][0]["content"] + "<|eot_id|>", add_special_tokens=False)["input_ids"]
        assert ids == served + answer, (tokenizer.decode(ids), prompt)
        assert tokens["labels"] == [-100] * len(served) + answer, tokens["labels"]
        assert ids.count(bos) == 1 and ids[0] == bos and ids[-1] == eot, ids


def _losses(metrics: dict) -> dict:
    return {
        k.removeprefix("eval_").removesuffix("_loss"): round(v, 4) for k, v in metrics.items() if k.endswith("_loss")
    }


def _hashes(settings: SimpleNamespace) -> dict[str, str]:
    paths = [Path(settings.ideas_dir) / f"{part}.jsonl.gz" for part in ideas.PARTS]
    paths.append(Path(settings.base) / "model.safetensors")
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in paths if path.is_file()}


def _curve_to(out: Path):
    from transformers import TrainerCallback

    class Curve(TrainerCallback):
        def on_log(self, args, state, control, logs=None, **kwargs):
            kept = {
                k: v for k, v in (logs or {}).items() if k.endswith("loss") or k in ("learning_rate", "train_runtime")
            }
            if kept:
                record.log(out, step=state.global_step, **kept)

    return Curve()


if __name__ == "__main__":
    try:
        main()
    except WorkbenchError as error:
        sys.exit(str(error))
