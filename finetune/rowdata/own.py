"""The project's own sources: the written idea set, and what people decided and said in the app."""

from collections.abc import Iterator
from pathlib import Path
from random import Random

from finetune import ideas, rows
from workbench.errors import InputError
from workbench.lab.sets import Chosen, build
from workbench.store import Store

TASKS = ("brainstorm", "refine", "evaluate", "transfer")


def idea_set(source: dict, seed: int) -> Iterator[tuple[str, dict]]:
    """Yield the training rows of the idea set as messages, grouped by topic; held-out topics never come."""
    train, _ = ideas.split(ideas.read(Path(source.get("path") or "data/ideas")))
    wanted, rng = source.get("tasks") or TASKS, Random(seed)
    made = {
        "brainstorm": lambda: _by_topic(train["brainstorm"], lambda topic: rows.brainstorm([topic], rng, (3, 8))),
        "refine": lambda: _by_topic(train["refine"], lambda row: rows.refine([row])),
        "evaluate": lambda: _by_topic(train["evaluate"], lambda row: rows.judgements([row])),
        "transfer": lambda: _by_topic(train["transfer"], lambda row: rows.transfers([row])),
    }
    if unknown := [task for task in wanted if task not in made]:
        raise InputError(f"The idea set has no task {unknown[0]!r}. Choose from {', '.join(made)}.")
    for task in wanted:
        yield from made[task]()


def _by_topic(found: list[dict], make) -> Iterator[tuple[str, dict]]:
    for row in found:
        for made in make(row):
            messages = [*made["prompt"], *made["completion"]]
            yield f"idea set, {row['id']}", {"messages": messages, "group": ideas.topic_key(row["topic"])}


def feedback(source: dict) -> Iterator[tuple[str, dict]]:
    """Yield rows of the app's database `as` sft, kto or dpo: those that `python -m workbench feedback export` writes.

    `tasks`, `models`, `boards`, `since`, `until`, `without` (people) choose among them. A row's group is its topic.
    """
    path, kind = Path(source.get("path") or "data/workbench.db"), source.get("as", "sft")
    if not path.is_file():
        raise InputError(f"There is no database at {path}. Name the app's with `path`.")
    if kind not in ("sft", "kto", "dpo"):
        raise InputError(f"Feedback cannot be read as {kind!r}. Choose sft, kto or dpo.")
    lists = {name: tuple(source.get(name) or ()) for name in ("tasks", "models", "boards", "without")}
    chosen = Chosen(**lists, since=str(source.get("since") or ""), until=str(source.get("until") or ""))
    store = Store(path)
    try:
        for number, row in enumerate(build(store, kind, chosen).rows, 1):
            yield f"{path.name}, {row['source']}, row {number}", row
    finally:
        store.close()
