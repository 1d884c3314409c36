"""What asking a check in several ways brings, on the held-out judged ideas, beside asking it once.

    python -m workbench.bench.judging [--most 40] [--bias]

`--bias` asks about ideas that say nothing too, which costs three times as much as all the rest.
"""

import argparse
import json
from collections.abc import Sequence
from statistics import mean
from typing import Any

from workbench.assist import judgement
from workbench.assist.asking import Asking
from workbench.assist.prompts import EIGHT, YES_NO
from workbench.bench import heldout, metrics
from workbench.bench.heldout import Row
from workbench.engine import open_engine
from workbench.engine.interface import Engine, ScoreRequest, State
from workbench.errors import EngineError
from workbench.records import Measured, Ways
from workbench.settings import settings

Labels = Sequence[Sequence[int]]


def ask(engine: Engine, topic: str, idea: str, *, bias: bool = False) -> Measured:
    """Ask everything that the Evaluate page asks; with `bias`, about ideas that say nothing too."""
    adapter = next((each.name for each in engine.status().adapters if each.name == "refine"), None)
    asking = Asking.begin(EIGHT, topic, idea, free=None if bias else ())
    while asking.todo:
        view = engine.submit(ScoreRequest("evaluate", asking.next(), YES_NO, adapter)).wait()
        if view.state is not State.DONE:
            raise EngineError(view.error or "The checks were stopped before their end.")
        asking.answer([row[0] for row in view.probabilities])
    return asking.measured()


def compare(labels: Labels, found: Sequence[Measured]) -> dict[str, Any]:
    """Return the figures of asking once, of all ways together, and of those with the bias taken off if it was asked."""
    once = [judgement.measured(EIGHT, _first_way(each.yes)) for each in found]
    plain = [judgement.measured(EIGHT, each.yes) for each in found]
    result: dict[str, Any] = {"ideas": len(found), "once": figures(labels, once)}
    result["ways"] = figures(labels, plain) | _doubt(labels, plain)
    if all(each.free for each in found):
        result["ways, bias taken off"] = figures(labels, found) | _doubt(labels, found)
    return result


def figures(labels: Labels, found: Sequence[Measured]) -> dict[str, Any]:
    """Return AUC of each check, their mean, the share of right answers at 1/2, and the Brier score (0 is best)."""
    auc = [
        metrics.auc([each.checks[at] for each in found], [row[at] for row in labels]) for at in range(len(EIGHT.checks))
    ]
    pairs = [
        (p, label) for each, row in zip(found, labels, strict=True) for p, label in zip(each.checks, row, strict=True)
    ]
    there = [each for each in auc if each is not None]
    return {
        "checks_auc": [None if each is None else round(each, 3) for each in auc],
        "auc_mean": round(mean(there), 3) if there else None,
        "accuracy": round(mean((p > 0.5) == bool(label) for p, label in pairs), 3),
        "brier": round(mean((p - label) ** 2 for p, label in pairs), 3),
    }


def _doubt(labels: Labels, found: Sequence[Measured]) -> dict[str, Any]:
    """Return how alike the ways answer, how often the answer is unsure, and how right it is when it is and is not."""
    ways = [wordings for each in found for wordings in judgement.corrected(each.yes, each.free)]
    orders = [(a > 0) == (b > 0) for wordings in ways for a, b in wordings]
    wordings = [len({mean(orders) > 0 for orders in wordings}) == 1 for wordings in ways]
    right = [
        (unsure, (p > 0.5) == bool(label))
        for each, row in zip(found, labels, strict=True)
        for p, unsure, label in zip(each.checks, each.unsure, row, strict=True)
    ]
    return {
        "order_consistency": round(mean(orders), 3),
        "wording_consistency": round(mean(wordings), 3),
        "unsure_share": round(mean(unsure for unsure, _ in right), 3),
        "accuracy_sure": _share([hit for unsure, hit in right if not unsure]),
        "accuracy_unsure": _share([hit for unsure, hit in right if unsure]),
    }


def _share(hits: Sequence[bool]) -> float | None:
    return round(mean(hits), 3) if hits else None


def _first_way(yes: Ways) -> Ways:
    return tuple(((wordings[0][0],),) for wordings in yes)


def rows(most: int | None) -> list[Row]:
    """Return the held-out judged ideas."""
    return heldout.rows(settings().library, "evaluate", most)


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--most", type=int, help="this many ideas, not all")
    words.add_argument("--bias", action="store_true", help="ask about ideas that say nothing too")
    given = words.parse_args()
    engine = open_engine(settings())
    try:
        wanted = rows(given.most)
        found = [ask(engine, row["topic"], row["idea"], bias=given.bias) for row in wanted]
        print(json.dumps(compare([row["checks"] for row in wanted], found), indent=1))
    finally:
        engine.close()


if __name__ == "__main__":
    main()
