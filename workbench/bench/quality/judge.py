"""The model as a judge: the answers that the Evaluate page shows, and the ways of asking behind them."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from workbench.assist.judgement import chance, corrected, measured
from workbench.assist.prompts import EIGHT, ORDERS, WORDINGS, YES_NO, check
from workbench.assist.submitting import AT_ONCE
from workbench.bench.quality.answers import Answers
from workbench.engine.interface import ScoreRequest, State
from workbench.errors import EngineError
from workbench.models.tasks import ADAPTERS
from workbench.records import Ways

Array = NDArray[np.float64]
UNASKED = ((None,) * len(ORDERS),) * len(WORDINGS)


@dataclass(frozen=True, slots=True)
class Judged:
    """What the model answers to the eight checks of an idea."""

    yes: Ways  # P(yes) by check, wording, order
    free: Ways  # the same for ideas that say nothing; empty: not needed

    @property
    def shown(self) -> tuple[float, ...]:
        """P(yes) as the page shows it: all ways of asking together."""
        return measured(EIGHT, self.yes, self.free).checks

    @property
    def unsure(self) -> tuple[bool, ...]:
        """Which checks the page gives no answer to."""
        return measured(EIGHT, self.yes, self.free).unsure

    @property
    def ways(self) -> Array:
        """P(yes) of each way of asking, the bias taken off: [wording, order, check]."""
        odds = np.array(corrected(self.yes, self.free))
        found: Array = np.vectorize(chance, otypes=[np.float64])(odds.transpose(1, 2, 0))
        return found


class Judge:
    """Asks the checks; what was asked before is not asked again."""

    def __init__(self, answers: Answers) -> None:
        self._answers = answers
        names = [adapter.name for adapter in answers.desk.engine.status().adapters]
        self._adapter = next((name for name in names if name == ADAPTERS["evaluate"]), None)
        self._free: dict[str, Ways] = {}  # topic -> answers to ideas that say nothing
        self._unbiased = False  # the page takes no bias off: known after the first judgement

    def __call__(self, topic: str, idea: str) -> Judged:
        """Return the judgement of an idea, as the Evaluate page comes to it."""
        return Judged(*self._answers.keep("checks", {"topic": topic, "idea": idea}, lambda: self._all(topic, idea)))

    def some(self, topic: str, idea: str, numbers: Sequence[int]) -> float:
        """Return the mean P(yes) of some checks (1-8), as the page would show them; the others are not asked."""
        asked = {"topic": topic, "idea": idea, "checks": list(numbers)}
        found = self._answers.keep("some checks", asked, lambda: self._score(topic, idea, numbers))
        known = dict(zip(numbers, found, strict=True))
        yes = tuple(known.get(number, UNASKED) for number in range(1, len(EIGHT.checks) + 1))
        shown = measured(EIGHT, yes, self._bias(topic, idea)).checks
        return float(np.mean([shown[number - 1] for number in numbers]))

    def _bias(self, topic: str, idea: str) -> Ways:
        """Return what the page takes off the answers on this topic; empty: nothing."""
        if topic not in self._free and not self._unbiased:
            self._free[topic] = self(topic, idea).free
            self._unbiased = not self._free[topic]
        return self._free.get(topic, ())

    def _all(self, topic: str, idea: str) -> tuple[Ways, Ways]:
        view = self._answers.desk.evaluate(topic, idea, words=False).wait()
        if view.state is not State.DONE or view.measured is None:
            raise EngineError(view.error or "The checks were stopped before their end.")
        return view.measured.yes, view.measured.free

    def _score(self, topic: str, idea: str, numbers: Sequence[int]) -> list[list[list[float]]]:
        """Return P(yes) by check, wording and order."""
        ways = tuple(product(numbers, range(len(WORDINGS)), range(len(ORDERS))))
        prompts = [check(topic, idea, *way) for way in ways]
        found: list[float] = []
        for first in range(0, len(prompts), AT_ONCE):
            request = ScoreRequest("evaluate", tuple(prompts[first : first + AT_ONCE]), YES_NO, self._adapter)
            view = self._answers.desk.engine.submit(request).wait()
            if view.state is not State.DONE:
                raise EngineError(view.error or "The checks were stopped before their end.")
            found += [row[0] for row in view.probabilities]
        table: list[list[list[float]]] = np.reshape(found, (-1, len(WORDINGS), len(ORDERS))).round(5).tolist()
        return table
