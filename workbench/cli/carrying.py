"""Ideas for one question out of ideas for another, without a browser: `python -m workbench carry 12 --to 3`."""

import argparse
import json
from dataclasses import replace
from typing import TextIO

from workbench.assist import idea_line
from workbench.engine.interface import FOCUSED
from workbench.errors import EngineError, InputError


def words(command: argparse.ArgumentParser) -> None:
    """Add the options."""
    command.add_argument("ideas", type=int, nargs="*", metavar="IDEA", help="the ideas' numbers")
    command.add_argument("--idea", default="", metavar="'TITLE — TEXT'", help="an idea in words instead")
    where = command.add_mutually_exclusive_group(required=True)
    where.add_argument("--to", type=int, metavar="BOARD", help="the other board's number, as in the page's address")
    where.add_argument("--question", help="another question; it becomes a board")
    command.add_argument("--n", type=int, default=1, help="how many out of each idea (1)")
    command.add_argument("--seed", type=int, help="the same seed and model give the same ideas (a new one)")
    command.set_defaults(run=carry)


def carry(arguments: argparse.Namespace, out: TextIO) -> int:
    """Have the model write the ideas anew for the other question, put them on its board and print them."""
    from workbench.cli.tasks import open_desk

    if bool(arguments.ideas) == bool(arguments.idea):
        raise InputError("Give ideas by their numbers, or one in words with --idea; one of the two.")
    with open_desk() as desk:
        given = [desk.store.idea(number) for number in arguments.ideas] or [arguments.idea]
        to = arguments.question if arguments.to is None else desk.store.board(arguments.to)
        run = desk.carry(given, to, n=arguments.n, sampling=replace(FOCUSED, seed=arguments.seed))
        view = run.wait()
        if view.error:
            raise EngineError(view.error)
        ideas = [desk.store.idea(item.idea_id) for item in view.items if item.idea_id is not None]
    if arguments.json:
        rows = [{"id": idea.id, "title": idea.title, "body": idea.body, "lens": idea.lens} for idea in ideas]
        of = arguments.ideas or [arguments.idea]
        print(json.dumps({"of": of, "board": run.board_id, "ideas": rows}, ensure_ascii=False), file=out)
        return 0
    for idea in ideas:
        print(f"{idea.id:>5}  {idea_line(idea.title, idea.body)}", file=out)
    return 0
