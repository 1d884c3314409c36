"""Train one adapter, or a whole model, with trl; the loss is on the answers only.

    python -m finetune.train --config finetune/configs/brainstorm.yaml --learning_rate 1e-3
    python -m finetune.train --config finetune/configs/study.yaml --data_dir runs/data/finetome --method dora
    python -m finetune.train --config finetune/configs/study.yaml --preview
    accelerate launch --config_file finetune/configs/accelerate/ddp.yaml -m finetune.train --config ...

Writes `<run_dir>/`: the run record (finetune/record.py), checkpoint-*/ and adapter/. The same command again goes on
from the last checkpoint. `batch_size` is of each process: two take as many rows a step as one of twice that.
"""

import hashlib
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace

from finetune import backend, config, ideas, preview, progress, record, resuming, saving, trainers, training_rows
from finetune.tokenizer import CHAT_TEMPLATE
from workbench.assist import prompts
from workbench.errors import WorkbenchError

DEFAULTS = Path(__file__).with_name("training-defaults.yaml")


def main(argv: list[str] | None = None) -> None:
    settings = config.load(__doc__, argv, DEFAULTS)
    backend.prepare(settings.backend)
    if settings.preview:
        return show(settings)
    out = Path(settings.run_dir)
    train(settings, out)
    return None


def train(settings: SimpleNamespace, out: Path, callbacks: Sequence = ()) -> dict:
    """Train and save the adapter; return the held-out losses. `callbacks` are transformers' own, for a sweep."""
    resuming.refuse_other(out, settings)
    trainer, found = prepared(settings, out, [*progress.reporting(out), *callbacks])
    out.mkdir(parents=True, exist_ok=True)
    try:
        with saving.room_for(out):
            return _run(settings, out, trainer, found)
    except WorkbenchError as error:
        if trainer.is_world_process_zero():
            record.fail(out, str(error))
        raise


def show(settings: SimpleNamespace) -> None:
    """Print three rows as the model sees them."""
    with tempfile.TemporaryDirectory() as folder:  # the trainer makes its folder at once
        trainer, found = prepared(settings, Path(folder), [])
    preview.show(trainer.train_dataset, found.kind, trainer.processing_class)


def prepared(settings: SimpleNamespace, out: Path, callbacks: list):
    """Return the trainer, ready to start, and the rows it was made from."""
    import torch

    progress.quiet_libraries()
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
        heldout={kind: dataset(rows) for kind, rows in found.heldout.items()}, callbacks=callbacks,
    )  # fmt: skip
    return trainer, found


def _run(settings: SimpleNamespace, out: Path, trainer, found: training_rows.Rows) -> dict:
    first, everything = trainer.is_world_process_zero(), trainer.eval_dataset
    trainer.eval_dataset = {kind: rows for kind, rows in everything.items() if kind not in found.final}
    with trainer.args.main_process_first():
        resume = saving.last_checkpoint(out)
    if resume is None:
        if first:
            (out / "curve.jsonl").unlink(missing_ok=True)
            record.start(out, settings, prompts_version=prompts.VERSION, **_facts(settings, trainer, found))
        trainer.add_callback(_at_the_start(lambda: _log_heldout(out, trainer, everything)))
    elif first:
        record.resume(out, int(resume.rpartition("-")[2]))
    trainer.train(resume_from_checkpoint=resume)
    losses = _log_heldout(out, trainer, everything)
    saving.save(trainer, out / "adapter")
    if first:
        seconds = next((line["seconds"] for line in reversed(record.curve(out)) if "seconds" in line), 0.0)
        state = trainer.state
        record.finish(out, losses, steps=state.global_step, seconds=seconds, tokens=state.num_input_tokens_seen)
        saving.remove_later_stages(out)
    return losses


def _at_the_start(look):
    """Return the callback that calls `look` once the model is spread over the processes and before its first step.

    Evaluated earlier, it would be made ready for evaluation alone, and the processes would then train apart.
    """
    from transformers import TrainerCallback

    class Start(TrainerCallback):
        def on_train_begin(self, args, state, control, **kwargs):
            look()

    return Start()


def _log_heldout(out: Path, trainer, everything: dict) -> dict:
    """Log and return the losses on all that is held out, those judged at the end only too."""
    on_the_way, trainer.eval_dataset = trainer.eval_dataset, everything  # given as an argument, trl prepares it again
    found = trainer.evaluate()
    trainer.eval_dataset = on_the_way
    losses = {
        key.removeprefix("eval_").removesuffix("_loss"): round(value, 4)
        for key, value in found.items() if key.endswith("_loss")
    }  # fmt: skip
    if trainer.is_world_process_zero():
        record.append(out, step=trainer.state.global_step, heldout=losses)
    return losses


def _facts(settings: SimpleNamespace, trainer, found: training_rows.Rows) -> dict:
    """Return what the run record says of the data and the model."""
    facts = {
        "data": _hashes(settings),
        "kind": found.kind,
        "rows": len(found.training),
        "processes": trainer.args.world_size,
        "trainable_parameters": sum(p.numel() for p in trainer.model.parameters() if p.requires_grad),
    }
    if found.kind == "sft":
        facts["tokens_per_epoch"] = sum(map(len, trainer.train_dataset["input_ids"]))
    return facts


def _hashes(settings: SimpleNamespace) -> dict[str, str]:
    if settings.data_dir:
        paths = sorted(Path(settings.data_dir).glob("*.jsonl"))
    else:
        paths = [Path(settings.ideas_dir) / f"{part}.jsonl.gz" for part in ideas.PARTS]
    paths += sorted(Path(settings.base).glob("*.safetensors"))
    return {path.name: _sha256(path) for path in paths if path.is_file()}


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


if __name__ == "__main__":
    try:
        main()
    except WorkbenchError as error:
        sys.exit(str(error))
