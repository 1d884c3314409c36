"""Forgetting a person, from the command line."""

import argparse
import json
from dataclasses import asdict
from typing import TextIO

from workbench.cli.feedback.asking import sure
from workbench.errors import InputError
from workbench.records import Forgotten
from workbench.settings import settings
from workbench.store import Store


def words(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `people` and `forget`."""
    people = verbs.add_parser("people", help="who said how much")
    people.add_argument("--json", action="store_true", help="one JSON list of {person, feedback, votes}")
    people.set_defaults(run=print_people)
    gone = verbs.add_parser("forget", help="delete a person's feedback and votes from the file, for good")
    gone.add_argument("person", metavar="NAME", help="as `feedback people` writes it")
    gone.add_argument("--yes", action="store_true", help="do not ask")
    gone.add_argument("--json", action="store_true", help="one JSON object: feedback, votes, ideas, whole, copies")
    gone.set_defaults(run=forget)


def print_people(arguments: argparse.Namespace, out: TextIO) -> int:
    """Print who spoke about answers and who voted."""
    store = Store(settings().db)
    try:
        found = store.people()
    finally:
        store.close()
    if arguments.json:
        rows = [{"person": name, "feedback": given, "votes": votes} for name, (given, votes) in found.items()]
        print(json.dumps(rows, ensure_ascii=False), file=out)
        return 0
    for name, (given, votes) in found.items():
        print(f"{name}: {_n(given, 'answer')} spoken about, {_n(votes, 'vote')}", file=out)
    if not found:
        print("Nobody has said anything yet.", file=out)
    return 0


def forget(arguments: argparse.Namespace, out: TextIO) -> int:
    """Delete what a person said, after asking; 1 when another program keeps the file's bytes."""
    store = Store(settings().db)
    try:
        people = store.people()
        if arguments.person not in people:
            there = ", ".join(people) or "nobody"
            raise InputError(f"Nobody called {arguments.person!r} has said anything. There is: {there}.")
        given, votes = people[arguments.person]
        what = f"feedback on {_n(given, 'answer')} and {_n(votes, 'vote')}"
        asked = f"Delete the {what} of {arguments.person}? It cannot be undone."
        if not (arguments.yes or sure(asked)):
            print("Nothing was deleted.", file=out)
            return 0
        gone = store.forget_person(arguments.person)
    finally:
        store.close()
    print(json.dumps(asdict(gone)) if arguments.json else in_words(gone), file=out)
    return 0 if gone.whole else 1


def in_words(gone: Forgotten) -> str:
    """Return what was deleted, and what may hold it still."""
    deleted = f"Deleted: feedback on {_n(gone.feedback, 'answer')}, {_n(gone.votes, 'vote')}"
    lines = [f"{deleted}; the name taken off {_n(gone.ideas, 'idea')}."]
    if not gone.whole:
        lines.append(
            "Another program has the database open, so that its file may still hold the words. "
            "Close it and run this again."
        )
    if gone.copies:
        lines.append(f"Copies made before updates may still hold it: {', '.join(gone.copies)}. Delete them if so.")
    lines.append("Data sets that were exported before are as they were: delete them, and export anew.")
    return "\n".join(lines)


def _n(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'s' * (count != 1)}"
