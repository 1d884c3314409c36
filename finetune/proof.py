"""Prove that a GGUF export is the trained model, and not a neighbour of it.

1. Token ids are equal on awkward texts and on chats as the app renders them; one begin-of-text where training has one;
   llama.cpp stops where training ends an answer.
2. Logits on fixed prompts, at every position, against the tuned model in transformers and against its base:
   at 16 bits they differ from the tuned model by the width of the storage type only, the tuning's effect (tuned minus
   base) is the same effect, and the export is `FAR` times nearer to the tuned model than to the base (KL divergence);
   as quantised it is nearer to the tuned model than to the base, and within that type's bound.
3. Perplexity on held-out rows: tuned, at 16 bits, and as quantised, with what that costs.
4. An answer by the app's own engine from the very files (finetune.proving.generation).
"""

from dataclasses import dataclass, field
from pathlib import Path

from finetune.proving import logits
from finetune.proving.logits import Row, Truth
from finetune.proving.texts import AWKWARD_TEXTS, PROMPTS
from finetune.proving.tokens import ProofFailed, chat_ids, compare_tokens
from workbench.errors import ModelError
from workbench.models.gguf import read_header

__all__ = ["AWKWARD_TEXTS", "PROMPTS", "Candidate", "ProofFailed", "compare_tokens", "prove"]

# Measured on the starter (docs/models.md): 0.001 logits and 0.4 % of the effect at f16. A wrong alpha is 50 % off.
F16_LOGITS = 0.01  # root mean square, in logits, or as a share of the logits' own where that is more than one
F16_EFFECT = 0.05  # share of the tuning's effect that differs
FAR = 50  # the KL divergence to the base is at least so many times that to the tuned model, at 16 bits
# Mean KL divergence in nats, at most, and share of equal first choices where the tuned model gives its own at least a
# half, at least.
QUANTISED = {
    "f16": (0.0005, 0.99), "q8_0": (0.005, 0.95), "q5_k_m": (0.05, 0.9), "q4_k_m": (0.15, 0.85), "q4_1": (0.2, 0.82),
    "q4_0": (0.3, 0.8),
}  # fmt: skip
# The same of a quantised file that the base was restored from: the weights are equal, and only llama.cpp's 8-bit
# activations differ. Measured on SmolLM2-135M in q4_1: 0.0035 nats, and 0.31 of the same file made q4_0.
RESTORED = (0.015, 0.95)
OF_TUNING = ("rms effect of the tuning", "mean KL divergence to the base", "equal first choices with the base")
QUANTISED_KL = QUANTISED["q8_0"][0]


@dataclass(frozen=True)
class Candidate:
    """What is to be proved of one task. Files are (whole model, adapter or None), `quantised` by kind."""

    f16: tuple[Path, Path | None]
    quantised: dict[str, tuple[Path, Path | None]]
    tuned: tuple[Path, Path | None]  # folders: the model in transformers, its adapter or None
    rows: list[Row] = field(default_factory=list)  # held-out rows: token ids, labels
    restored: bool = False  # the base in transformers was restored from the quantised file itself


def prove(base: Path, tokenizer, candidates: dict[str, Candidate], scratch: Path) -> dict:
    """Return the findings by task, or raise ProofFailed with the first one that is out of bounds.

    Args:
        base: the folder of the base as transformers reads it.
        tokenizer: transformers' tokenizer with the chat template that was trained with.
        scratch: an empty folder for the trained models' logits.
    """
    files = {file for candidate in candidates.values() for file in (candidate.f16, *candidate.quantised.values())}
    for path in sorted({path for pair in files for path in pair if path}):
        require_whole(path)
    findings: dict = {"tokens": {}}
    for path in sorted({pair[0] for pair in files}):
        findings["tokens"] = compare_tokens(tokenizer, path)
    batch = [chat_ids(tokenizer, messages) for messages in PROMPTS]
    before = _bases(base, batch, candidates, scratch)
    shared = next((candidate for candidate in candidates.values() if candidate.f16[1]), None)
    if shared:
        findings["base"] = _prove_base(shared, batch, next(iter(before.values())))
    for task, candidate in candidates.items():
        with logits.trained(*candidate.tuned) as forward:
            tuned = logits.record(forward, batch, candidate.rows, scratch / task)
        findings[task] = _prove_task(task, candidate, batch, tuned, before[task])
    return findings


def require_whole(path: Path) -> None:
    """Raise ProofFailed when a file is cut off or is no GGUF."""
    try:
        read_header(path)
    except ModelError as error:
        raise ProofFailed(str(error)) from error


def _bases(base: Path, batch: list[list[int]], candidates: dict[str, Candidate], scratch: Path) -> dict[str, Truth]:
    with logits.trained(base) as forward:
        first = logits.record(forward, batch, [], scratch / "base")
        return {task: Truth(first.files, logits.perplexity(forward, one.rows)) for task, one in candidates.items()}


def _prove_base(candidate: Candidate, batch: list[list[int]], base: Truth) -> dict:
    """Prove the base under the adapters alone: the app asks it too, for whatever has no adapter."""
    found = {}
    for kind, (path, _) in {"f16": candidate.f16, **candidate.quantised}.items():
        with logits.served(path, None, max(map(len, batch))) as forward:
            figures = logits.compare(forward, batch, base, base)
        if kind == "f16":
            require_logits("base", figures)
        require_drift("base", kind, figures, candidate.restored)
        found[kind] = {name: value for name, value in _rounded(figures).items() if name not in OF_TUNING}
    return {"f16": found["f16"], "shipped": found[next(iter(candidate.quantised))], "quantised": found}


def _prove_task(task: str, candidate: Candidate, batch: list[list[int]], tuned: Truth, base: Truth) -> dict:
    longest = max(len(ids) for ids in (*batch, *(ids for ids, _ in candidate.rows)))

    def measured(files: tuple[Path, Path | None]) -> dict[str, float]:
        with logits.served(*files, longest) as forward:
            found = logits.compare(forward, batch, tuned, base)
            return found | ({"perplexity": logits.perplexity(forward, candidate.rows)} if candidate.rows else {})

    f16 = measured(candidate.f16)
    require_same(task, f16)
    found = {"f16": f16}
    for kind, files in candidate.quantised.items():
        found[kind] = f16 if files == candidate.f16 else measured(files)
        require_close(task, kind, found[kind], candidate.restored)
    shown = {kind: _rounded(figures) for kind, figures in found.items()}
    shown["f16"]["share of the adapter's effect that differs"] = round(_effect(f16), 5)
    result: dict = {"f16": shown["f16"], "shipped": shown[next(iter(candidate.quantised))], "quantised": shown}
    if candidate.rows:
        costs = {kind: figures["perplexity"] / f16["perplexity"] - 1 for kind, figures in found.items()}
        result["perplexity"] = {
            "rows": len(candidate.rows),
            "tokens": sum(label >= 0 for _, labels in candidate.rows for label in labels[1:]),
            "base": round(base.perplexity, 3),
            "tuned": round(tuned.perplexity, 3),
        } | {kind: round(figures["perplexity"], 3) for kind, figures in found.items()}
        result["cost of quantising"] = {kind: round(cost, 5) for kind, cost in costs.items() if kind != "f16"}
    return result


def require_same(task: str, found: dict[str, float]) -> None:
    """Raise ProofFailed unless a 16-bit export's figures are those of the tuned model itself."""
    if found["rms effect of the tuning"] < 1e-4:
        raise ProofFailed(f"The {task} training changed nothing: the tuned model is its base. Train it.")
    require_logits(task, found)
    if not _effect(found) <= F16_EFFECT:
        raise ProofFailed(
            f"The {task} adapter does something else than in training: {_effect(found):.0%} of its effect differs. "
            "Check its alpha, and that it was trained on this base."
        )
    nearer, farther = found["mean KL divergence"], found["mean KL divergence to the base"]
    if not nearer * FAR <= farther:
        raise ProofFailed(
            f"The {task} export lies {nearer:.2g} nats from the tuned model and {farther:.2g} from the base: "
            f"it should be {FAR} times nearer to the tuned one. The adapter is missing or weakened."
        )


def require_logits(task: str, found: dict[str, float]) -> None:
    """Raise ProofFailed when a 16-bit export's logits differ by more than the storage type's width."""
    allowed = F16_LOGITS * max(1.0, found["rms of the logits"])
    if not found["rms logit difference"] <= allowed:
        raise ProofFailed(
            f"At 16 bits the {task} logits are off by {found['rms logit difference']:.3f} (at most {allowed:.3f}). "
            "The export is not the trained model: check its adapter, its alpha and its base."
        )


def require_drift(task: str, kind: str, found: dict[str, float], restored: bool = False) -> None:
    """Raise ProofFailed when a quantised export drifted further than its type may."""
    most, least = min(RESTORED, QUANTISED.get(kind, RESTORED)) if restored else QUANTISED[kind]
    kl, agreement = found["mean KL divergence"], found["equal first choices where sure"]
    if not (kl <= most and agreement >= least):
        advice = "Is it the file that the base was restored from?" if restored else "Quantise less."
        raise ProofFailed(
            f"The {kind} {task} file answers differently: KL {kl:.4f} (at most {most}), the same first choice in "
            f"{agreement:.1%} of what the tuned model is sure of (at least {least:.0%}). {advice}"
        )


def require_close(task: str, kind: str, found: dict[str, float], restored: bool = False) -> None:
    """Raise ProofFailed when a quantised export drifted too far, or lies nearer to the base than to the tuned model."""
    require_drift(task, kind, found, restored)
    if not found["mean KL divergence"] < found["mean KL divergence to the base"]:
        raise ProofFailed(
            f"The {kind} {task} file lies no nearer to the tuned model than to the base: quantising cost more than the "
            "training brought. Quantise less, or train more."
        )


def _effect(found: dict[str, float]) -> float:
    return found["rms logit difference"] / max(found["rms effect of the tuning"], 1e-12)


def _rounded(figures: dict[str, float]) -> dict[str, float]:
    return {name: float(f"{value:.4g}") for name, value in figures.items()}
