"""Ideas out of a board's ideas without a browser: the opposite of one, two combined; and the map they lie on."""

import argparse
import json
from contextlib import closing
from dataclasses import asdict
from typing import TextIO

from workbench.assist import idea_line
from workbench.assist.map import IdeaMap, idea_map
from workbench.errors import EngineError
from workbench.settings import settings
from workbench.store import Store


def derive(arguments: argparse.Namespace, out: TextIO) -> int:
    """Have the model write the ideas, put them on the board and print them."""
    from workbench.cli.tasks import open_desk

    with open_desk() as desk:
        parents = [desk.store.idea(number) for number in arguments.idea]
        board = desk.store.board(parents[0].board_id)
        ask = desk.opposite if len(parents) == 1 else desk.combine
        view = ask(board, *parents, n=arguments.n).wait()
        if view.error:
            raise EngineError(view.error)
        ideas = [desk.store.idea(item.idea_id) for item in view.items if item.idea_id is not None]
    rows = [{"id": idea.id, "title": idea.title, "body": idea.body, "lens": idea.lens} for idea in ideas]
    if arguments.json:
        print(json.dumps({"of": arguments.idea, "ideas": rows}, ensure_ascii=False), file=out)
        return 0
    for idea in ideas:
        print(f"{idea.id:>5}  {idea_line(idea.title, idea.body)}", file=out)
    return 0


def print_map(arguments: argparse.Namespace, out: TextIO) -> int:
    """Print the map of a board's undecided and kept ideas, by shared words."""
    with closing(Store(settings().db)) as store:
        board = store.board(arguments.board)
        ideas = [idea for idea in store.list_ideas(board.id) if idea.folded_into is None]
    found = idea_map(ideas, board.question)
    if arguments.json:
        print(json.dumps(asdict(found), ensure_ascii=False), file=out)
        return 0
    titles = {idea.id: idea.title or idea.body for idea in ideas}
    for number, group in enumerate(found.groups):
        print(f"{', '.join(group.terms) or 'no words in common'} ({group.size})", file=out)
        inside = zip(found.idea_ids, found.group_of, strict=True)
        print("".join(f"  {idea_id:>5}  {titles[idea_id]}\n" for idea_id, home in inside if home == number), file=out)
    for gap in found.gaps:
        print(f"empty: {_sides(found, gap.groups)}; nearest ideas {gap.idea_ids[0]} and {gap.idea_ids[1]}", file=out)
    return 0


def _sides(found: IdeaMap, groups: tuple[int, int]) -> str:
    return " | ".join(", ".join(found.groups[number].terms) for number in groups)
