"""What people said about answers, in words, and whether there is enough of it to train on."""

import argparse
import json
import textwrap
from dataclasses import asdict
from typing import TextIO

from workbench.lab.feedback import Wanted, reasons_of, served_by
from workbench.lab.sets import Chosen, build, enough
from workbench.records import Feedback, Thumb
from workbench.settings import settings
from workbench.store import Store

TRAINABLE = ("sft", "kto", "dpo")


def words(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `list` and `enough`."""
    listed = verbs.add_parser("list", help="what people said about answers, newest first")
    for name, what in (("task", "brainstorm, refine, evaluate ..."), ("of-model", "a model, as the list names it"),
                       ("reason", "a reason, in words"), ("person", "who said it")):  # fmt: skip
        listed.add_argument(f"--{name}", action="append", default=[], help=f"{what}; again for a second one")
    listed.add_argument("--thumb", action="append", default=[], choices=[thumb.value for thumb in Thumb])
    listed.add_argument("--n", type=int, default=20, help="at most so many (20)")
    listed.add_argument("--json", action="store_true", help="a JSON object on each line: everything that is kept")
    listed.set_defaults(run=print_list)
    told = verbs.add_parser("enough", help="how much there is to train on, by task and kind of training")
    told.add_argument("--json", action="store_true", help="one JSON list of {task, kind, n, topics, enough, words}")
    told.set_defaults(run=print_enough)


def print_list(arguments: argparse.Namespace, out: TextIO) -> int:
    """Print feedback, newest first."""
    store = Store(settings().db)
    try:
        rows = store.feedback()
    finally:
        store.close()
    wanted = Wanted(
        models=arguments.of_model, tasks=arguments.task, reasons=arguments.reason, people=arguments.person,
        thumbs=[Thumb(each) for each in arguments.thumb],
    )  # fmt: skip
    found = wanted.find(rows)
    for row in found[: arguments.n]:
        print(json.dumps(_record(row), ensure_ascii=False) if arguments.json else _in_words(row), file=out)
    if not arguments.json:
        more = f" ({len(found) - arguments.n:,} more: --n)" if len(found) > arguments.n else ""
        print(f"{len(found):,} of {len(rows):,}{more}" if rows else "Nobody has said anything yet.", file=out)
    return 0


def print_enough(arguments: argparse.Namespace, out: TextIO) -> int:
    """Print for each task and kind of training how much there is, and whether it is enough."""
    store = Store(settings().db)
    try:
        found = [
            {"task": task} | asdict(enough(build(store, kind, Chosen(tasks=(task,)))))
            for task in ("brainstorm", "refine", "evaluate") for kind in TRAINABLE
        ]  # fmt: skip
    finally:
        store.close()
    if arguments.json:
        print(json.dumps(found), file=out)
        return 0
    for row in found:
        print(f"{row['task']:<11} {row['kind'].upper():<4} {row['words']}", file=out)
    return 0


def _record(row: Feedback) -> dict[str, object]:
    return asdict(row) | {"messages": json.loads(row.messages)}


def _in_words(row: Feedback) -> str:
    said = row.said
    head = [f"{row.id}", row.created[:10], row.person, row.task, served_by(row), said.thumb or "no thumb"]
    lines = [" · ".join([*head, *reasons_of(row)]), *textwrap.wrap(" ".join(row.text.split()), 92)]
    lines += [f"comment: {said.comment}"] * bool(said.comment) + [f"better: {said.corrected}"] * bool(said.corrected)
    return "\n    ".join(lines)
