"""Small data sets for training tests, as finetune.prepare writes them."""

import json
from pathlib import Path

HELDOUT = 4


def sentence(number: int) -> str:
    return f"Idea {number} — the baker at number {number * 7 % 50} sells bread at {number % 12 + 1} o'clock."


def ask(number: int) -> list[dict]:
    return [{"role": "user", "content": f"Think of idea {number}."}]


def answer(text: str) -> list[dict]:
    return [{"role": "assistant", "content": text}]


def sft(number: int) -> dict:
    """A chat of two turns."""
    return {"messages": [*ask(number), *answer(sentence(number)), *ask(number + 1), *answer(sentence(number + 40))]}


def dpo(number: int) -> dict:
    return {"prompt": ask(number), "chosen": answer(sentence(number)), "rejected": answer("No idea.")}


def kto(number: int) -> dict:
    text = sentence(number) if number % 2 else "No idea."
    return {"prompt": ask(number), "completion": answer(text), "label": bool(number % 2)}


KINDS = {"sft": sft, "dpo": dpo, "kto": kto}


def write(folder: Path, kind: str, count: int = 24) -> Path:
    """Write a data set of one kind: train, validation and test."""
    folder.mkdir(parents=True)
    rows = [{"source": "chats"} | KINDS[kind](number) for number in range(count + 2 * HELDOUT)]
    parts = {"train": rows[:count], "validation": rows[count : count + HELDOUT], "test": rows[count + HELDOUT :]}
    for name, part in parts.items():
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in part), encoding="utf-8")
    (folder / "manifest.json").write_text(json.dumps({"kind": kind}))
    return folder


TINY = {
    "rank": 4, "alpha": 8, "max_length": 128, "batch_size": 4, "max_steps": 4, "logging_steps": 1, "eval_steps": 2,
    "save_steps": 2, "eval_rows": 4, "learning_rate": 5e-3, "threads": 1, "precision": "fp32",
}  # fmt: skip


def flags(base: Path, data: Path, out: Path, **changes: object) -> list[str]:
    """Return the command line of a tiny run of finetune.train."""
    chosen = TINY | {"base": base, "data_dir": data, "run_dir": out} | changes
    pairs = (part for key, value in chosen.items() for part in (f"--{key}", str(value)))
    return ["--config", "finetune/configs/study.yaml", *pairs]
