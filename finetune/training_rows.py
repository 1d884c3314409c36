"""What a run learns from and is judged on: a prepared data set, or a task of the idea set, as token ids."""

import json
from dataclasses import dataclass
from pathlib import Path
from random import Random
from types import SimpleNamespace

from finetune import copying, ideas, rows
from finetune.masking import answers_only
from workbench.errors import InputError


@dataclass(frozen=True)
class Rows:
    """Training rows and held-out rows by kind, in one of the forms of finetune.rowdata.forms."""

    kind: str  # sft | dpo | kto
    training: list[dict]
    heldout: dict[str, list[dict]]
    final: tuple[str, ...] = ()  # of those held out, the kinds that are judged before and after training only


def read(settings: SimpleNamespace) -> Rows:
    """Return the rows that the settings name."""
    return prepared(settings) if settings.data_dir else of_task(settings)


def prepared(settings: SimpleNamespace) -> Rows:
    """Return the splits of a folder that finetune.prepare made."""
    folder = Path(settings.data_dir)
    if not (folder / "manifest.json").is_file():
        raise InputError(f"There is no data set at {folder}. Make one with finetune.prepare, or name another.")
    kind = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["kind"]
    training = _lines(folder / "train.jsonl")[: settings.max_rows]
    heldout = {name: _lines(folder / f"{name}.jsonl")[: settings.eval_rows] for name in ("validation", "test")}
    heldout = {name: found for name, found in heldout.items() if found}
    if not training or not heldout:
        raise InputError(f"The data set {folder} lacks a training or a held-out split. Prepare it with both.")
    return Rows(kind, training, heldout, final=("test",) if len(heldout) == 2 else ())


def _lines(path: Path) -> list[dict]:
    if not path.is_file():
        return []
    with path.open(encoding="utf-8") as lines:
        return [{key: value for key, value in json.loads(line).items() if key != "source"} for line in lines]


def of_task(settings: SimpleNamespace) -> Rows:
    """Return the training rows of a task of the idea set, and its held-out rows by kind."""
    train, heldout = ideas.split(ideas.read(Path(settings.ideas_dir)))
    rng, fixed = Random(settings.seed), Random(0)
    if settings.task == "brainstorm":
        topics = rng.sample(train["brainstorm"], min(settings.topics, len(train["brainstorm"])))
        training = rows.brainstorm(topics, rng, tuple(settings.list_sizes))
        training += rows.transfers(train["transfer"])
        kinds = {
            "one_idea": rows.brainstorm(heldout["brainstorm"], fixed, (0, 0)),
            "idea_list": rows.brainstorm(heldout["brainstorm"], fixed, (8, 8)),
            "transfer": rows.transfers(heldout["transfer"]),
        }
    elif settings.task == "refine":
        sentences = copying.additions(Path(settings.ideas_dir)) if settings.copying else {}
        copied = copying.refinements(train["brainstorm"], sentences, rng, settings.copying)
        training = [
            *rows.refine([*train["refine"], *copied]),
            *rows.judgements(rng.sample(train["evaluate"], min(settings.judgements, len(train["evaluate"])))),
            *rows.checks(train["evaluate"], rng, settings.checks_per_idea),
        ]
        kinds = {
            "refine": rows.refine(heldout["refine"]),
            "judgement": rows.judgements(heldout["evaluate"]),
            "check": rows.checks(heldout["evaluate"], fixed, 2),
        }
    else:
        raise InputError(f"There is no task {settings.task!r}. Choose brainstorm or refine, or name a --data_dir.")
    rng.shuffle(training)
    few = {kind: Random(0).sample(found, min(settings.eval_rows, len(found))) for kind, found in kinds.items()}
    return Rows(
        "sft",
        [_messages(row) for row in training[: settings.max_rows]],
        {kind: [_messages(row) for row in found] for kind, found in few.items()},
    )


def _messages(row: dict) -> dict:
    return {"messages": [*row["prompt"], *row["completion"]]}


def tokenised(kind: str, found: list[dict], tokenizer, max_length: int):
    """Return a datasets.Dataset; sft rows as token ids with the loss on the answers only, the others as text for trl.

    A row without an answer within `max_length` tokens would train nothing: it is left out, and the trainer says so.
    """
    from datasets import Dataset

    if kind != "sft":
        return Dataset.from_list(found)
    made = []
    for row in found:
        ids, labels = (part[:max_length] for part in answers_only(tokenizer, row["messages"]))
        if any(label >= 0 for label in labels):
            made.append({"input_ids": ids, "labels": labels})
    if len(made) < len(found):
        print(f"{len(found) - len(made)} of {len(found)} rows have no answer within {max_length} tokens: left out")
    if not made:
        raise InputError(f"No row has an answer within {max_length} tokens. Raise --max_length.")
    return Dataset.from_list(made)
