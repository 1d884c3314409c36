"""From what a model answered to every way of asking a check, to one answer, its doubt, and scores with intervals.

A way of asking is one wording in one order of the answers. All figures are of log-odds, ln(P / (1 - P)).
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from statistics import fmean as mean  # a board of thousands is reckoned while somebody waits

from workbench.assist import prompts
from workbench.records import Evaluation, Measured, Rubric, Ways

# A check whose wordings fall on both sides of 1/2, and whose log-odds spread by more than SPREAD (standard deviation
# over the ways), has no answer. With less spread the wordings all lie near 1/2, and P(yes) within MIDDLE of it is a
# guess. On 146 held-out ideas the starter is unsure of 14 answers of 100 by these bounds: 55 of 100 of those would be
# right, of the others 85 (docs/evaluate.md has other bounds).
SPREAD = 0.5
MIDDLE = 0.1
LEAST = 1e-4  # P is kept this far from 0 and 1, where log-odds have no end


def measured(rubric: Rubric, yes: Ways, free: Ways = (), own: Mapping[int, bool] | None = None) -> Measured:
    """Return the answers to a rubric's checks from P(yes) by check, wording and order, as far as they were asked.

    Args:
        free: the same for ideas that say nothing. Their log-odds are the model's bias and are taken off, way by way:
            contextual calibration (Zhao et al., 2021), which for two answers is just that.
        own: checks (by place) that the person answered; their answer is taken as given.
    """
    own = own or {}
    ways = corrected(yes, free)
    checks = tuple(
        float(own[at]) if at in own else chance(mean(flat(each))) if any(flat(each)) else 0.5
        for at, each in enumerate(ways)
    )
    unsure = tuple(at not in own and disagree(each) for at, each in enumerate(ways))
    scores, intervals = {}, {}
    for dimension, members in dimensions(rubric).items():
        scores[dimension] = round(score([checks[at] for at in members]), 2)
        intervals[dimension] = _interval(scores[dimension], [(own.get(at), flat(ways[at])) for at in members])
    return Measured(checks, scores, intervals, unsure, yes, free)


def with_own(evaluation: Evaluation, own: Mapping[int, bool]) -> Measured:
    """Return a judgement with the person's answers taken as given. One from before wordings has one way of asking."""
    yes = evaluation.yes or tuple(((p,),) for p in evaluation.checks)
    return measured(evaluation.rubric, yes, evaluation.free, own)


def corrected(yes: Ways, free: Ways) -> list[list[list[float]]]:
    """Return log-odds by check, wording and order, less those to ideas that say nothing; gaps left out."""
    found = []
    for check, wordings in enumerate(yes):
        bias = free[check] if free else ()
        rows = [
            [log_odds(p) - (log_odds(bias[w][o]) if free else 0.0) for o, p in enumerate(orders) if p is not None]
            for w, orders in enumerate(wordings)
        ]
        found.append([row for row in rows if row])
    return found


def disagree(ways: Sequence[Sequence[float]]) -> bool:
    """True when a check has no answer: its wordings disagree by more than SPREAD, or it is a guess."""
    every = flat(ways)
    if not every or abs(chance(mean(every)) - 0.5) < MIDDLE:
        return True
    sides = {mean(wording) > 0 for wording in ways}
    return len(sides) > 1 and stdev(every) > SPREAD


def spans(found: Measured) -> list[tuple[float, float]]:
    """Return P(yes) of each check, one standard deviation of the log-odds over the ways of asking to either side."""
    ranges = []
    for p, ways in zip(found.checks, corrected(found.yes, found.free), strict=True):
        every = flat(ways)
        if p in (0.0, 1.0) or len(every) < 2:  # the person's own, or asked one way only
            ranges.append((p, p))
            continue
        spread = stdev(every)
        ranges.append((chance(mean(every) - spread), chance(mean(every) + spread)))
    return ranges


def dimension_scores(checks: Sequence[float]) -> dict[str, float]:
    """Return the four scores of 1-5 of answers to the eight checks."""
    return {name: round(score([checks[at] for at in members]), 2) for name, members in prompts.DIMENSIONS.items()}


def score(answers: Sequence[float]) -> float:
    """Return the score of a dimension, 1-5: the mean P(yes) of its checks, stretched."""
    return 1 + 4 * mean(answers)


def _interval(middle: float, checks: Sequence[tuple[bool | None, list[float]]]) -> tuple[float, float]:
    """Return score ± one standard deviation of the score over the ways of asking, within 1-5."""
    asked = [len(ways) for own, ways in checks if own is None]
    n = min(asked, default=0)
    if n < 2:
        return (middle, middle)
    each = [score([chance(ways[k]) if own is None else float(own) for own, ways in checks]) for k in range(n)]
    return (round(max(1.0, middle - stdev(each)), 2), round(min(5.0, middle + stdev(each)), 2))


def dimensions(rubric: Rubric) -> dict[str, list[int]]:
    """Return the places of each dimension's checks; a dimension without a check is left out."""
    found = {
        name: [at for at, check in enumerate(rubric.checks) if check.dimension == name] for name in prompts.DIMENSIONS
    }
    return {name: members for name, members in found.items() if members}


def flat(ways: Iterable[Sequence[float]]) -> list[float]:
    """Return the log-odds of every way of asking."""
    return [odds for wording in ways for odds in wording]


def stdev(values: Sequence[float]) -> float:
    """Return the standard deviation of a sample (n - 1)."""
    middle = mean(values)
    return math.sqrt(sum((value - middle) ** 2 for value in values) / (len(values) - 1))


def log_odds(p: float | None) -> float:
    """Return ln(P / (1 - P)); nothing measured is no bias."""
    kept = min(max(0.5 if p is None else p, LEAST), 1 - LEAST)
    return math.log(kept / (1 - kept))


def chance(odds: float) -> float:
    """Return P of log-odds."""
    return 1 / (1 + math.exp(-odds))
