"""Is one group of topics served worse than the others? Rates with intervals, so that a small group is not over-read."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from workbench.lab.agreement import COVER, Figure
from workbench.lab.feedback.looking import reasons_of
from workbench.records import Feedback, Thumb

LEAST = 10  # answers spoken about; the Wilson interval of a rate of one half is 24 to 76 % with so many, at 90 %
LEVEL = 0.05  # chance that anything at all is called clear where nothing is: Holm's step-down over all that is shown
DOWN = "thumb down"


@dataclass(frozen=True, slots=True)
class Rate:
    """How often something was said of one group's answers."""

    group: str
    what: str  # a reason in words, or DOWN
    k: int
    n: int
    rate: Figure  # Wilson's interval (1927)
    rest: float  # the rate in all other groups together
    clear: bool  # differs from the rest by more than chance explains, with all that was looked at counted in

    @property
    def few(self) -> bool:
        """True when there are too few to say anything."""
        return self.n < LEAST

    @property
    def words(self) -> str:
        """Return what can be said of it."""
        if self.few:
            return "too few to say"
        if not self.clear:
            return "no clear difference"
        return "more often than elsewhere" if self.rate.value > self.rest else "less often than elsewhere"


def rates(
    rows: Sequence[Feedback], groups_of: Callable[[Feedback], Iterable[str]], whats: Sequence[str]
) -> list[Rate]:
    """Return the rate of each thing in each group; a row may be in several groups. Groups of the most rows come first.

    Clear is what Fisher's exact test against the other groups finds after Holm (1979), in groups of `LEAST` and more.
    """
    size: Counter[str] = Counter()
    hits: dict[str, Counter[str]] = defaultdict(Counter)
    outside = {what: (sum(what in _said(row) for row in rows), len(rows)) for what in whats}
    for row in rows:
        said = _said(row)
        for group in groups_of(row):
            size[group] += 1
            hits[group].update(what for what in whats if what in said)
    found = [
        (group, what, hits[group][what], n, outside[what][0] - hits[group][what], outside[what][1] - n)
        for group, n in size.most_common() for what in whats
    ]  # fmt: skip
    clear = _holm([_p(k, n, others, rest) if n >= LEAST else 1.0 for _, _, k, n, others, rest in found])
    return [
        Rate(group, what, k, n, wilson(k, n), others / rest if rest else 0.0, is_clear)
        for (group, what, k, n, others, rest), is_clear in zip(found, clear, strict=True)
    ]


def wilson(k: int, n: int) -> Figure:
    """Return a share with its 90 % interval."""
    from scipy.stats import binomtest  # takes half a second of every command's start

    interval = binomtest(k, n).proportion_ci(COVER, method="wilson")
    return Figure(k / n, float(interval.low), float(interval.high))


def _said(row: Feedback) -> set[str]:
    return {*reasons_of(row), *([DOWN] if row.said.thumb is Thumb.DOWN else [])}


def _p(k: int, n: int, others: int, rest: int) -> float:
    from scipy.stats import fisher_exact

    return float(fisher_exact([[k, n - k], [others, rest - others]]).pvalue) if rest else 1.0


def _holm(p: Sequence[float]) -> list[bool]:
    """Return which of the p-values stand when all of them are looked at together."""
    clear = [False] * len(p)
    for place, at in enumerate(sorted(range(len(p)), key=p.__getitem__)):
        if p[at] > LEVEL / (len(p) - place):
            break
        clear[at] = True
    return clear
