"""Looking at feedback: some of it by what it has, and how many there are of each."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from workbench.lab.feedback.reasons import in_words
from workbench.records import Feedback, Thumb


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which feedback; of each kind any of those named, none named is all."""

    models: Sequence[str] = ()
    tasks: Sequence[str] = ()
    reasons: Sequence[str] = ()  # in words
    thumbs: Sequence[Thumb] = ()
    people: Sequence[str] = ()
    weeks: Sequence[str] = ()  # of `week_of`
    boards: Sequence[int] = ()

    def find(self, rows: Iterable[Feedback]) -> list[Feedback]:
        """Return those that are wanted, in their order."""
        return [row for row in rows if all(fits(row) for fits in self._tests())]

    def _tests(self) -> list[Callable[[Feedback], bool]]:
        tests: list[tuple[Sequence[object], Callable[[Feedback], bool]]] = [
            (self.models, lambda row: served_by(row) in self.models),
            (self.tasks, lambda row: row.task in self.tasks),
            (self.reasons, lambda row: bool({*self.reasons} & {*reasons_of(row)})),
            (self.thumbs, lambda row: row.said.thumb in self.thumbs),
            (self.people, lambda row: row.person in self.people),
            (self.weeks, lambda row: week_of(row.created) in self.weeks),
            (self.boards, lambda row: row.board_id in self.boards),
        ]
        return [fits for named, fits in tests if named]


def served_by(row: Feedback) -> str:
    """Return the model, with its adapter when it had one: `starter + refine`."""
    return f"{row.model} + {row.adapter}" if row.adapter else row.model


def reasons_of(row: Feedback) -> list[str]:
    """Return the reasons in words."""
    return [in_words(row.task, key) for key in row.said.reasons]


def week_of(stamp: str) -> str:
    """Return the Monday of a time's week, as an ISO date."""
    day = date.fromisoformat(stamp[:10])
    return (day - timedelta(days=day.weekday())).isoformat()


def counts(rows: Iterable[Feedback], of: Callable[[Feedback], Iterable[str]]) -> list[tuple[str, Thumb | None, int]]:
    """Return how many rows there are of each name that `of` gives, and of each thumb; the commonest name first."""
    found = Counter((name, row.said.thumb) for row in rows for name in of(row))
    total: Counter[str] = Counter()
    for (name, _), n in found.items():
        total[name] += n
    return sorted(((name, thumb, n) for (name, thumb), n in found.items()), key=lambda each: (-total[each[0]], each[0]))
