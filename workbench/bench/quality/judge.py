"""The model as a judge: P(yes) of the eight checks, as the Evaluate page shows it and in every way of asking."""

from collections.abc import Sequence
from itertools import product

import numpy as np
from numpy.typing import NDArray

from workbench.assist.prompts import CHECKS, ORDERS, WORDINGS, YES_NO, check_wording
from workbench.bench.quality.answers import Answers
from workbench.engine.interface import ScoreRequest, State
from workbench.errors import EngineError

Array = NDArray[np.float64]
EIGHT = tuple(range(1, len(CHECKS) + 1))
SHOWN = ((0, 0),)  # the wording and order of the page


class Judge:
    """Asks the checks; what was asked before is not asked again."""

    def __init__(self, answers: Answers) -> None:
        self._answers = answers
        names = [adapter.name for adapter in answers.desk.engine.status().adapters]
        self._adapter = next((name for name in names if name == "refine"), None)

    def __call__(self, topic: str, idea: str) -> list[float]:
        """Return the eight P(yes) as the page shows them."""
        found: list[float] = self._asked(topic, idea, SHOWN, EIGHT)[0].tolist()
        return found

    def ways(self, topic: str, idea: str) -> Array:
        """Return P(yes) of every way of asking: [wording, order, check]."""
        all_ways = tuple(product(range(len(WORDINGS)), range(len(ORDERS))))
        return self._asked(topic, idea, all_ways, EIGHT).reshape(len(WORDINGS), len(ORDERS), len(EIGHT))

    def novelty(self, topic: str, idea: str) -> float:
        """Return the mean P(yes) of the two checks of novelty."""
        return float(self._asked(topic, idea, SHOWN, (1, 2)).mean())

    def _asked(self, topic: str, idea: str, ways: Sequence[tuple[int, int]], numbers: Sequence[int]) -> Array:
        asked = {"topic": topic, "idea": idea, "ways": ways, "numbers": numbers}
        prompts = [[check_wording(topic, idea, number, *way) for number in numbers] for way in ways]
        found = self._answers.keep("checks", asked, lambda: [self._score(part) for part in prompts])
        return np.array(found, np.float64)

    def _score(self, prompts: Sequence[list[dict[str, str]]]) -> list[float]:
        request = ScoreRequest("evaluate", tuple(prompts), YES_NO, self._adapter)
        view = self._answers.desk.engine.submit(request).wait()
        if view.state is not State.DONE:
            raise EngineError(view.error or "The checks were stopped before their end.")
        return [row[0] for row in view.probabilities]
