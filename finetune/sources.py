"""The general text that a starter is pretrained on: where each piece comes from, and under which licence.

The files are read from a folder that the person names (`data/README.md` says how to get them); none ships here.
"""

import gzip
import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from random import Random

from workbench.errors import InputError

LICENCES = {
    "textbooks": "OpenStax, CC BY 4.0 at the commit named in each row",
    "assistant_answers": "tatsu-lab/alpaca_eval, Apache-2.0: answers of Apache-2.0 models only",
    "app_ideas": "florinpop17/app-ideas, MIT",
    "rfcs": "rust-lang/rfcs, MIT or Apache-2.0",
    "books": "Project Gutenberg, public domain in the USA",
    "books_large": "Project Gutenberg, public domain in the USA",
}
ANSWERS_PER_PROMPT = 12  # some prompts have more answers, which say the same


def path_of(folder: Path, name: str) -> Path:
    path = Path(folder) / f"{name}.jsonl.gz"
    if not path.is_file():
        raise InputError(
            f"There is no general text at {path}. Name the folder with --text_dir; data/README.md lists it."
        )
    return path


def _lines(path: Path) -> Iterator[dict]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def documents(folder: Path, name: str, rng: Random, books: list[str]) -> list[dict]:
    """Return a source's documents: `{"title", "text"}`, or `{"prompt", "completion"}` for answers."""
    rows = _lines(path_of(folder, name))
    if name == "assistant_answers":
        return _answers(rows, rng)
    if name == "textbooks":
        return [
            dict(zip(("title", "text"), row["text"].split("\n", 1), strict=True))
            | {"book": row["book"], "commit": row["commit"]}
            for row in rows
            if not books or row["book"] in books
        ]
    return [{"title": row.get("title", ""), "text": row["text"]} for row in rows]


def _answers(rows: Iterator[dict], rng: Random) -> list[dict]:
    by_prompt = defaultdict(list)
    for row in rows:
        if len(row["answer"]) > 80:
            by_prompt[row["prompt"]].append(row["answer"])
    return [
        {
            "prompt": [{"role": "user", "content": prompt}],
            "completion": [{"role": "assistant", "content": answer}],
        }
        for prompt, answers in by_prompt.items()
        for answer in rng.sample(answers, min(ANSWERS_PER_PROMPT, len(answers)))
    ]


def pieces(tokenizer, document: dict, length: int) -> list[list[int]]:
    """Cut a document into token lists of at most `length`, each begun with its title so that it knows its subject."""
    if "prompt" in document:
        messages = [*document["prompt"], *document["completion"]]
        text = tokenizer.apply_chat_template(messages, tokenize=False)
        return [tokenizer(text, add_special_tokens=False)["input_ids"][:length]]
    start = [tokenizer.bos_token_id]
    if document["title"]:
        start += tokenizer(f"{document['title'][:120]}\n", add_special_tokens=False)["input_ids"]
    paragraphs = [line for line in document["text"].split("\n") if line.strip()]
    if not paragraphs:
        return []
    out, current = [], list(start)
    for ids in tokenizer([f"{line}\n" for line in paragraphs], add_special_tokens=False)["input_ids"]:
        while ids:
            room = length - len(current)
            if room <= 0 or (len(ids) > room and len(current) > length * 0.7):
                out.append(current)
                current = list(start)
                continue
            current, ids = current + ids[:room], ids[room:]
    return [*out, current] if len(current) > len(start) + 16 else out
