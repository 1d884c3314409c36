"""What an evaluation still has to ask a model: every check in every wording and order, a few in each request.

    asking = Asking.begin(rubric, topic, idea_line)
    while asking.todo:
        asking.answer(probabilities of asking.next())
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from workbench.assist import judgement, prompts
from workbench.assist.prompts import Message
from workbench.records import Measured, Rubric, Ways

AT_ONCE = 16  # prompts in one request; they share the rubric, the topic and the idea
IDEA = -1


class Ask(NamedTuple):
    """One way of asking one check."""

    about: int  # IDEA, or the place of an idea that says nothing
    check: int
    wording: int
    order: int


Batch = tuple[Ask, ...]
Table = list[list[list[float | None]]]


@dataclass(slots=True)
class Asking:
    """The answers so far and the requests to come. Changed under the run's lock only."""

    rubric: Rubric
    topic: str
    idea: str
    yes: Table = field(default_factory=list)
    free: list[Table] = field(default_factory=list)  # of each idea that says nothing; empty: not to be asked
    known_free: Ways = ()
    todo: list[Batch] = field(default_factory=list)
    total: int = 0

    @classmethod
    def begin(cls, rubric: Rubric, topic: str, idea: str, *, yes: Ways = (), free: Ways | None = None) -> "Asking":
        """Plan the requests. `yes` is what is known already; `free` None: ask about ideas that say nothing too."""
        known = [[list(orders) for orders in wordings] for wordings in yes] or _empty(rubric)
        asking = cls(rubric, topic, idea, known)
        asking.todo = _batches(IDEA, known)
        if free is None:
            asking.free = [_empty(rubric) for _ in prompts.CONTENT_FREE]
            asking.todo += [batch for at, table in enumerate(asking.free) for batch in _batches(at, table)]
        else:
            asking.known_free = free
        asking.total = sum(map(len, asking.todo))
        return asking

    def next(self) -> tuple[list[Message], ...]:
        """Return the chats of the next request; none when everything was asked."""
        return tuple(self._prompt(ask) for ask in (self.todo[0] if self.todo else ()))

    def answer(self, p_yes: Sequence[float]) -> None:
        """Take the answers to the next request, and the request off the list."""
        for (about, check, wording, order), p in zip(self.todo.pop(0), p_yes, strict=True):
            table = self.yes if about == IDEA else self.free[about]
            table[check][wording][order] = round(p, 5)

    @property
    def left(self) -> int:
        """How many asks are still without an answer."""
        return sum(map(len, self.todo))

    def bias(self) -> Ways:
        """Return the mean P(yes) over the ideas that say nothing; empty until all of them are asked."""
        if self.known_free or not self.free or self.todo:
            return self.known_free
        tables = [_ways(table) for table in self.free]
        return tuple(
            tuple(
                tuple(sum(t[c][w][o] or 0.0 for t in tables) / len(tables) for o in range(len(prompts.ORDERS)))
                for w in range(len(prompts.WORDINGS))
            )
            for c in range(len(self.rubric.checks))
        )

    def measured(self) -> Measured:
        """Return what is known by now."""
        return judgement.measured(self.rubric, _ways(self.yes), self.bias())

    def _prompt(self, ask: Ask) -> list[Message]:
        idea = self.idea if ask.about == IDEA else prompts.CONTENT_FREE[ask.about]
        return prompts.check(self.topic, idea, ask.check + 1, ask.wording, ask.order, self.rubric)


def fingerprint(rubric: Rubric, topic: str) -> str:
    """Return the hash of every prompt about ideas that say nothing: what their answers are kept by."""
    asking = Asking.begin(rubric, topic, "")
    asked = [asking._prompt(ask) for batch in asking.todo for ask in batch if ask.about != IDEA]
    return hashlib.sha256(json.dumps(asked).encode()).hexdigest()


def _empty(rubric: Rubric) -> Table:
    return [[[None for _ in prompts.ORDERS] for _ in prompts.WORDINGS] for _ in rubric.checks]


def _ways(table: Table) -> Ways:
    return tuple(tuple(tuple(orders) for orders in wordings) for wordings in table)


def _asks(about: int, table: Table) -> list[Ask]:
    """Return what is missing, the first wording's first order before all others: it shows while the rest comes."""
    missing = [
        Ask(about, check, wording, order)
        for check, wordings in enumerate(table) for wording, orders in enumerate(wordings)
        for order, p in enumerate(orders) if p is None
    ]  # fmt: skip
    return sorted(missing, key=lambda ask: (ask.wording, ask.order, ask.check))


def _batches(about: int, table: Table) -> list[Batch]:
    asks = _asks(about, table)
    first = [ask for ask in asks if about == IDEA and (ask.wording, ask.order) == (0, 0)]
    rest = asks[len(first) :]
    return [tuple(part[at : at + AT_ONCE]) for part in (first, rest) for at in range(0, len(part), AT_ONCE)]
