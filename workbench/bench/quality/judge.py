"""The model as a judge: the answers that the Evaluate page shows, and the ways of asking behind them."""

from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from workbench.assist.judgement import chance, corrected, measured
from workbench.assist.prompts import EIGHT, ORDERS, WORDINGS, YES_NO, check_wording
from workbench.assist.submitting import ADAPTERS
from workbench.bench.quality.answers import Answers
from workbench.engine.interface import ScoreRequest, State
from workbench.errors import EngineError
from workbench.records import Ways

Array = NDArray[np.float64]
NOVELTY = (1, 2)  # the checks, numbered from 1
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

    def __call__(self, topic: str, idea: str) -> Judged:
        """Return the judgement of an idea, as the Evaluate page comes to it."""
        return Judged(*self._answers.keep("checks", {"topic": topic, "idea": idea}, lambda: self._all(topic, idea)))

    def novelty(self, topic: str, idea: str) -> float:
        """Return the mean P(yes) of the two checks of novelty, as the page would show it; the others are not asked."""
        if topic not in self._free:
            self._free[topic] = self(topic, idea).free
        asked = {"topic": topic, "idea": idea}
        yes = [*self._answers.keep("novelty", asked, lambda: self._two(topic, idea)), *[UNASKED] * 6]
        return float(np.mean(measured(EIGHT, tuple(yes), self._free[topic]).checks[:2]))

    def _all(self, topic: str, idea: str) -> tuple[Ways, Ways]:
        view = self._answers.desk.evaluate(topic, idea, words=False).wait()
        if view.state is not State.DONE or view.measured is None:
            raise EngineError(view.error or "The checks were stopped before their end.")
        return view.measured.yes, view.measured.free

    def _two(self, topic: str, idea: str) -> list[list[list[float]]]:
        every = tuple(product(NOVELTY, range(len(WORDINGS)), range(len(ORDERS))))
        prompts = tuple(check_wording(topic, idea, *way) for way in every)
        view = self._answers.desk.engine.submit(ScoreRequest("evaluate", prompts, YES_NO, self._adapter)).wait()
        if view.state is not State.DONE:
            raise EngineError(view.error or "The checks were stopped before their end.")
        found = np.array([row[0] for row in view.probabilities]).reshape(len(NOVELTY), len(WORDINGS), len(ORDERS))
        listed: list[list[list[float]]] = found.round(5).tolist()
        return listed
