"""Three rows as the model sees them, with the loss mask: what is learned stands between ⟦ and ⟧."""

import json
from itertools import islice
from pathlib import Path

from finetune.masking import render


def show(folder: Path, tokenizer_path: str, rows: int = 3) -> None:
    """Print the first rows of the training split."""
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(tokenizer_path)
    with (folder / "train.jsonl").open(encoding="utf-8") as lines:
        for line in islice(lines, rows):
            row = json.loads(line)
            for title, messages in _chats(row):
                print(f"--- {title}")
                print(marked(tokenizer, messages))


def marked(tokenizer, messages: list[dict]) -> str:
    """Return the rendered chat with its answers between ⟦ and ⟧."""
    text, spans = render(tokenizer, messages)
    for start, end in reversed(spans):
        text = f"{text[:start]}⟦{text[start:end]}⟧{text[end:]}"
    return text


def _chats(row: dict) -> list[tuple[str, list[dict]]]:
    if "messages" in row:
        return [(row["source"], row["messages"])]
    answers = {"chosen": row.get("chosen"), "rejected": row.get("rejected")}
    if "completion" in row:
        answers = {"wanted" if row["label"] else "unwanted": row["completion"]}
    return [(f"{row['source']}, {name}", [*row["prompt"], *answer]) for name, answer in answers.items() if answer]
