"""Evaluate: the eight checks against the held-out labels, novelty against people's ratings."""

from collections.abc import Callable, Sequence

from workbench.bench.heldout import Row
from workbench.bench.quality import judgements, originality
from workbench.bench.quality.answers import Answers
from workbench.bench.quality.figures import Figure
from workbench.bench.quality.judge import Judge

ENDS = ("written", "shuffled", "length")  # length: by the number of words alone
Tell = Callable[[str], None]


def measure(
    answers: Answers, rows: Sequence[Row], rated: Sequence[Row], *, seed: int, tell: Tell
) -> dict[str, Figure]:
    """Return the AUC of each check, asked as the app asks, and the correlation with ratings of originality."""
    judge, judged = Judge(answers), []
    for number, row in enumerate(rows):
        tell(f"checks: {number + 1} of {len(rows)}")
        judged.append(judge(row["topic"], row["idea"]))
    found = judgements.measure(rows, judged, (), seed=seed)
    found |= originality.measure(rated, judge.some, seed=seed, tell=tell)
    ends = {name: found["checks_auc"].controls[name] for name in ENDS}
    checks = {
        f"check_{number + 1}_auc": Figure(value, {name: of[number] for name, of in ends.items()})
        for number, value in enumerate(found["checks_auc"].value)
    }
    matched = found["checks_auc_length_matched"].value
    there = [value for value in matched if value is not None]
    return checks | {
        "checks_auc_mean": _with_ends(found["checks_auc_mean"]),
        "checks_auc_length_matched_mean": Figure(sum(there) / len(there) if there else None),
        "originality_pearson": _with_ends(found["originality_pearson"]),
    }


def _with_ends(figure: Figure) -> Figure:
    return Figure(figure.value, {k: v for k, v in figure.controls.items() if k in ENDS}, figure.interval)
