"""What a stimulus does to difference and to fit: near against far against none, on the held-out topics.

    python -m workbench.bench.stimulus [--topics 113] [--n 8] [--seed 0]

Two ways to give it: `line` is the page's own (the written idea stands above the topic, the lens stays), `transfer` asks
for that very idea carried over, without a lens. Each figure is the mean over topics; behind it the difference from
no stimulus, paired by topic, with its 95 % bootstrap interval.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from workbench.assist import Desk, RunView, idea_line
from workbench.assist.stimulus import Stimulus, stimuli
from workbench.bench import heldout, metrics
from workbench.bench.heldout import Topic
from workbench.bench.quality import ideas
from workbench.bench.quality.ideas import Figures, Group
from workbench.engine import open_embedder, open_engine
from workbench.engine.interface import BALANCED, Sampling
from workbench.settings import settings
from workbench.store import Library, Store

KEYS = (
    "different", "pairwise_similarity", "pairwise_similarity_embedded", "topic_retrieval", "topic_retrieval_embedded",
)  # fmt: skip
Way = Callable[[Desk, str, int, Sampling], list[str]]  # topic, how many -> ideas


def line(where: Stimulus) -> Way:
    """Return the page's way with stimuli from there."""
    return lambda desk, topic, n, drawn: _texts(desk.brainstorm(topic, n=n, stimulus=where, sampling=drawn).wait())


def transfer(where: Stimulus) -> Way:
    """Return the way of carrying each stimulus over."""

    def carried(desk: Desk, topic: str, n: int, drawn: Sampling) -> list[str]:
        spurs = stimuli(desk.library, topic, where, n, drawn.seed or 0)
        lines = [idea_line(idea.title, idea.text) for idea in spurs]
        return _texts(desk.carry_over(topic, lines, sampling=drawn).wait())

    return carried


WAYS: dict[str, Way] = {
    "none": line(Stimulus.NONE), "near, line": line(Stimulus.NEAR), "far, line": line(Stimulus.FAR),
    "near, transfer": transfer(Stimulus.NEAR), "far, transfer": transfer(Stimulus.FAR),
}  # fmt: skip


def measure(desk: Desk, topics: Sequence[Topic], body: Sequence[Topic], *, n: int, seed: int) -> dict[str, Figures]:
    """Return the figures of each way, one value a topic."""
    on = ideas.ground(body, desk.embedder.embed if desk.embedder else None, seed)
    found = {}
    for name, way in WAYS.items():
        groups: list[Group] = [
            (topic.topic, way(desk, topic.topic, n, replace(BALANCED, seed=seed + at * n)))
            for at, topic in enumerate(topics)
        ]
        found[name] = ideas.measure(groups, on)
        print(f"Measured: {name}", file=sys.stderr, flush=True)
    return found


def table(found: dict[str, Figures], seed: int) -> str:
    """Return the figures as Markdown, each with its difference from no stimulus."""
    keys = [key for key in KEYS if key in found["none"]]
    rows = [f"| stimulus | {' | '.join(key.replace('_', ' ') for key in keys)} |", "|---" * (len(keys) + 1) + "|"]
    for name, figures in found.items():
        cells = []
        for key in keys:
            change = figures[key] - found["none"][key]
            span = metrics.interval(change[~np.isnan(change)], seed) if name != "none" else None
            of_none = f" ({np.nanmean(change):+.3f}, {span[0]:+.3f} to {span[1]:+.3f})" if span else ""
            cells.append(f"{np.nanmean(figures[key]):.3f}{of_none}")
        rows.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(rows)


def _texts(view: RunView) -> list[str]:
    return [item.text.strip() for item in view.items]


def main() -> None:
    """Measure the model in use; the person's database is left alone."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--topics", type=int, default=113)
    parser.add_argument("--n", type=int, default=8)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    chosen = settings()
    engine = open_engine(chosen)
    with tempfile.TemporaryDirectory(prefix="workbench-stimulus-") as folder:
        library = Library(chosen.library, Path(folder) / "library.db")
        desk = Desk(engine, Store(Path(folder) / "bench.db"), library, open_embedder(chosen, engine))
        try:
            topics = heldout.topics(chosen.library, given.topics)
            found = measure(desk, topics, heldout.trained_on(chosen.library), n=given.n, seed=given.seed)
        finally:
            desk.close()
    print(table(found, given.seed))


if __name__ == "__main__":
    main()
