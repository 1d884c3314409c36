"""All figures of quality together: measured, as JSON, as tables for people."""

import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from workbench.bench import heldout, machine
from workbench.bench.heldout import Row, Topic
from workbench.bench.quality import brainstorms, figures, ideas, judgements, originality, rewrites, tables
from workbench.bench.quality.answers import Answers
from workbench.bench.quality.figures import Figure
from workbench.bench.quality.judge import Judge
from workbench.bench.quality.opening import opened
from workbench.errors import InputError
from workbench.settings import Settings, settings

TIMED = 5  # whole judgements in words, for their time alone
EVERY = 5.0  # seconds between two lines of progress on one part
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Asked:
    """What the command line asks for."""

    topics: Path | None = None  # None: the held-out topics of the idea set
    n: int = 16
    rows: int | None = None  # at most so many held-out rows and rated answers; None: all
    seed: int = 1
    keep: Path | None = None  # the model's answers, for going on
    chart: Path | None = None


def print_all(out: TextIO, asked: Asked, *, as_json: bool) -> int:
    """Measure and print everything, and draw the chart if asked for; the exit status is 0."""
    if asked.n < 2 or (asked.rows is not None and asked.rows < 2):
        raise InputError("Ask for 2 or more with --n and --rows: one idea cannot differ from itself.")
    if asked.chart:
        from workbench.bench.quality import chart

        chart.check(asked.chart)
    measured = measure(settings(), asked)
    print(json.dumps(measured, ensure_ascii=False, indent=1) if as_json else tables.tables(measured), file=out)
    if asked.chart:
        chart.draw(measured, asked.chart)
    return 0


def measure(chosen: Settings, asked: Asked) -> dict[str, Any]:
    """Return every figure. The person's database is left alone: the runs are logged in a temporary one."""
    topics = heldout.named(chosen.library, asked.topics) if asked.topics else heldout.topics(chosen.library, 10**6)
    with opened(chosen, asked.keep) as answers:
        status, embedder = answers.desk.engine.status(), answers.desk.embedder
        found, examples = _figures(answers, topics, chosen.library, asked)
        embedding = embedder.name if embedder else None
    seconds = {f"seconds_{name}": answers.seconds(verb) for name, verb in tables.TIMES.items()}
    return {
        "machine": machine.describe(),
        "model": {
            "name": status.model, "sha256": status.sha256, "parameters": status.parameters,
            "adapters": {adapter.name: adapter.sha256 for adapter in status.adapters}, "embedding": embedding,
        },
        "settings": {
            "topics": len(topics), "n": asked.n, "rows": asked.rows, "seed": asked.seed,
            "held_out_topics": asked.topics is None,
        },
        **figures.as_json(found), **seconds, "examples": examples,
    }  # fmt: skip


def _figures(
    answers: Answers, topics: Sequence[Topic], library: Path, asked: Asked
) -> tuple[dict[str, Figure], dict[str, Any]]:
    tell, seed, judge = Progress(), asked.seed, Judge(answers)
    embedder = answers.desk.embedder
    on = ideas.ground(heldout.trained_on(library), embedder.embed if embedder else None, seed)
    made, said = brainstorms.measure(answers, topics, on, n=asked.n, tell=tell)
    to_refine = heldout.rows(library, "refine", asked.rows)
    refined, texts = rewrites.measure(answers, to_refine, judge.some, seed=seed, tell=tell)
    to_judge = heldout.rows(library, "evaluate", asked.rows)
    judged = _judged(judge, to_judge, seed, tell)
    for index, row in enumerate(to_judge[:TIMED]):
        answers.judgement(row["topic"], row["idea"], seed + index)
    novel = originality.measure(originality.rated(asked.rows), judge.some, seed=seed, tell=tell)
    examples = {
        "ideas": [{"topic": topic, "ideas": list(group)} for topic, group in said[:2]],
        "rewrites": [
            {"goal": row["goal"], "before": row["idea"], "after": text}
            for row, text in zip(to_refine[:4], texts, strict=False)
        ],
    }
    return made | refined | judged | novel, examples


def _judged(judge: Judge, rows: Sequence[Row], seed: int, tell: Tell) -> dict[str, Figure]:
    own, swapped = [], []
    for index, row in enumerate(rows):
        tell(f"checks: {index + 1} of {len(rows)}")
        own.append(judge(row["topic"], row["idea"]))
    good = judgements.good_rows(rows)
    for index, row in enumerate(good):
        tell(f"checks under another topic: {index + 1} of {len(good)}")
        swapped.append(judge(good[(index + 1) % len(good)]["topic"], row["idea"]))
    return judgements.measure(rows, own, swapped, seed=seed)


class Progress:
    """What is being measured, on standard error: each part at once, then a line every few seconds."""

    def __init__(self) -> None:
        self._part, self._said = "", 0.0

    def __call__(self, words: str) -> None:
        """Say it, unless something of the same part was said a moment ago."""
        part = words.partition(":")[0]
        if part != self._part or time.monotonic() - self._said >= EVERY:
            print(f"Measuring: {words}", file=sys.stderr, flush=True)
            self._part, self._said = part, time.monotonic()
