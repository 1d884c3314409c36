"""Evaluate: P(yes) of the checks, then a judgement in words."""

from collections.abc import Sequence

from workbench.assist import prompts
from workbench.assist.reading import read_judgement
from workbench.assist.runs import Run, Slot
from workbench.assist.submitting import Submitting, require, seeded
from workbench.engine.interface import FOCUSED, Completion, Job, Request, Sampling, ScoreRequest


class Evaluating(Submitting):
    """The verb."""

    def evaluate(
        self, topic: str, idea_line: str, *, idea_id: int | None = None, board_id: int | None = None,
        sampling: Sampling = FOCUSED,
    ) -> Run:  # fmt: skip
        """Start a judgement: P(yes) of the eight checks first, then strength, risk and next step in words."""
        require(topic, "a topic or question")
        require(idea_line, "an idea")
        run = Run("evaluate", topic, board_id=board_id, idea_id=idea_id)
        numbers = range(1, len(prompts.CHECKS) + 1)
        asked = tuple(prompts.check(topic, idea_line, number) for number in numbers)
        adapter = self._adapter("evaluate")
        told = Request("evaluate", (prompts.judgement(topic, idea_line),), seeded(sampling, max_tokens=160), adapter)
        with run.lock:  # a run with only its first job must not look finished
            self._submit(run, ScoreRequest("evaluate", asked, prompts.YES_NO, adapter), [Slot()])
            self._submit(run, told, [Slot()])
        return self._remember(run)

    def _judgement_finished(self, run: Run, job: Job, completion: Completion) -> None:
        """Write the scores down, or the words beside them."""
        if isinstance(job.request, ScoreRequest):
            self._score(run, tuple(row[0] for row in job.view().probabilities))
        elif run.evaluation_id is not None:
            self.store.update_evaluation(run.evaluation_id, **read_judgement(completion.text))

    def _score(self, run: Run, checks: tuple[float, ...]) -> None:
        if not checks:  # stopped or failed before the answer
            return
        run.scores = dimension_scores(checks)
        if run.idea_id is not None:
            status = self.engine.status()
            view = run.view()  # the words may have ended before the checks: they would not be written down again
            run.evaluation_id = self.store.add_evaluation(
                run.idea_id, checks=checks, scores=run.scores, model=status.model, adapter=self._adapter("evaluate"),
                strength=view.strength, risk=view.risk, next_step=view.next_step,
            ).id  # fmt: skip


def dimension_scores(checks: Sequence[float]) -> dict[str, float]:
    """Return a score of 1-5 for each dimension: the mean P(yes) of its two checks, stretched."""
    return {
        name: round(1 + 4 * sum(checks[i] for i in members) / len(members), 2)
        for name, members in prompts.DIMENSIONS.items()
    }
