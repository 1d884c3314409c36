"""Shares over all ideas of all topics, with an interval over topics: ideas on one topic are not independent."""

from collections.abc import Mapping

import numpy as np

from workbench.bench import metrics
from workbench.bench.quality.figures import Figure

Counts = np.ndarray  # a row each topic: how many, of how many


def share(counts: Counts) -> float | None:
    """Return the sum of the first column over the sum of the second; None of nothing."""
    hits, of = np.asarray(counts, np.float64).reshape(-1, 2).sum(axis=0)
    return float(hits / of) if of else None


def pooled(counts: Counts, seed: int, ends: Mapping[str, Counts] | None = None) -> Figure:
    """Return the share with its 95 % bootstrap interval, and the same of its two ends."""
    table = np.asarray(counts, np.float64).reshape(-1, 2)
    controls = {name: share(of) for name, of in (ends or {}).items()}
    return Figure(share(table), controls, metrics.interval(table, seed, share))
