"""Evaluate: do the checks tell ideas apart, hold still when asked another way, and agree with the labels?"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import cohen_kappa_score

from workbench.assist.difference import words
from workbench.assist.judgement import dimension_scores
from workbench.bench import metrics
from workbench.bench.heldout import Row
from workbench.bench.quality.figures import Figure, Value
from workbench.bench.quality.judge import Judged

Array = NDArray[np.float64]
NEAR = 2  # words: two ideas of nearly the same length
PAIRS = 30  # pairs of a yes and a no that an AUC needs at least
GOOD = 7  # checks with a yes, of eight, that make an idea good
# What a bad idea is bad at: the checks (1-8) that its labels all deny.
BAD = {"obvious": (1, 2), "unworkable": (3, 4), "off_topic": (5,), "vague": (7, 8)}


def measure(
    rows: Sequence[Row], judged: Sequence[Judged], swapped: Sequence[Judged], *, seed: int
) -> dict[str, Figure]:
    """Return the figures of judging labelled ideas.

    Args:
        judged: what the model answers to each row.
        swapped: what it answers to the ideas of `good_rows`, each held against another row's topic.
    """
    labels = np.array([row["checks"] for row in rows])
    p, others = np.array([one.shown for one in judged]), np.array([one.shown for one in swapped]).reshape(-1, 8)
    random = np.random.default_rng(seed)
    chance = random.uniform(size=p.shape)
    lengths = np.repeat([[float(len(words(row["idea"])))] for row in rows], p.shape[1], axis=1)
    shuffled = random.permuted(labels, axis=0)
    sure, ways = ~np.array([one.unsure for one in judged]), np.array([one.ways for one in judged])
    return {
        "scores_spread": Figure(
            _spread(p), {"nothing": 0.0, "random": _spread(chance), "written": _spread(labels.astype(float))}
        ),
        "checks_unsure": Figure(float(1 - sure.mean())),
        **_consistency(ways, random),
        **_aucs(p, labels, {"random": chance, "length": lengths}, shuffled, seed),
        "checks_auc_length_matched": _length_matched(p, chance, labels, lengths),
        "checks_auc_wordings": Figure([_mean(_eight(of, labels)) for of in ways.mean(axis=2).transpose(1, 0, 2)]),
        **_agreement(p, labels, chance, shuffled, sure, seed),
        **_known_groups(p, labels, chance, lengths),
        "swapped_topic_auc": _swapped(p[_good(labels)], others, random),
    }


def _spread(p: Array) -> float:
    """Return the standard deviation of the scores of 1-5 over ideas, the mean of the four dimensions."""
    scores = np.array([list(dimension_scores(row).values()) for row in p.tolist()])
    return float(scores.std(axis=0).mean())


def _consistency(ways: Array, random: np.random.Generator) -> dict[str, Figure]:
    """Return how often a check keeps its verdict; `ways` is [row, wording, order, check]."""

    def orders(verdicts: NDArray[np.bool_]) -> float:
        return float((verdicts[:, :, 0] == verdicts[:, :, 1]).mean())

    def wordings(verdicts: NDArray[np.bool_]) -> float:
        return float((verdicts == verdicts[:, :1]).all(axis=1).mean())

    chance = random.uniform(size=ways.shape)
    return {
        "order_consistency": Figure(orders(ways > 0.5), {"nothing": 1.0, "random": orders(chance > 0.5)}),
        "wording_consistency": Figure(
            wordings(ways.mean(axis=2) > 0.5), {"nothing": 1.0, "random": wordings(chance[:, :, 0] > 0.5)}
        ),
    }


def _aucs(
    p: Array, labels: NDArray[np.int_], scored: Mapping[str, Array], shuffled: NDArray[np.int_], seed: int
) -> dict[str, Figure]:
    found = _eight(p, labels)
    controls: dict[str, list[float | None]] = {"nothing": _eight(np.ones_like(p), labels)}
    controls |= {name: _eight(scores, labels) for name, scores in scored.items()}
    controls |= {"shuffled": _eight(p, shuffled), "written": _eight(labels.astype(float), labels)}
    pairs = np.hstack([p, labels])
    return {
        "checks_auc": Figure(found, controls),
        "checks_auc_mean": Figure(
            _mean(found), {name: _mean(values) for name, values in controls.items()},
            metrics.interval(pairs, seed, lambda rows: _mean(_eight(rows[:, :8], rows[:, 8:].astype(int)))),
        ),
    }  # fmt: skip


def _length_matched(p: Array, chance: Array, labels: NDArray[np.int_], lengths: Array) -> Figure:
    """Return the eight AUCs over pairs of nearly the same length: what is left when length tells nothing."""

    def eight(scores: Array) -> list[float | None]:
        found = []
        for i in range(labels.shape[1]):
            value, pairs = metrics.matched_auc(list(scores[:, i]), list(labels[:, i]), list(lengths[:, i]), NEAR)
            found.append(value if pairs >= PAIRS else None)
        return found

    return Figure(eight(p), {"random": eight(chance), "length": eight(lengths), "written": eight(labels.astype(float))})


def _eight(scores: Array, of: NDArray[np.int_]) -> list[float | None]:
    """Return the AUC of each check."""
    return [metrics.auc(list(scores[:, i]), list(of[:, i])) for i in range(of.shape[1])]


def _agreement(
    p: Array, labels: NDArray[np.int_], chance: Array, shuffled: NDArray[np.int_], sure: NDArray[np.bool_], seed: int
) -> dict[str, Figure]:
    def agreed(scores: Array, of: NDArray[np.int_] = labels) -> float:
        return float(((scores > 0.5) == of).mean())

    def agreed_where_sure(scores: Array, of: NDArray[np.int_] = labels) -> float | None:
        return float(((scores > 0.5) == of)[sure].mean()) if sure.any() else None

    def kappa(scores: Array, of: NDArray[np.int_] = labels) -> float | None:
        """Cohen's kappa, over all checks of all ideas."""
        found = float(cohen_kappa_score((scores > 0.5).ravel(), of.astype(bool).ravel()))
        return None if np.isnan(found) else found

    def controlled(figure: Callable[..., float | None]) -> dict[str, Value]:
        return {
            "nothing": figure(np.ones_like(p)), "random": figure(chance), "shuffled": figure(p, shuffled),
            "written": figure(labels.astype(float)),
        }  # fmt: skip

    by_idea = ((p > 0.5) == labels).mean(axis=1)
    return {
        "label_agreement": Figure(agreed(p), controlled(agreed), metrics.interval(by_idea, seed)),
        "label_agreement_sure": Figure(agreed_where_sure(p), controlled(agreed_where_sure)),
        "label_kappa": Figure(kappa(p), controlled(kappa)),
    }


def _known_groups(p: Array, labels: NDArray[np.int_], chance: Array, lengths: Array) -> dict[str, Figure]:
    """Return for each kind of bad idea the eight AUCs of good ideas against it, and how many there are."""
    good = _good(labels)
    found = {}
    for name, numbers in BAD.items():
        bad = ~labels[:, [number - 1 for number in numbers]].any(axis=1) & ~good
        of = [*([1] * int(good.sum())), *([0] * int(bad.sum()))]

        def eight(scores: Array, bad: NDArray[np.bool_] = bad, of: list[int] = of) -> list[float | None]:
            both = np.vstack([scores[good], scores[bad]])
            return [metrics.auc(list(both[:, i]), of) for i in range(8)]

        found[f"known_{name}_auc"] = Figure(eight(p), {"random": eight(chance), "length": eight(lengths)})
        found[f"known_{name}_ideas"] = Figure(float(bad.sum()))
    return found | {"known_good_ideas": Figure(float(good.sum()))}


def _swapped(own: Array, swapped: Array, random: np.random.Generator) -> Figure:
    """Return the eight AUCs of good ideas under their own topic against the same ideas under another's."""
    of = [1] * len(own) + [0] * len(swapped)
    both = np.vstack([own, swapped])
    chance = random.uniform(size=both.shape)
    return Figure(
        [metrics.auc(list(both[:, i]), of) for i in range(8)],
        {"nothing": [0.5] * 8, "random": [metrics.auc(list(chance[:, i]), of) for i in range(8)]},
    )


def good_rows(rows: Sequence[Row]) -> list[Row]:
    """Return the rows whose labels say that the idea is good."""
    return [row for row, good in zip(rows, _good(np.array([row["checks"] for row in rows])), strict=True) if good]


def _good(labels: NDArray[np.int_]) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = labels.sum(axis=1) >= GOOD
    return found


def _mean(values: Sequence[float | None]) -> float | None:
    there = [value for value in values if value is not None]
    return float(np.mean(there)) if there else None
