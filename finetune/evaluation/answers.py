"""Answers of both sides to the same held-out questions, for judges that do not know whose they are."""

import hashlib
import json
from collections.abc import Sequence
from random import Random

from finetune.evaluation.heldout import REJECTED, UNWANTED, Part
from finetune.evaluation.subject import SIDES, Models
from finetune.ledger import Ledger

SAMPLING = {"do_sample": True, "temperature": 0.7, "top_p": 0.95, "top_k": 0}
MOST_NEW = 200  # tokens of an answer
AT_ONCE = 8
SPOKEN = ("check",)  # kinds whose answer is a word: nothing to compare


def questions(parts: Sequence[Part], n: int, seed: int) -> list[dict]:
    """Return up to `n` questions, as many of each kind: {"id", "kind", "messages"}, the last answer left off."""
    asked_of = (part for part in parts if part.learned and part.name not in SPOKEN)
    chosen = [part for part in asked_of if not part.name.endswith((REJECTED, UNWANTED))]
    found = []
    for part in chosen:
        picked = Random(seed).sample(part.rows, min(-(-n // len(chosen)), len(part.rows)))
        for row in picked:
            messages = row["messages"][:-1]
            key = hashlib.sha256(json.dumps(messages, sort_keys=True).encode()).hexdigest()[:16]
            found.append({"id": key, "kind": part.name, "messages": messages})
    return list({one["id"]: one for one in found}.values())[:n]


def asked(messages: list[dict]) -> str:
    """Return a chat's question as one text; what was said before comes first."""
    said = [m for m in messages if m["role"] != "system"]
    if len(said) == 1:
        return said[0]["content"]
    return "\n".join(f"{m['role'].capitalize()}: {m['content']}" for m in said)


def answer(models: Models, found: list[dict], lines: Ledger, *, seed: int, max_length: int) -> None:
    """Have both sides answer each question and keep the answers; questions answered before are left out.

    The seed of a batch is drawn from its first question: a call that goes on after a kill asks what it would have.
    """
    for side in SIDES:
        for first in range(0, len(found), AT_ONCE):
            batch = found[first : first + AT_ONCE]
            if all(f"{side} {one['id']}" in lines for one in batch):
                continue
            texts = _generate(models, side, [one["messages"] for one in batch], seed + first, max_length)
            for one, text in zip(batch, texts, strict=True):
                lines.add({"key": f"{side} {one['id']}", "side": side, "id": one["id"], "text": text})
            print(f"answers of {side}: {min(first + AT_ONCE, len(found))} of {len(found)}", flush=True)


def _generate(models: Models, side: str, chats: list[list[dict]], seed: int, max_length: int) -> list[str]:
    import torch

    tokenizer = models.tokenizer
    texts = [tokenizer.apply_chat_template(chat, tokenize=False, add_generation_prompt=True) for chat in chats]
    tokenizer.padding_side, tokenizer.truncation_side = "left", "left"
    given = tokenizer(
        texts, add_special_tokens=False, return_tensors="pt", padding=True, truncation=True, max_length=max_length
    ).to(models.device)  # fmt: skip
    torch.manual_seed(seed)
    with models.of(side) as model, torch.no_grad():
        made = model.generate(
            input_ids=given["input_ids"], attention_mask=given["attention_mask"], max_new_tokens=MOST_NEW,
            pad_token_id=tokenizer.pad_token_id, eos_token_id=_ends(tokenizer, model), **SAMPLING,
        )  # fmt: skip
    new = made[:, given["input_ids"].shape[1] :]
    return [text.strip() for text in tokenizer.batch_decode(new, skip_special_tokens=True)]


def _ends(tokenizer, model) -> list[int]:
    """Return the tokens that end an answer: the model's own, the tokenizer's, and the end of a turn."""
    own = model.generation_config.eos_token_id
    turn = tokenizer.convert_tokens_to_ids(["<|eot_id|>", "<|im_end|>"])
    found = [*(own if isinstance(own, list) else [own]), tokenizer.eos_token_id, *turn]
    return sorted({token for token in found if token is not None and token != tokenizer.unk_token_id})
