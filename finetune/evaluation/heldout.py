"""The rows that losses are measured on: what the run learned, and what it did not and may have forgotten."""

import json
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from random import Random
from types import SimpleNamespace

from finetune import sources, training_rows
from finetune.masking import IGNORED, answers_only
from finetune.rowdata import reading
from workbench.errors import InputError
from workbench.settings import ROOT

GENERAL = "general text"
CHOSEN, REJECTED, UNWANTED = ", chosen", ", rejected", ", unwanted"  # ends of a part's name
GENERAL_PIECES = 200  # at most so many pieces of general text
TASK_OF = {  # kind of idea-set rows -> the task whose training rows are of that kind
    "one_idea": "brainstorm", "idea_list": "brainstorm", "transfer": "transfer", "refine": "refine",
    "judgement": "evaluate", "check": "evaluate",
}  # fmt: skip


@dataclass(frozen=True)
class Scored:
    """A row as token ids; the loss counts where the label is no -100. Rows of one `group` are drawn together."""

    ids: list[int]
    labels: list[int]
    group: str


@dataclass(frozen=True)
class Part:
    """Rows of one kind."""

    name: str
    learned: bool  # the run was trained on this kind of rows
    rows: list[dict]  # as messages; empty for general text


def learned(settings: SimpleNamespace, data: Path | None, most: int) -> list[Part]:
    """Return the held-out rows of what the run was trained on: splits of its data set, or kinds of its task."""
    asked = copy(settings)
    asked.eval_rows, asked.data_dir = most, str(data) if data else None
    if not data and not settings.task:
        raise InputError("The run does not say which data it was trained on. Name its folder with --data.")
    asked.ideas_dir = settings.ideas_dir if Path(settings.ideas_dir).is_dir() else ROOT / "data" / "ideas"
    found = training_rows.read(asked)
    parts = []
    for name, rows in found.heldout.items():
        parts += [Part(f"{name}{ending}", True, chats) for ending, chats in _chats(found.kind, rows).items() if chats]
    return parts


def _chats(kind: str, rows: list[dict]) -> dict[str, list[dict]]:
    """Return rows of preferences as chats, wanted and unwanted answers apart."""
    if kind == "sft":
        return {"": rows}
    if kind == "dpo":
        return {end: [{"messages": [*r["prompt"], *r[end[2:]]]} for r in rows] for end in (CHOSEN, REJECTED)}
    chats = {True: [], False: []}
    for row in rows:
        chats[bool(row["label"])].append({"messages": [*row["prompt"], *row["completion"]]})
    return {", wanted": chats[True], UNWANTED: chats[False]}


def others(settings: SimpleNamespace, data: Path | None, most: int) -> list[Part]:
    """Return held-out rows of the idea set's tasks that the run was not trained on."""
    mine = _trained_tasks(settings, data)
    parts = []
    for task in ("brainstorm", "refine"):
        asked = copy(settings)
        asked.task, asked.eval_rows, asked.ideas_dir = task, most, ROOT / "data" / "ideas"
        asked.data_dir, asked.max_rows = None, 0
        kinds = training_rows.of_task(asked).heldout
        parts += [Part(kind, False, rows) for kind, rows in kinds.items() if TASK_OF[kind] not in mine]
    return parts


def _trained_tasks(settings: SimpleNamespace, data: Path | None) -> set[str]:
    if not data:
        return {"brainstorm": {"brainstorm", "transfer"}, "refine": {"refine", "evaluate"}}[settings.task]
    manifest = json.loads((data / "manifest.json").read_text(encoding="utf-8"))
    named = [s for s in manifest.get("config", {}).get("sources", []) if s.get("name") == "ideas"]
    return {task for source in named for task in source.get("tasks") or TASK_OF.values()}


def tokenised(tokenizer, part: Part, max_length: int) -> list[Scored]:
    """Return the rows as trained on and as served: the loss on the answers only, cut at `max_length` tokens."""
    found = (scored(tokenizer, row, max_length) for row in part.rows)
    return [one for one in found if one is not None]


def scored(tokenizer, row: dict, max_length: int) -> Scored | None:
    """Return a row as token ids; None where no answer begins within `max_length` of them."""
    ids, labels = (one[:max_length] for one in answers_only(tokenizer, row["messages"]))
    return Scored(ids, labels, group_of(row["messages"])) if any(label != IGNORED for label in labels[1:]) else None


def pairs(tokenizer, parts: list[Part], max_length: int) -> dict[str, list[tuple[Scored, Scored]]]:
    """Return the chosen and the rejected answer of each row of preferences, where both can be counted."""
    by_name = {part.name: part.rows for part in parts}
    found = {}
    for name in (name.removesuffix(CHOSEN) for name in by_name if name.endswith(CHOSEN)):
        rows = zip(by_name[name + CHOSEN], by_name[name + REJECTED], strict=True)
        both = [tuple(scored(tokenizer, row, max_length) for row in pair) for pair in rows]
        found[name] = [pair for pair in both if None not in pair]
    return {name: rows for name, rows in found.items() if rows}


def group_of(messages: list[dict]) -> str:
    """Return what rows on one topic share: the first line of the first question."""
    asked = next((m["content"] for m in messages if m["role"] == "user"), "")
    return asked.split("\n", 1)[0].strip().lower()[:200]


def general_file(base: Path, named: Path | None) -> Path:
    """Return the general text to use: the named one, what the starter's pretraining held out, or this project's docs.

    Raises InputError.
    """
    if named:
        if not named.exists():
            raise InputError(f"There is no general text at {named}. Name a .txt, .md or JSON Lines file with `text`.")
        return named
    packed = base.parent.parent / "data" / "heldout_general.npz"
    return packed if packed.is_file() else ROOT / "docs"


def general(tokenizer, file: Path, max_length: int, seed: int) -> list[Scored]:
    """Return general text as pieces of at most `max_length` tokens; every token but the first counts."""
    if file.suffix == ".npz":
        import numpy as np

        with np.load(file) as packed:
            rows = zip(packed["tokens"].tolist(), packed["loss_mask"].tolist(), strict=True)
            found = [
                Scored(ids, [token if counts else IGNORED for token, counts in zip(ids, mask, strict=True)], str(n))
                for n, (ids, mask) in enumerate(rows)
            ]
        if max(max(one.ids) for one in found) >= len(tokenizer):
            raise InputError(f"{file} was packed with another tokenizer. Name a text with --general.")
        return found[:GENERAL_PIECES]
    documents = list(_documents(file))
    Random(seed).shuffle(documents)
    pieces = (
        Scored(ids, [IGNORED, *ids[1:]], title)
        for title, text in documents
        for ids in sources.pieces(tokenizer, {"title": "", "text": text}, max_length)
    )
    found = list(islice(pieces, GENERAL_PIECES))
    if not found:
        raise InputError(f"{file} holds no text to read. Name a .txt, .md or JSON Lines file with `text`.")
    return found


def _documents(file: Path) -> Iterator[tuple[str, str]]:
    texts = sorted(file.glob("*.md")) if file.is_dir() else [file] if file.suffix in (".txt", ".md") else []
    for path in texts:
        yield path.name, path.read_text(encoding="utf-8")
    if not texts and file.is_file():
        for place, row in reading.local(file):
            if not isinstance(row.get("text"), str):
                raise InputError(f"{place} has no `text`. Name a file of plain text, or rows with `text`.")
            yield place, row["text"]
