"""Prove that a GGUF export is the trained model: the same token ids, and logits that agree with transformers'.

The token ids must be equal. Logits are compared on fixed prompts at every position:
- at f16, the base's may differ by the width of the storage type only, and an adapter's effect (logits with it minus
  logits without) must be the same effect: a wrong alpha or a missing adapter changes all of it;
- at the shipped type, the answers must be close (mean KL divergence in nats, share of equal first choices).
"""

from pathlib import Path

import numpy as np

from workbench.assist import prompts
from workbench.errors import WorkbenchError

AWKWARD_TEXTS = {
    "empty": "",
    "space": " ",
    "spaces and newlines": "a  b   c\n\n\n d \t e \r\n f",
    "accents": "Zażółć gęślą jaźń, façade, naïve, Ærøskøbing, Łódź, résumé",
    "emoji": "🚀👩‍👩‍👧‍👦 👍🏽 ok ☂️",
    "other scripts": "東京の朝 Καλημέρα Привет हिन्दी العربية",
    "numbers": "3.14159 1,234,567 2026-11-21 00:15 50% $9.99 1e-9 12345678901234567890",
    "code": "def f(x):\n    return {k: v**2 for k, v in x.items() if v != 0}  # done\n",
    "contractions": "I'm we'll they've DON'T it's O'Neill's 'tis",
    "dash and quotes": "Mistake Museum — Tutors pin up “wrong” answers… ‘why?’",
    "joined marks": "e\u0301 \u200b zero-width \ufeff \xa0 nbsp",
    "very long": "Neighbours lend each other tools, and nobody keeps a list of who has what. " * 200,
    "one long word": "supercalifragilistic" * 60,
}
PROMPTS = (
    prompts.one_idea("Our library is empty on weekday evenings", "persona: night bus driver"),
    prompts.one_idea("a birthday party for a shy 9-year-old"),
    prompts.idea_list("How might we get teenagers to cook at home?", 4),
    prompts.transfer(
        "the bus is late each morning", "Dog Clock — A neighbour walks three dogs at noon for a small fee."
    ),
    prompts.refine("too much plastic in the canteen", "Bring a Box — Guests bring their own box for food.", "cheaper"),
    prompts.judgement(
        "dogs left alone all day", "Dog Clock — A retired neighbour walks three dogs at noon for a small fee."
    ),
    prompts.check(
        "dogs left alone all day", "Dog Clock — A retired neighbour walks three dogs at noon for a small fee.", 3
    ),
)
# Measured on the starter (LOG.md): 0.001 logits, 0.4 % of the effect, KL 0.0003, 98 %. A wrong alpha is 50 % off.
F16_LOGITS = 0.01  # root mean square, in logits
F16_EFFECT = 0.05  # share of the adapter's effect that differs
QUANTISED_KL = 0.005  # nats
QUANTISED_AGREEMENT = 0.95


class ProofFailed(WorkbenchError):
    """The export is not the trained model."""


def prove(model_dir: Path, adapters: dict[str, Path], f16: dict[str, Path], shipped: dict[str, Path]) -> dict:
    """Return the findings, or raise ProofFailed with the first one that is out of bounds.

    Args:
        model_dir: the trained base as transformers wrote it.
        adapters: peft folders by task.
        f16, shipped: GGUF files, `base` and one for each task; the adapters of `f16` stand on its own base.
    """
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(model_dir)
    findings: dict = {"tokens": compare_tokens(tokenizer, shipped["base"])}
    batch = [chat_ids(tokenizer, messages) for messages in PROMPTS]
    truth = {"base": reference_logits(model_dir, None, batch)}
    truth |= {task: reference_logits(model_dir, folder, batch) for task, folder in adapters.items()}
    for task in truth:
        adapter = None if task == "base" else task
        findings[task] = {
            "f16": _compare_f16(truth, task, gguf_logits(f16["base"], f16.get(adapter), batch)),
            "shipped": _compare_shipped(truth[task], gguf_logits(shipped["base"], shipped.get(adapter), batch), task),
        }
    return findings


def chat_ids(tokenizer, messages: list[dict]) -> list[int]:
    text = tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
    return tokenizer(text, add_special_tokens=False)["input_ids"]


def compare_tokens(tokenizer, base: Path) -> dict:
    """Return how many texts and chats gave equal ids; raise ProofFailed at the first that did not."""
    from llama_cpp import Llama

    llama = Llama(str(base), vocab_only=True, verbose=False)
    template = llama.metadata.get("tokenizer.chat_template")
    if template != tokenizer.chat_template:
        raise ProofFailed(f"{base.name} holds another chat template than the one trained with. Export it again.")
    chats = [
        tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True) for messages in PROMPTS
    ]
    for name, text in [*AWKWARD_TEXTS.items(), *((f"chat {n}", text) for n, text in enumerate(chats, 1))]:
        trained = tokenizer(text, add_special_tokens=False)["input_ids"]
        # llama.cpp counts a NUL-terminated string's length itself, so the empty text needs no special case.
        served = llama.tokenize(text.encode(), add_bos=False, special=True)
        if trained != served:
            at = next((n for n, pair in enumerate(zip(trained, served, strict=False)) if pair[0] != pair[1]), -1)
            raise ProofFailed(
                f"The text {name!r} has {len(trained)} tokens in training and {len(served)} in {base.name}, "
                f"the first difference at {at}. The tokenizer was not exported as it is."
            )
        if name.startswith("chat") and served.count(tokenizer.bos_token_id) != 1:
            raise ProofFailed(f"{name!r} has {served.count(tokenizer.bos_token_id)} begin-of-text tokens, not one.")
        if llama.detokenize(served, special=True).decode("utf-8", "replace") != text and text:
            raise ProofFailed(f"The text {name!r} does not come back from its tokens in {base.name}.")
    return {"texts equal": len(AWKWARD_TEXTS), "chats equal": len(chats)}


def reference_logits(model_dir: Path, adapter: Path | None, batch: list[list[int]]) -> list[np.ndarray]:
    """Return transformers' float32 logits, one (positions, vocabulary) array a prompt."""
    import torch
    from peft import PeftModel
    from transformers import AutoModelForCausalLM

    model = AutoModelForCausalLM.from_pretrained(model_dir, dtype="float32")
    if adapter is not None:
        model = PeftModel.from_pretrained(model, adapter)
    model.eval()
    with torch.no_grad():
        return [model(input_ids=torch.tensor([ids])).logits[0].numpy() for ids in batch]


def gguf_logits(base: Path, adapter: Path | None, batch: list[list[int]]) -> list[np.ndarray]:
    """Return llama.cpp's logits of the same prompts."""
    from llama_cpp import Llama

    llama = Llama(
        str(base),
        lora_path=str(adapter) if adapter else None,
        n_ctx=max(map(len, batch)) + 8,
        n_threads=2,
        logits_all=True,
        verbose=False,
    )
    out = []
    for ids in batch:
        llama.reset()
        llama.eval(ids)
        out.append(np.array(llama.scores[: len(ids)], dtype=np.float32))
    llama.close()
    return out


def _compare_f16(truth: dict, task: str, found: list[np.ndarray]) -> dict:
    expected = np.concatenate(truth[task])
    difference = np.concatenate(found) - expected
    numbers = {"rms logit difference": _rms(difference), "largest logit difference": float(np.abs(difference).max())}
    if numbers["rms logit difference"] > F16_LOGITS:
        raise ProofFailed(
            f"At f16 the {task} logits are off by {numbers['rms logit difference']:.3f} (at most {F16_LOGITS}). "
            "The export is not the trained model."
        )
    if task != "base":
        numbers["share of the adapter's effect that differs"] = _rms(difference) / _rms(
            expected - np.concatenate(truth["base"])
        )
        if numbers["share of the adapter's effect that differs"] > F16_EFFECT:
            raise ProofFailed(
                f"The {task} adapter does something else than in training: "
                f"{numbers['share of the adapter' + chr(39) + 's effect that differs']:.0%} of its effect differs. "
                "Check its alpha, and that it was trained on this base."
            )
    return {name: round(value, 5) for name, value in numbers.items()}


def _compare_shipped(truth: list[np.ndarray], found: list[np.ndarray], task: str) -> dict:
    expected, got = _log_softmax(np.concatenate(truth)), _log_softmax(np.concatenate(found))
    kl = float((np.exp(expected) * (expected - got)).sum(-1).mean())
    agreement = float((expected.argmax(-1) == got.argmax(-1)).mean())
    if kl > QUANTISED_KL or agreement < QUANTISED_AGREEMENT:
        raise ProofFailed(
            f"The shipped {task} file answers differently: KL {kl:.4f} (at most {QUANTISED_KL}), "
            f"equal first choices {agreement:.1%} (at least {QUANTISED_AGREEMENT:.0%}). Quantise less, or export again."
        )
    return {"mean KL divergence": round(kl, 6), "equal first choices": round(agreement, 4)}


def _rms(values: np.ndarray) -> float:
    return float(np.sqrt(np.mean(np.square(values, dtype=np.float64))))


def _log_softmax(logits: np.ndarray) -> np.ndarray:
    shifted = logits.astype(np.float64) - logits.max(-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(-1, keepdims=True))
