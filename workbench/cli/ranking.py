"""A board ranked by duels: of the person, asked on the terminal or answered on the pages, or of the model."""

import argparse
import json
import sys
import textwrap
from contextlib import closing
from dataclasses import asdict
from typing import Any, TextIO

from workbench.assist import idea_line
from workbench.errors import EngineError, InputError
from workbench.lab import BoardVotes, Figure, Ranking, position_bias, read, settles_at
from workbench.records import Board, Idea, NewVote, Outcome
from workbench.store import Store

KEYS = {"a": Outcome.LEFT, "b": Outcome.RIGHT, "t": Outcome.TIE, "s": Outcome.SKIP}
ASKED = "a, b, t (tie), s (skip), z (undo) or q (done): "
WIDTH = 100


def print_ranking(arguments: argparse.Namespace, out: TextIO) -> int:
    """Print the ranking, after the duels that were asked for."""
    from workbench.settings import settings

    if arguments.by == "model":
        votes, board = _by_model(arguments)
    else:
        with closing(Store(settings().db)) as store:
            board = _board(store, arguments.board)
            if arguments.duel:
                _duels(store, board, arguments.undecided)
            votes = read(store, board.id, undecided=arguments.undecided)
    record = _record(board, votes, arguments.by)
    if arguments.json:
        print(json.dumps(record, ensure_ascii=False), file=out)
    else:
        _print(record, out)
    return 0


def _board(store: Store, wanted: str) -> Board:
    if wanted.isdecimal():
        return store.board(int(wanted))
    found = [board for board in store.list_boards() if wanted.casefold() in board.question.casefold()]
    if len(found) == 1:
        return found[0]
    boards = "; ".join(f"{board.id} {board.question}" for board in (found or store.list_boards())[:9]) or "none"
    raise InputError(f"{len(found)} boards have {wanted!r} in their question. Give the number of one: {boards}.")


def _by_model(arguments: argparse.Namespace) -> tuple[BoardVotes, Board]:
    """Have the model judge what it has not judged yet; Ctrl-C ends that, and what is judged stays."""
    from workbench.cli.tasks import open_desk

    with open_desk() as desk:
        board = _board(desk.store, arguments.board)
        sha256 = desk.engine.serving("evaluate").status().sha256
        pairs = read(desk.store, board.id, undecided=arguments.undecided, model_sha256=sha256).to_ask()
        if pairs:
            run = desk.duel(board.question, pairs, board_id=board.id)
            try:
                view = run.wait()
            except KeyboardInterrupt:
                run.stop()
                view = run.wait(5)
            if view.error:
                raise EngineError(view.error)
        return read(desk.store, board.id, undecided=arguments.undecided, model_sha256=sha256), board


def _duels(store: Store, board: Board, undecided: bool) -> None:
    """Ask on the terminal (standard error, so that the answer can be piped on) until `q` or the last pair."""
    from workbench.settings import settings

    while True:
        votes = read(store, board.id, undecided=undecided)
        pair = votes.next_pair()
        if pair is None:
            return
        for letter, idea in zip("AB", pair, strict=True):
            said = textwrap.fill(f"{letter}: {idea_line(idea.title, idea.body)}", WIDTH, subsequent_indent="   ")
            print(said, file=sys.stderr)
        done = f"{votes.by_person.duels} of about {settles_at(len(votes.ideas))} duels. "
        print(done + ASKED, end="", file=sys.stderr, flush=True)
        answer = sys.stdin.readline().strip().lower()
        print(file=sys.stderr)
        if answer == "z":
            print(store.undo(board.id) or "There is nothing to undo.", file=sys.stderr)
        elif answer in KEYS:
            left, right = pair
            store.add_vote(NewVote(
                left_id=left.id, right_id=right.id, outcome=KEYS[answer], order_seed=votes.seed, board_id=board.id,
                judge_name=settings().owner,
            ))  # fmt: skip
        elif answer in ("", "q"):  # an empty line is the end of a pipe too
            return


def _record(board: Board, votes: BoardVotes, by: str) -> dict[str, Any]:
    """Return the ranking as it is printed."""
    ranking: Ranking[int] = votes.by_model if by == "model" else votes.by_person
    ideas = {idea.id: idea for idea in votes.ideas}
    agreed, (shared, tau) = votes.agreement(), votes.order_agreement()
    n, first = position_bias(votes.model if by == "model" else votes.person)
    return {
        "board": board.id, "question": board.question, "by": by, "ideas": len(ideas), "duels": ranking.duels,
        "ties": ranking.ties, "groups": ranking.parts,
        "ranking": [_row(ideas[each.item], asdict(each)) for each in ranking.standings],
        "agreement": {"n": agreed.n, "share": _figure(agreed.share), "kappa": _figure(agreed.kappa),
                      "trusted": agreed.trusted},
        "tau": {"n": shared, "tau": _figure(tau)},
        "position_bias": {"n": n, "first": first},
    }  # fmt: skip


def _row(idea: Idea, standing: dict[str, Any]) -> dict[str, Any]:
    rounded = {name: round(value, 4) if isinstance(value, float) else value for name, value in standing.items()}
    return {"rank": rounded.pop("rank"), "id": rounded.pop("item"), "title": idea.title, "text": idea.body} | rounded


def _figure(found: Figure | None) -> dict[str, float] | None:
    return {name: round(value, 4) for name, value in asdict(found).items()} if found else None


def _print(record: dict[str, Any], out: TextIO) -> None:
    """Print the ranking for people."""
    for row in record["ranking"]:
        chance = f"{row['score']:4.0%} ({row['low']:.0%} to {row['high']:.0%})"
        line = f"{row['rank']:3}. {chance:<20} {row['title'] or row['text']}"
        print(f"{line}  [place {row['best_rank']} to {row['worst_rank']}, {row['duels']} duels]", file=out)
    if not record["ranking"]:
        hint = "Answer some with --duel or on the Evaluate page" if record["by"] == "person" else "It needs two ideas"
        print(f"No duels yet. {hint}.", file=out)
        return
    print("\nChance to win against an average idea of the board, with 90 % intervals.", file=out)
    if record["ties"] == record["duels"]:
        print("Every duel was a tie: there is no order among these ideas.", file=out)
    if record["groups"] > 1:
        print(f"{record['groups']} groups of ideas never met: between two groups the order is a guess.", file=out)
    agreed = record["agreement"]
    if agreed["share"]:
        kappa = f", kappa {agreed['kappa']['value']:.2f}" if agreed["kappa"] else ""
        print(f"The model agrees with you in {agreed['share']['value']:.0%} of {agreed['n']} duels{kappa}.", file=out)
