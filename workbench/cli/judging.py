"""A board's ideas judged in turn without a browser: those that lack a judgement of their present wording."""

import argparse
import json
import sys
from typing import TYPE_CHECKING, TextIO

from workbench.errors import EngineError

if TYPE_CHECKING:  # --help need not wait for the store
    from workbench.assist import Desk
    from workbench.records import Board

LOOK = 0.2  # seconds between two looks at how far it is


def judge(arguments: argparse.Namespace, out: TextIO) -> int:
    """Judge what is unjudged by the board's checks and print every idea's scores; Ctrl-C keeps those made so far."""
    from workbench.cli.tasks import open_desk

    with open_desk() as desk:
        board = desk.store.board(arguments.board)
        _judge(desk, board)
        judged = desk.store.newest_evaluations(board.id)
        ideas = [(idea, judged[idea.id]) for idea in desk.store.list_ideas(board.id) if idea.id in judged]
    if arguments.json:
        rows = [
            {"id": idea.id, "title": idea.title, "scores": found.scores, "intervals": found.intervals}
            for idea, found in ideas
        ]
        print(json.dumps({"board": board.id, "ideas": rows}, ensure_ascii=False), file=out)
        return 0
    for idea, found in ideas:
        scores = "  ".join(f"{name} {score:.1f}" for name, score in found.scores.items())
        print(f"{idea.id:>5}  {idea.title[:40]:<40}  {scores}", file=out)
    return 0


def _judge(desk: "Desk", board: "Board") -> None:
    batch = desk.evaluate_board(board)
    try:
        while not batch.settled.wait(LOOK):
            view = batch.view()
            left = f", about {view.eta_s:.0f} s left" if view.eta_s is not None else ""
            print(f"\r{view.done} of {view.total}{left}   ", end="", file=sys.stderr, flush=True)
        print(file=sys.stderr)
    except KeyboardInterrupt:
        batch.stop()
        batch.settled.wait(10)
        raise
    if (view := batch.view()).error:
        raise EngineError(view.error or "")
