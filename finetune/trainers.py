"""trl's trainers and their settings, one for each kind of data: SFT, DPO (Rafailov 2023), KTO (Ethayarajh 2024)."""

from pathlib import Path
from types import SimpleNamespace

from finetune import plain_loss
from workbench.errors import InputError

# The trainer averages its batches' means: with batches of another size the same rows have another loss.
EVAL_BATCH = 8
SCHEDULES = ("linear", "cosine", "constant", "constant_with_warmup")


def make(kind: str, settings: SimpleNamespace, out: Path, *, model, tokenizer, train, heldout: dict, callbacks: list):
    """Return the trainer. For dpo and kto the reference is the same model with its adapter off."""
    from transformers import PrinterCallback

    if settings.device == "cpu":
        plain_loss.use_on_cpu()
    config_class, trainer_class, own = {"sft": _sft, "dpo": _dpo, "kto": _kto}[kind](settings)
    trainer = trainer_class(
        model=model,
        args=config_class(**shared(settings, out), **own),
        train_dataset=train,
        eval_dataset=heldout,
        processing_class=tokenizer,
        callbacks=[*callbacks, *_early_stopping(settings, next(iter(heldout)))],
    )
    trainer.remove_callback(PrinterCallback)  # it prints every figure as a dictionary
    return trainer


def shared(settings: SimpleNamespace, out: Path) -> dict:
    """Return what all three take. Raises InputError for a schedule that transformers does not know."""
    if settings.schedule not in SCHEDULES:
        raise InputError(f"There is no schedule {settings.schedule!r}. Choose one of: {', '.join(SCHEDULES)}.")
    cpu = settings.device == "cpu"
    return {
        "output_dir": str(out),
        "seed": settings.seed,
        "num_train_epochs": settings.epochs,
        "max_steps": settings.max_steps,
        "learning_rate": settings.learning_rate,
        "lr_scheduler_type": settings.schedule,
        "warmup_steps": settings.warmup,
        "weight_decay": settings.weight_decay,
        "per_device_train_batch_size": settings.batch_size,
        "per_device_eval_batch_size": EVAL_BATCH,
        "gradient_accumulation_steps": settings.gradient_accumulation,
        "max_length": settings.max_length,
        "gradient_checkpointing": not cpu,
        "neftune_noise_alpha": settings.neftune_alpha,
        "ddp_find_unused_parameters": False,
        "bf16": settings.precision == "bf16",
        "use_cpu": cpu,
        "dataloader_pin_memory": not cpu,
        "logging_steps": settings.logging_steps,
        "eval_strategy": "steps",
        "eval_steps": settings.eval_steps,
        "save_steps": settings.save_steps,
        "save_total_limit": settings.save_total_limit,
        "disable_tqdm": True,  # finetune.progress shows more
        "include_num_input_tokens_seen": "non_padding",
        "report_to": "none",
    }


def _sft(settings: SimpleNamespace):
    from trl import SFTConfig

    own = {
        "pad_to_multiple_of": 64,  # few different shapes: on a CPU each new one costs seconds of kernel preparation
        "packing": settings.packing,
        "eval_packing": False,
    }
    return SFTConfig, _sft_class(settings), own


def _sft_class(settings: SimpleNamespace):
    """Return SFTTrainer that goes by length, in an order of its seed and epoch alone, and on a CPU by a plain loss.

    Its held-out loss is the mean over the answers' tokens, whatever the batch size and whether rows are packed.
    """
    import torch
    from transformers import Trainer
    from trl import SFTTrainer

    class OurTrainer(SFTTrainer):
        def _get_train_sampler(self, train_dataset=None):
            found = self.train_dataset if train_dataset is None else train_dataset
            if settings.packing:
                return super()._get_train_sampler(found)
            rows = self.args.train_batch_size * self.args.world_size  # each process takes its share of every so many
            return by_length([len(ids) for ids in found["input_ids"]], rows, settings.seed)

        def compute_loss(self, model, inputs, return_outputs=False, num_items_in_batch=None):
            # The model's own loss: on a CPU quicker than picking out the rows that count.
            compute = Trainer.compute_loss if settings.device == "cpu" else SFTTrainer.compute_loss
            found = compute(self, model, inputs, return_outputs, num_items_in_batch)
            if not model.training:
                tokens = (inputs["labels"][:, 1:] >= 0).sum()
                self.heldout += torch.stack([(found[0] if return_outputs else found).detach() * tokens, tokens]).cpu()
            return found

        def evaluation_loop(self, *args, metric_key_prefix="eval", **kwargs):
            # transformers takes the mean of the batches' means, which makes a model better or worse by the batch size.
            self.heldout = torch.zeros(2)
            found = super().evaluation_loop(*args, metric_key_prefix=metric_key_prefix, **kwargs)
            loss, tokens = self.accelerator.reduce(self.heldout.to(self.args.device), "sum").tolist()
            found.metrics[f"{metric_key_prefix}_loss"] = loss / tokens
            return found

    return OurTrainer


def by_length(lengths: list[int], batch_size: int, seed: int):
    """Return a sampler of batches of like length.

    transformers' own takes its order from the global generator: a resumed run would go through the rest of its epoch in
    another order than an undisturbed one.
    """
    import torch
    from transformers.trainer_pt_utils import get_length_grouped_indices

    class ByLength(torch.utils.data.Sampler):
        epoch = 0

        def set_epoch(self, epoch: int) -> None:
            self.epoch = epoch

        def __len__(self) -> int:
            return len(lengths)

        def __iter__(self):
            generator = torch.Generator().manual_seed(seed + self.epoch)
            return iter(get_length_grouped_indices(lengths, batch_size, generator=generator))

    return ByLength()


def _dpo(settings: SimpleNamespace):
    from trl import DPOConfig, DPOTrainer

    return DPOConfig, DPOTrainer, {"beta": settings.beta}


def _kto(settings: SimpleNamespace):
    from trl import KTOConfig, KTOTrainer

    return KTOConfig, KTOTrainer, {"beta": settings.beta}


def _early_stopping(settings: SimpleNamespace, first: str) -> list:
    """Return the callback that ends a run whose loss on the first held-out kind grows no better."""
    if not settings.early_stopping:
        return []
    from transformers import TrainerCallback

    class Stopping(TrainerCallback):
        best, waited = float("inf"), 0

        def on_evaluate(self, args, state, control, metrics=None, **kwargs):
            loss = (metrics or {}).get(f"eval_{first}_loss")
            if loss is None or not state.global_step:
                return
            self.waited = 0 if loss < self.best else self.waited + 1
            self.best = min(self.best, loss)
            control.should_training_stop |= self.waited >= settings.early_stopping

    return [Stopping()]
