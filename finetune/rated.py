"""More to judge: judged ideas put under topics they were not for, and people's ratings of originality."""

import gzip
import json
from pathlib import Path
from random import Random

from workbench.bench.quality import originality
from workbench.errors import InputError

RELEVANCE, NOVELTY = (5, 6), (1, 2)  # numbers of the checks
LEAST, MOST = 1.0, 5.0  # of a rating


def swapped(rows: list[dict], rng: Random, share: float) -> list[dict]:
    """Return a share of the ideas that fit their topic under another one: the two checks of relevance then say no.

    Without them the model never has to look at the topic: an idea off its topic is told by other marks.
    """
    fitting = [row for row in rows if all(row["checks"][number - 1] for number in RELEVANCE)]
    topics = sorted({row["topic"] for row in rows})
    out = []
    for row in rng.sample(fitting, round(share * len(fitting))):
        other = rng.choice([topic for topic in topics if topic != row["topic"]])
        checks = [0 if number in RELEVANCE else answer for number, answer in enumerate(row["checks"], 1)]
        out.append(row | {"topic": other, "checks": checks})
    return out


def uses(file: Path, rng: Random, most: int) -> list[dict]:
    """Return answers to "an unusual use for X" as rows whose checks of novelty are labelled by people's ratings.

    A rating of r is a label of (r - 1) / 4 between no and yes; the other checks have none (None). Answers that the
    published correlation is measured on (data/eval) are left out, by object and wording. Raises InputError without
    the file.
    """
    if not Path(file).is_file():
        raise InputError(f"There are no rated answers at {file}. Name the file with --rated, or none with --rated ''.")
    measured = {_key(row) for row in originality.rated()}
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        rows = [row for row in map(json.loads, lines) if row["task"] in ("AUT", "DT Uses")]
    rows = [row for row in rows if _key(row) not in measured]
    out = []
    for row in rng.sample(rows, min(most, len(rows))):
        label = (row["originality"] - LEAST) / (MOST - LEAST)
        checks = [label if number in NOVELTY else None for number in range(1, 9)]
        out.append({"topic": originality.topic(row), "idea": row["response"], "checks": checks})
    return out


def _key(row: dict) -> tuple[str, str]:
    return tuple(" ".join(row[name].lower().split()) for name in ("object", "response"))
