"""A judge model's votes on a comparison, beside people's and never among them."""

import argparse
import json
import sys
from contextlib import closing
from functools import partial
from typing import TextIO


def words(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the verb."""
    judge = verbs.add_parser("judge", help="have a model vote on a comparison's pairs, each in both orders")
    judge.add_argument("comparison", type=int)
    judge.add_argument("--by", required=True, metavar="MODEL", help="as for `compare run`")
    judge.add_argument("--json", action="store_true", help="one JSON list: what people and each judge said")
    judge.set_defaults(run=judge_one)


def judge_one(arguments: argparse.Namespace, out: TextIO) -> int:
    """Judge what this model has not judged yet, and print what all judges said."""
    from workbench.cli.compare.running import follow
    from workbench.lab import compare
    from workbench.records import Judge
    from workbench.settings import settings
    from workbench.store import Store

    judge = compare.parse(arguments.by)
    with closing(Store(settings().db)) as store:
        job = compare.start_judge(store, store.comparison(arguments.comparison).id, judge)
        pairs = len(compare.ballot(store, arguments.comparison).pairs.real)
        mine = partial(store.answer_votes, arguments.comparison, Judge.MODEL, judge.name)
        status = follow(store, job.id, lambda: f"{len(mine())} of {pairs} pairs")
        if error := store.job(job.id).error:
            print(error, file=sys.stderr)
        found = compare.ballot(store, arguments.comparison)
    said = [compare.verdict_record(each, found.comparison) for each in (found.people, *found.judges) if each.votes]
    if arguments.json:
        print(json.dumps(said, ensure_ascii=False), file=out)
        return status
    for each in said:
        print(f"{each['by']}: {each['votes']} votes, {each['ties']} ties", file=out)
        for row in each["ranking"]:
            interval = f"({row['low']:.0%} to {row['high']:.0%})"
            print(f"{row['rank']:3}. {row['score']:4.0%} {interval} {row['model']}", file=out)
        if (agreed := each["agreement"]) and agreed["share"]:
            kappa = f", kappa {agreed['kappa']['value']:.2f}" if agreed["kappa"] else ""
            print(f"     agrees with people in {agreed['share']['value']:.0%} of {agreed['n']}{kappa}", file=out)
    return status
