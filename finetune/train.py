"""Train one adapter, or a whole model, with trl; the loss is on the answers only.

    python -m finetune.train --config finetune/configs/brainstorm.yaml --learning_rate 1e-3
    python -m finetune.train --config finetune/configs/refine.yaml
    python -m finetune.train --config finetune/configs/study.yaml --data_dir runs/data/finetome --method dora

Writes `<run_dir>/`: run.json, curve.jsonl, table.md, checkpoint-*/ (a second call resumes from the last) and adapter/.
"""

import hashlib
import json
import shutil
import sys
import time
from pathlib import Path
from types import SimpleNamespace

from finetune import backend, config, ideas, record, trainers, training_rows
from finetune.tokenizer import CHAT_TEMPLATE
from workbench.assist import prompts
from workbench.errors import InputError, WorkbenchError

DEFAULTS = Path(__file__).with_name("training-defaults.yaml")


def main(argv: list[str] | None = None) -> None:
    settings = config.load(__doc__, argv, DEFAULTS)
    if not (Path(settings.base) / "config.json").is_file():
        raise InputError(f"There is no base model at {settings.base}. Pretrain one, or name one with --base.")
    out = Path(settings.run_dir)
    out.mkdir(parents=True, exist_ok=True)
    backend.prepare(settings.backend)
    train(settings, out)


def train(settings: SimpleNamespace, out: Path) -> dict:
    """Train and save the adapter; return the held-out losses."""
    import torch
    if settings.device == "cpu":
        torch.set_num_threads(settings.threads)
    torch.manual_seed(settings.seed)
    found = training_rows.read(settings)
    model, tokenizer = backend.load(settings)
    if settings.chat_template == "starter":
        tokenizer.chat_template = CHAT_TEMPLATE.read_text(encoding="utf-8").strip()

    def dataset(rows: list[dict]):
        return training_rows.tokenised(found.kind, rows, tokenizer, settings.max_length)

    trainer = trainers.make(
        found.kind, settings, out, model=model, tokenizer=tokenizer, train=dataset(found.training),
        heldout={kind: dataset(rows) for kind, rows in found.heldout.items()}, callbacks=[_curve_to(out)],
    )  # fmt: skip
    resume = last_checkpoint(out)
    if resume is None:
        (out / "curve.jsonl").unlink(missing_ok=True)
        facts = {"kind": found.kind, "rows": len(found.training), "trainable_parameters": trainable(model)}
        if found.kind == "sft":
            facts["tokens_per_epoch"] = sum(map(len, trainer.train_dataset["input_ids"]))
        record.start(out, settings, prompts_version=prompts.VERSION, data=_hashes(settings), **facts)
        record.log(out, step=0, heldout=_losses(trainer.evaluate()))
    began = time.monotonic()
    result = trainer.train(resume_from_checkpoint=resume)
    seconds = time.monotonic() - began
    losses = _losses(trainer.evaluate())
    record.log(out, step=trainer.state.global_step, heldout=losses)
    trainer.save_model(str(out / "adapter"))
    record.finish(out, losses, steps=trainer.state.global_step, seconds=seconds, tokens=tokens_seen(trainer, result))
    shutil.rmtree(out / "adapter-before-checks", ignore_errors=True)  # finetune.checks begins from this adapter now
    (out / "checks.json").unlink(missing_ok=True)
    return losses


def last_checkpoint(out: Path) -> str | None:
    """Return the newest checkpoint that was written to its end; remove those that a kill cut off.

    The trainer writes `trainer_state.json` last.
    """
    found = sorted(out.glob("checkpoint-*"), key=lambda path: int(path.name.rpartition("-")[2]))
    for path in reversed(found):
        try:
            json.loads((path / "trainer_state.json").read_text(encoding="utf-8"))
            return str(path)
        except (OSError, ValueError):
            shutil.rmtree(path)
    return None


def trainable(model) -> int:
    """Return how many parameters are trained."""
    return sum(p.numel() for p in model.parameters() if p.requires_grad)


def tokens_seen(trainer, result) -> int:
    """Return the tokens that the trainer counted, 0 where it counts none."""
    return int(result.metrics.get("num_tokens", 0) or getattr(trainer.state, "num_input_tokens_seen", 0) or 0)


def _losses(metrics: dict) -> dict:
    return {
        k.removeprefix("eval_").removesuffix("_loss"): round(v, 4) for k, v in metrics.items() if k.endswith("_loss")
    }


def _hashes(settings: SimpleNamespace) -> dict[str, str]:
    if settings.data_dir:
        paths = sorted(Path(settings.data_dir).glob("*.jsonl"))
    else:
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
