"""Novelty against people: the model's novelty checks beside human ratings of originality."""

import gzip
import json
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from workbench.assist.difference import words
from workbench.bench import metrics
from workbench.bench.heldout import Row
from workbench.bench.quality.figures import Figure
from workbench.bench.quality.goals import Judge
from workbench.errors import InputError
from workbench.settings import ROOT

NOVELTY = (1, 2)  # the checks whose mean P(yes) is the score
FILE = ROOT / "data" / "eval" / "unusual_uses.jsonl.gz"


def rated(most: int | None = None, file: Path = FILE) -> list[Row]:
    """Return answers to "List an unusual use for X" with people's ratings. Raises InputError without the file."""
    if not file.is_file():
        raise InputError(f"There is no {file}: the correlation with people's ratings of originality needs it.")
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines][:most]


def topic(row: Row) -> str:
    """Return the topic that a rated answer is an idea for."""
    return f"List an unusual use for {row['object']}"


def measure(
    rows: Sequence[Row], judge: Judge, *, seed: int, tell: Callable[[str], None]
) -> dict[str, Figure]:
    """Return Pearson's r and Spearman's rho of the novelty score with the ratings."""
    mine = []
    for index, row in enumerate(rows):
        tell(f"originality: {index + 1} of {len(rows)}")
        mine.append(judge(topic(row), row["response"], NOVELTY))
    random = np.random.default_rng(seed)
    ratings = [float(row["originality"]) for row in rows]
    found = {
        "": metrics.correlation(mine, ratings),
        "random": metrics.correlation(list(random.uniform(size=len(rows))), ratings),
        "shuffled": metrics.correlation(mine, list(random.permutation(ratings))),
        "length": metrics.correlation([float(len(words(row["response"]))) for row in rows], ratings),
    }
    pairs = np.column_stack([mine, ratings])
    return {
        name: Figure(
            _of(found[""], which),
            {"nothing": None} | {control: _of(pair, which) for control, pair in found.items() if control},
            metrics.interval(pairs, seed, lambda some, which=which: _of(metrics.correlation(*some.T), which)),
        )
        for which, name in enumerate(("originality_pearson", "originality_spearman"))
    }


def _of(pair: tuple[float, float] | None, which: int) -> float | None:
    return None if pair is None else pair[which]
