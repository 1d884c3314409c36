"""Rewrites and versions without a browser: decide on each change, keep a new version, compare two, go back to one."""

import argparse
import json
from collections.abc import Iterable
from contextlib import closing
from typing import Any, TextIO

from workbench.assist import idea_line
from workbench.assist.changes import changes
from workbench.assist.reviewing import Reviewed, Reviewing
from workbench.cli.refine import looked_at, marked, notes
from workbench.errors import InputError
from workbench.records import Revision
from workbench.settings import settings
from workbench.store import Store


class Reviews(Reviewing):
    """Reviews without a desk: no model is loaded for them."""

    def __init__(self, store: Store):
        self.store = store


def review(arguments: argparse.Namespace, out: TextIO) -> int:
    """Decide as told, then print where the review is."""
    with closing(Store(settings().db)) as store:
        desk = Reviews(store)
        found = desk.reviewed(arguments.rewrite)
        count = len(found.tracked.changed)
        decided = dict.fromkeys(_numbers(arguments.accept, count), True)
        decided |= dict.fromkeys(_numbers(arguments.reject, count), False)
        if decided:
            found = desk.decide(arguments.rewrite, found.decisions | decided)
        record = _record(found)
        if arguments.discard:
            desk.discard(arguments.rewrite)
        elif arguments.keep:
            desk.accept(arguments.rewrite)
            record["version"] = len(store.revisions(found.idea.id))
    if arguments.json:
        print(json.dumps(record, ensure_ascii=False), file=out)
    else:
        _print(record, out)
    return 0


def versions(arguments: argparse.Namespace, out: TextIO) -> int:
    """Compare or restore as told, else list them."""
    with closing(Store(settings().db)) as store:
        found = store.revisions(arguments.idea)
        if arguments.restore is not None:
            store.restore(arguments.idea, _version(found, arguments.restore).id)
        now = store.idea(arguments.idea).revision_id
    record: dict[str, Any] = {"idea": arguments.idea}
    if arguments.compare:
        one, other = (_line(_version(found, number)) for number in arguments.compare)
        record["changes"] = marked(changes(one, other))
    record["versions"] = [
        {"version": number, "text": _line(each), "source": each.source, "goal": each.goal, "created": each.created,
         "now": each.id == now}
        for number, each in enumerate(found, 1)
    ]  # fmt: skip
    if arguments.json:
        print(json.dumps(record, ensure_ascii=False), file=out)
        return 0
    for each in [] if arguments.compare else record["versions"]:
        goal = f", {each['goal']}" if each["goal"] else ""
        print(f"{each['version']}{'*' if each['now'] else ' '} {each['text']}  [{each['source']}{goal}]", file=out)
    if arguments.compare:
        print(record["changes"], file=out)
    return 0


def _numbers(given: str, count: int) -> Iterable[int]:
    """Read `1,3` or `all`; changes are numbered from 1 for people."""
    if given.strip() == "all":
        return range(count)
    words = [word.strip() for word in given.split(",") if word.strip()]
    if not all(word.isdecimal() for word in words):
        raise InputError(f"{given!r} cannot be read: write numbers of changes such as 1,3, or all.")
    return [int(word) - 1 for word in words]


def _record(found: Reviewed) -> dict[str, Any]:
    before = idea_line(found.idea.title, found.idea.body)
    words = {True: "accepted", False: "rejected", None: "undecided"}
    return looked_at(before, idea_line(*found.after), found.goal) | {
        "review": found.generation.id, "idea": found.idea.id, "goal": found.goal,
        "decisions": [
            {"change": number + 1, "old": piece.old.strip(), "new": piece.new.strip(),
             "decision": words[found.decisions.get(number)]}
            for number, piece in enumerate(found.tracked.changed)
        ],
        "result": idea_line(*found.result),
    }  # fmt: skip


def _print(record: dict[str, Any], out: TextIO) -> None:
    for each in record["decisions"]:
        sides = [f"[-{each['old']}-]" if each["old"] else "", f"{{+{each['new']}+}}" if each["new"] else ""]
        print(f"{each['change']:2}. {each['decision']:<9} {' '.join(filter(None, sides))}", file=out)
    for note in notes(record):
        print(f"note: {note}", file=out)
    kept = f"version {record['version']}" if "version" in record else "it will read"
    print(f"{kept}: {record['result']}", file=out)


def _version(found: list[Revision], number: int) -> Revision:
    if not 1 <= number <= len(found):
        raise InputError(f"There is no version {number}: this idea has {len(found)}.")
    return found[number - 1]


def _line(revision: Revision) -> str:
    return idea_line(revision.title, revision.body)
