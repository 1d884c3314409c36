"""The project's own sources: the written idea set, and what people kept, dropped and edited in the app."""

from collections.abc import Iterator
from pathlib import Path
from random import Random

from finetune import ideas, rows
from workbench.errors import InputError
from workbench.records import Generation, Idea, Revision, Status
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
    """Yield rows of the app's database: `as` sft (kept, as last worded), kto (kept, dropped) or dpo (edited, offered).

    Rows are grouped by the board's question.
    """
    path, kind = Path(source.get("path") or "data/workbench.db"), source.get("as", "sft")
    if not path.is_file():
        raise InputError(f"There is no database at {path}. Name the app's with `path`.")
    if kind not in ("sft", "kto", "dpo"):
        raise InputError(f"Feedback cannot be read as {kind!r}. Choose sft, kto or dpo.")
    store = Store(path)
    try:
        for board in store.list_boards():
            for idea in store.list_ideas(board.id, statuses=tuple(Status)):
                if idea.generation_id is None:
                    continue
                row = _row(kind, idea, store.generation(idea.generation_id), store.revisions(idea.id))
                if row is not None:
                    yield f"{path.name}, idea {idea.id}", row | {"group": ideas.topic_key(board.question)}
    finally:
        store.close()


def _row(kind: str, idea: Idea, generation: Generation, revisions: list[Revision]) -> dict | None:
    from workbench.assist.prompts import idea_line

    offered, prompt = generation.text.strip(), generation.messages
    worded = idea_line(idea.title, idea.body)
    edited = any(revision.source == "person" for revision in revisions) and worded != offered
    if kind == "sft" and idea.status is Status.KEPT:
        return {"messages": [*prompt, {"role": "assistant", "content": worded}]}
    if kind == "kto" and idea.status in (Status.KEPT, Status.DROPPED):
        answer = [{"role": "assistant", "content": offered}]
        return {"prompt": prompt, "completion": answer, "label": idea.status is Status.KEPT}
    if kind == "dpo" and edited and idea.status is Status.KEPT:
        return {"prompt": prompt, "chosen": worded, "rejected": offered}
    return None
