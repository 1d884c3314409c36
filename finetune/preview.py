"""Three rows as the model sees them, decoded from token ids; what carries loss stands between ⟦ and ⟧."""

import json
from collections.abc import Iterable
from itertools import groupby, islice, takewhile
from pathlib import Path

from finetune.masking import IGNORED, answers_only

ROWS = 3


def show(rows: Iterable[dict], kind: str, tokenizer) -> None:
    """Print the first rows of a trainer's own data set: token ids, made ready for the model."""
    for number, row in enumerate(islice(rows, ROWS), 1):
        for name, ids, learned in _sequences(row, kind):
            print(f"--- row {number}{name}: {len(ids)} tokens, {sum(learned)} of them learned")
            print(marked(tokenizer, ids, learned))


def show_prepared(folder: Path, tokenizer_path: str) -> None:
    """Print the first rows of the training split that finetune.prepare made."""
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(tokenizer_path)
    kind = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["kind"]
    with (folder / "train.jsonl").open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in islice(lines, ROWS)]
    show((_with_ids(row, tokenizer) for row in rows), kind, tokenizer)


def marked(tokenizer, ids: list[int], learned: list[bool]) -> str:
    """Return the text of the ids, each stretch that carries loss between ⟦ and ⟧."""
    parts = []
    for wanted, stretch in groupby(zip(ids, learned, strict=True), key=lambda pair: pair[1]):
        text = tokenizer.decode([token for token, _ in stretch], clean_up_tokenization_spaces=False)
        parts.append(f"⟦{text}⟧" if wanted else text)
    return "".join(parts)


def _sequences(row: dict, kind: str) -> list[tuple[str, list[int], list[bool]]]:
    """Return (name, token ids, which carry loss) of each sequence that a row gives."""
    if kind == "sft":
        labels = row["labels"]
        return [("", row["input_ids"], [label != IGNORED for label in labels])]
    answers = {"chosen": "chosen_ids", "rejected": "rejected_ids"}
    if kind == "kto":
        answers = {"wanted" if row["label"] else "unwanted": "completion_ids"}
    prompt = row["prompt_ids"]
    return [
        (f", {name}", prompt + row[column], [False] * len(prompt) + [True] * len(row[column]))
        for name, column in answers.items()
    ]


def _with_ids(row: dict, tokenizer) -> dict:
    """Return a prepared row as token ids, split where training splits it."""
    if "messages" in row:
        ids, labels = answers_only(tokenizer, row["messages"])
        return {"input_ids": ids, "labels": labels}
    answers = {"chosen_ids": row.get("chosen"), "rejected_ids": row.get("rejected")}
    if "completion" in row:
        answers = {"completion_ids": row["completion"]}
    wholes = {column: _ids(tokenizer, [*row["prompt"], *answer]) for column, answer in answers.items()}
    prompt = _ids(tokenizer, row["prompt"], add_generation_prompt=True)
    columns = zip(prompt, *wholes.values(), strict=False)  # trl takes as the prompt what all of them begin with
    shared = sum(1 for _ in takewhile(lambda tokens: len(set(tokens)) == 1, columns))
    return {"prompt_ids": prompt[:shared], "label": row.get("label")} | {
        column: whole[shared:] for column, whole in wholes.items()
    }


def _ids(tokenizer, messages: list[dict], **options: bool) -> list[int]:
    text = tokenizer.apply_chat_template(messages, tokenize=False, **options)
    return tokenizer(text, add_special_tokens=False)["input_ids"]
