"""The measures behind the figures of quality, as pure functions of numbers: no model, no file."""

from collections.abc import Callable, Sequence
from statistics import mean

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import pearsonr, rankdata, spearmanr

Matrix = NDArray[np.float64]
RESAMPLES = 1000
TIE = 1e-9  # cosines closer than this are the same


def cosine(left: ArrayLike, right: ArrayLike) -> Matrix:
    """Return the cosines [left, right] of two sets of rows; a row of zeros is like another such row and no other."""
    a, b = _unit(np.asarray(left, np.float64)), _unit(np.asarray(right, np.float64))
    empty = np.outer(~a.any(axis=1), ~b.any(axis=1))
    return np.clip(a @ b.T, -1.0, 1.0) + empty


def mean_pairwise(similarity: Matrix) -> float | None:
    """Return the mean similarity of two different members of a set; None for fewer than two."""
    pairs = similarity[np.triu_indices(len(similarity), 1)]
    return float(pairs.mean()) if pairs.size else None


def vendi(similarity: Matrix) -> float:
    """Return the effective number of different members of a set, 1 to n.

    Friedman and Dieng (2023), "The Vendi score": exp of the entropy of the eigenvalues of similarity / n.
    """
    if not len(similarity):
        return 0.0
    values = np.linalg.eigvalsh(similarity / len(similarity))
    values = values[values > 1e-12]
    return float(np.exp(-np.sum(values * np.log(values))))


def nearest_first(similarity: ArrayLike) -> Matrix:
    """Return for each row how far its first column is the nearest: 1 or 0, a share where several are as near."""
    values = np.asarray(similarity, np.float64)
    as_near = values >= values.max(axis=1, keepdims=True) - TIE
    share: Matrix = as_near[:, 0] / as_near.sum(axis=1)
    return share


def auc(scores: Sequence[float], labels: Sequence[int]) -> float | None:
    """Return the probability that a yes scores above a no, ties counting half; None when one of them is missing.

    By ranks, as Mann and Whitney (1947): a bootstrap asks for it thousands of times.
    """
    yes = np.asarray(labels) == 1
    both = int(yes.sum()), int((~yes).sum())
    if not all(both):
        return None
    return float((rankdata(scores)[yes].sum() - both[0] * (both[0] + 1) / 2) / (both[0] * both[1]))


def matched_auc(
    scores: Sequence[float], labels: Sequence[int], by: Sequence[float], within: float
) -> tuple[float | None, int]:
    """Return the AUC over pairs of a yes and a no that differ by at most `within` in `by`, and how many pairs."""
    values, yes, matched = np.asarray(scores, np.float64), np.asarray(labels) == 1, np.asarray(by, np.float64)
    near = np.abs(matched[yes][:, None] - matched[~yes][None, :]) <= within
    gap = (values[yes][:, None] - values[~yes][None, :])[near]
    return (float((gap > 0).mean() + (gap == 0).mean() / 2) if gap.size else None), int(gap.size)


def correlation(scores: Sequence[float], ratings: Sequence[float]) -> tuple[float, float] | None:
    """Return Pearson's r and Spearman's rho; None where one side never changes or there are fewer than three."""
    if len(scores) < 3 or np.ptp(scores) == 0 or np.ptp(ratings) == 0:
        return None
    return float(pearsonr(scores, ratings).statistic), float(spearmanr(scores, ratings).statistic)


def interval(
    rows: Sequence[float] | NDArray[np.float64], seed: int, statistic: Callable[..., float | None] | None = None
) -> tuple[float, float] | None:
    """Return the 95 % percentile bootstrap interval of a statistic of the rows, by default their mean.

    Efron and Tibshirani (1993). None for fewer than two rows, or where no resample has the statistic.
    """
    values = np.asarray(rows, np.float64)
    if len(values) < 2:
        return None
    picks = np.random.default_rng(seed).integers(0, len(values), (RESAMPLES, len(values)))
    if statistic is None:
        found = list(values[picks].mean(axis=1))
    else:
        found = [one for one in (statistic(values[pick]) for pick in picks) if one is not None]
    return (float(np.quantile(found, 0.025)), float(np.quantile(found, 0.975))) if found else None


def share(hits: Sequence[bool] | Sequence[float]) -> float | None:
    """Return the mean of the hits, 0-1; None without any."""
    return float(mean(float(hit) for hit in hits)) if len(hits) else None


def _unit(rows: Matrix) -> Matrix:
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    unit: Matrix = np.divide(rows, length, out=np.zeros_like(rows), where=length > 0)
    return unit
