"""The figures of docs/ranking.md, by simulation and on the starter; some minutes.

.venv/bin/python -m tests.lab.measure
"""

import math
import tempfile
from itertools import combinations
from pathlib import Path
from random import Random

import numpy as np

from tests.lab.votes import simulate
from workbench.assist.duelling import A_B, TASK
from workbench.assist.prompts.duel import duel
from workbench.bench.heldout import rows
from workbench.engine import open_engine
from workbench.engine.interface import Engine, ScoreRequest
from workbench.lab import bradley_terry as model
from workbench.lab import next_pair, rank, schedule
from workbench.settings import Settings

BOARDS = 60
NOTHING = "N/A"


def main() -> None:
    print("coverage of the 90 % intervals: ideas, duels each, spread of strengths, ties -> by prior in duels")
    for setting in ((10, 6, 1.0, 0.0), (20, 6, 1.0, 0.0), (20, 8, 1.5, 0.15), (20, 8, 2.0, 0.0), (12, 11, 1.5, 0.0)):
        print(*setting, {prior: round(coverage(*setting, prior), 3) for prior in (0.25, 0.5, 1.0)}, flush=True)
    print("share of pairs in the right order after so many duels an idea: the most informative ones, the schedule's")
    for ideas in (10, 20, 40):
        print(ideas, {each: right_order(ideas, each) for each in (1, 1.5, 2, 2.5, 3, 4)}, flush=True)
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(Settings(db=Path(folder) / "workbench.db"))
        try:
            for adapter in (None, "refine"):
                print("starter, adapter", adapter, known_groups(engine, adapter), flush=True)
        finally:
            engine.close()


def coverage(ideas: int, each: int, spread: float, ties: float, prior: float) -> float:
    """Return how often the interval holds the true chance."""
    draw, held, kept = np.random.default_rng(1), [], model.PRIOR
    model.PRIOR = prior
    for seed in range(BOARDS):
        true = draw.normal(0, spread, ideas)
        true -= true.mean()
        pairs = schedule(list(range(ideas)), each=each, seed=seed)
        found = rank(simulate(dict(enumerate(true)), pairs, Random(seed), ties), resamples=300, seed=seed)
        held += [one.low <= 1 / (1 + math.exp(-true[one.item])) <= one.high for one in found.standings]
    model.PRIOR = kept
    return float(np.mean(held))


def right_order(ideas: int, each: float) -> tuple[float, float]:
    """Return the share of all pairs that the ranking has right: duels chosen one by one, and from the schedule."""
    found: list[tuple[float, float]] = []
    for seed in range(BOARDS // 3):
        true = dict(enumerate(np.random.default_rng(seed).normal(0, 2, ideas)))
        duels, random, votes = int(each * ideas), Random(seed), []
        for number in range(min(duels, ideas * (ideas - 1) // 2)):
            votes += simulate(true, [next_pair(list(true), votes, seed=number)], random, 0.1)
        fixed = simulate(true, schedule(list(true), each=8, seed=seed)[:duels], random, 0.1)
        found.append((share_right(votes, true), share_right(fixed, true)))
    return tuple(round(float(value), 2) for value in np.mean(found, axis=0))


def share_right(votes, true) -> float:
    found = dict.fromkeys(true, 0.0) | rank(votes, resamples=2).strengths
    return float(np.mean([(found[a] > found[b]) == (true[a] > true[b]) for a, b in combinations(true, 2)]))


def known_groups(engine: Engine, adapter: str | None) -> dict[str, object]:
    """Return right, tie, wrong for a good held-out idea on its topic against a poor one, two poor ones for each."""
    found = rows(Settings().library, "evaluate")
    random = Random(1)
    poor = [row["idea"] for row in found if sum(row["checks"]) <= 4]
    pairs = [(row["topic"], row["idea"], random.choice(poor)) for row in found if sum(row["checks"]) >= 7 for _ in "ab"]
    odds = []
    for topic, good, bad in pairs:
        prompts = (duel(topic, good, bad), duel(topic, bad, good), duel(topic, NOTHING, NOTHING))
        view = engine.submit(ScoreRequest(TASK, prompts, A_B, adapter)).wait()
        odds.append([math.log(row[0] / row[1]) for row in view.probabilities])
    first, second, empty = np.array(odds).T
    return {
        "both orders": split(first, second), "corrected by N/A": split(first - empty, second - empty),
        "right by the sum of both orders": round(float(np.mean(first > second)), 2),
        "one order only": round(float(np.mean([first > 0, second < 0])), 2), "of": len(pairs),
    }  # fmt: skip


def split(first, second) -> tuple[int, int, int]:
    """Return right, tie, wrong; the good idea was shown first, then second."""
    right, wrong = int(np.sum((first > 0) & (second < 0))), int(np.sum((first < 0) & (second > 0)))
    return right, len(first) - right - wrong, wrong


if __name__ == "__main__":
    main()
