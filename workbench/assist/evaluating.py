"""Evaluate: every check in every wording and order, then a judgement in words."""

from workbench.assist import prompts
from workbench.assist.asking import Asking, fingerprint
from workbench.assist.reading import read_judgement
from workbench.assist.runs import Run, Slot
from workbench.assist.submitting import Submitting, require, seeded
from workbench.engine.interface import FOCUSED, AdapterInfo, Completion, Job, Request, Sampling, ScoreRequest, State
from workbench.errors import EngineError, InputError
from workbench.models import knows_checks
from workbench.records import Evaluation, Rubric, Ways


class Evaluating(Submitting):
    """The verb."""

    def evaluate(
        self, topic: str, idea_line: str, *, idea_id: int | None = None, board_id: int | None = None,
        rubric: Rubric = prompts.EIGHT, words: bool = True, going_on: Evaluation | None = None,
        sampling: Sampling = FOCUSED,
    ) -> Run:  # fmt: skip
        """Start a judgement: the first wording of each check, the other ways of asking, three sentences beside.

        With `going_on`, ask only what that judgement still lacks, and write it there. Without `words`, no sentences.
        """
        require(topic, "a topic or question")
        require(idea_line, "an idea")
        if not rubric.checks:
            raise InputError(f"The rubric “{rubric.name}” has no check. Write one, or pick another rubric.")
        run = Run("evaluate", topic, board_id=board_id, idea_id=idea_id, engine=self.engine.serving("evaluate"))
        if idea_id is not None:
            run.revision_id = self.store.idea(idea_id).revision_id
        known = going_on.yes if going_on else ()
        run.asking = Asking.begin(rubric, topic, idea_line, yes=known, free=self._bias(rubric, topic, run))
        if going_on is not None:
            run.evaluation_id, run.measured = going_on.id, run.asking.measured()
        told = Request(
            "evaluate", (prompts.judgement(topic, idea_line, rubric),), seeded(sampling, max_tokens=160),
            self._adapter("evaluate", run),
        )  # fmt: skip
        with run.lock:  # a run with only its first job must not look finished
            self._ask_next(run)
            if words and not (going_on and going_on.next_step):
                self._submit(run, told, [Slot()])
        if not run.jobs:
            raise InputError("Nothing is missing from this judgement; judge the idea anew instead.")
        return self._remember(run)

    def _ask_next(self, run: Run) -> None:
        """Queue one more request; the next one follows when it is answered, so that others get their turn."""
        assert run.asking is not None, run.id
        asked = run.asking.next()
        if asked:
            adapter = self._adapter("evaluate", run)
            self._submit(run, ScoreRequest("evaluate", asked, prompts.YES_NO, adapter), [Slot()])
        if run.stopping:  # meanwhile
            run.stop()

    def _judgement_finished(self, run: Run, job: Job, slot: Slot, completion: Completion) -> None:
        """Write the answers down and ask on, or write the words beside them."""
        if isinstance(job.request, ScoreRequest):
            view = job.view()
            if view.state is State.DONE:  # else stopped or failed before the answer
                self._answered(run, [row[0] for row in view.probabilities])
        elif run.evaluation_id is not None:
            said = read_judgement(completion.text)
            self.store.update_evaluation(
                run.evaluation_id, strength=said["strength"], risk=said["risk"], next_step=said["next_step"],
                generation_id=slot.generation_id,
            )  # fmt: skip

    def _answered(self, run: Run, p_yes: list[float]) -> None:
        asking = run.asking
        assert asking is not None, run.id
        asking.answer(p_yes)
        run.measured = asking.measured()
        if run.idea_id is not None:
            self._write(run, asking)
        if not asking.todo and asking.free:
            self.store.save_calibration(*self._key(asking.rubric, asking.topic, run), asking.bias())
        elif not run.stopping:
            try:
                self._ask_next(run)
            except EngineError as error:  # the answers so far stand; Continue asks the others
                run.fault = str(error)

    def _write(self, run: Run, asking: Asking) -> None:
        assert run.idea_id is not None and run.measured is not None, run.id
        if run.evaluation_id is not None:
            self.store.update_evaluation(run.evaluation_id, measured=run.measured)
            return
        view = run.view()  # the words may have ended before the checks: they would not be written down again
        run.evaluation_id = self.store.add_evaluation(
            run.idea_id, rubric=asking.rubric, measured=run.measured,
            model=self._status("evaluate", run).model_for("evaluate"), adapter=self._adapter("evaluate", run),
            revision_id=run.revision_id, strength=view.strength, risk=view.risk,
            next_step=view.next_step, generation_id=next((item.generation_id for item in view.items), None),
        ).id  # fmt: skip

    def _bias(self, rubric: Rubric, topic: str, run: Run | None = None) -> Ways | None:
        """Return what the model answers to ideas that say nothing; None: not known yet, empty: not needed."""
        if rubric.checks == prompts.EIGHT.checks and self._trained_on_checks(run):
            return ()
        return self.store.calibration(*self._key(rubric, topic, run))

    def _trained_on_checks(self, run: Run | None) -> bool:
        """Say whether the adapter learned the eight checks from judged ideas.

        Such a one rightly says of an idea like "N/A" that it is neither specific nor on topic: that is what it learned
        and no bias. With it taken off, the starter's answers to held-out ideas are right 68 times of 100, without 81.
        """
        info = self._adapter_info(run)
        return info is not None and knows_checks(info.path, info.name)

    def _key(self, rubric: Rubric, topic: str, run: Run | None) -> tuple[str, str, str]:
        info, status = self._adapter_info(run), self._status("evaluate", run)
        weights = status.sha256 or status.model_for("evaluate")  # a server does not tell the hash of its weights
        return weights, info.sha256 if info else "", fingerprint(rubric, topic)

    def _adapter_info(self, run: Run | None) -> AdapterInfo | None:
        name = self._adapter("evaluate", run)
        return next((each for each in self._status("evaluate", run).adapters if each.name == name), None)

    def lacks(self, evaluation: Evaluation, topic: str) -> bool:
        """Say whether ways of asking are missing from a judgement, which was stopped or failed then."""
        if not evaluation.yes:  # from before checks were asked in several ways
            return False
        free = evaluation.free or self._bias(evaluation.rubric, topic)
        return bool(Asking.begin(evaluation.rubric, topic, "", yes=evaluation.yes, free=free).todo)
