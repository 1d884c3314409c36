"""The two models' logits on the same tokens, and the figures of how far apart they are.

Logits are compared prompt by prompt and the trained model's lie on disk meanwhile: with 128,256 tokens of vocabulary
those of all prompts would take half a gigabyte in memory.
"""

import gc
import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from finetune.exporting import machine

SURE = 0.5  # probability of the first choice: below it, the nearest tie may turn either way and means little
Forward = Callable[[list[int]], np.ndarray]  # token ids -> float32 logits, (positions, vocabulary)
Row = tuple[list[int], list[int]]


@dataclass
class Truth:
    """What a trained model says: logits by prompt, on disk, and the loss on held-out rows."""

    files: list[Path] = field(default_factory=list)
    perplexity: float = 0.0

    def logits(self, number: int) -> np.ndarray:
        return np.load(self.files[number], mmap_mode="r")


@contextmanager
def trained(model_dir: Path, adapter: Path | None = None) -> Iterator[Forward]:
    """Give transformers' logits, computed in float32."""
    import torch
    from peft import PeftModel
    from transformers import AutoModelForCausalLM

    model = AutoModelForCausalLM.from_pretrained(model_dir, dtype="float32")
    torch.set_num_threads(machine.threads(model_dir))
    if adapter is not None:
        model = PeftModel.from_pretrained(model, adapter)
    model.eval()

    def forward(ids: list[int]) -> np.ndarray:
        with torch.no_grad():
            return model(input_ids=torch.tensor([ids])).logits[0].numpy()

    try:
        yield forward
    finally:
        gc.collect()  # of earlier models: gigabytes that would wait for the collector


@contextmanager
def served(base: Path, adapter: Path | None, longest: int) -> Iterator[Forward]:
    """Give llama.cpp's logits."""
    from llama_cpp import Llama

    threads = machine.threads(base)
    llama = Llama(
        str(base), lora_path=str(adapter) if adapter else None, n_ctx=longest + 8, n_batch=512, n_threads=threads,
        n_threads_batch=threads, logits_all=True, verbose=False,
    )  # fmt: skip

    def forward(ids: list[int]) -> np.ndarray:
        llama.reset()
        llama.eval(ids)
        return np.array(llama.scores[: len(ids)], dtype=np.float32)

    try:
        yield forward
    finally:
        llama.close()


def record(forward: Forward, prompts: list[list[int]], rows: list[Row], folder: Path) -> Truth:
    """Keep a trained model's logits in `folder` and measure its perplexity."""
    folder.mkdir(parents=True, exist_ok=True)
    truth = Truth()
    for number, ids in enumerate(prompts):
        truth.files.append(folder / f"{number}.npy")
        np.save(truth.files[-1], forward(ids))
    truth.perplexity = perplexity(forward, rows)
    return truth


def perplexity(forward: Forward, rows: list[Row]) -> float:
    """Return exp of the mean loss over the answers' tokens."""
    nats, tokens = 0.0, 0
    for ids, labels in rows:
        wanted = [at for at in range(1, len(ids)) if labels[at] >= 0]
        if wanted:
            logits = log_softmax(forward(ids)[[at - 1 for at in wanted]])
            nats -= float(logits[np.arange(len(wanted)), [labels[at] for at in wanted]].sum())
            tokens += len(wanted)
    return math.exp(nats / max(tokens, 1))


def compare(forward: Forward, prompts: list[list[int]], tuned: Truth, base: Truth) -> dict[str, float]:
    """Return how far a served model is from the tuned model and from the base, over every position of the prompts."""
    sums = dict.fromkeys(("difference", "effect", "scale", "tuned", "base", "same", "same as base"), 0.0)
    largest, positions, values, sure, same = 0.0, 0, 0, 0, 0
    for number, ids in enumerate(prompts):
        got, expected, before = forward(ids), tuned.logits(number), base.logits(number)
        difference = got - expected
        largest = max(largest, float(np.abs(difference).max()))
        sums["difference"] += float(np.square(difference, dtype=np.float64).sum())
        sums["effect"] += float(np.square(expected - before, dtype=np.float64).sum())
        sums["scale"] += float(np.square(expected - expected.mean(-1, keepdims=True), dtype=np.float64).sum())
        ours = log_softmax(got)
        for name, other in (("tuned", expected), ("base", before)):
            theirs = log_softmax(other)
            sums[name] += float((np.exp(theirs) * (theirs - ours)).sum())
        sums["same"] += float((got.argmax(-1) == expected.argmax(-1)).sum())
        sums["same as base"] += float((got.argmax(-1) == before.argmax(-1)).sum())
        certain = np.exp(log_softmax(expected).max(-1)) >= SURE
        sure, same = sure + int(certain.sum()), same + int((got.argmax(-1) == expected.argmax(-1))[certain].sum())
        positions, values = positions + len(ids), values + got.size
    return {
        "rms logit difference": math.sqrt(sums["difference"] / values),
        "largest logit difference": largest,
        "rms of the logits": math.sqrt(sums["scale"] / values),
        "rms effect of the tuning": math.sqrt(sums["effect"] / values),
        "mean KL divergence": sums["tuned"] / positions,
        "mean KL divergence to the base": sums["base"] / positions,
        "equal first choices": sums["same"] / positions,
        "equal first choices with the base": sums["same as base"] / positions,
        "equal first choices where sure": same / sure if sure else 1.0,
    }


def log_softmax(logits: np.ndarray) -> np.ndarray:
    shifted = logits.astype(np.float64) - logits.max(-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(-1, keepdims=True))
