"""Duels by the model: which of two ideas is better, each pair asked in both orders; a split between them is a tie."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field

from workbench.assist import prompts
from workbench.assist.prompts.duel import A_B, duel
from workbench.assist.runs import Run, Slot
from workbench.assist.submitting import AT_ONCE, Submitting, require
from workbench.engine.interface import Job, ScoreRequest, State
from workbench.errors import InputError, WorkbenchError
from workbench.records import Idea, Judge, NewVote, Outcome

TASK = "duel"
Pair = tuple[Idea, Idea]


@dataclass(eq=False)
class DuelRun(Run):
    """Duels, a few to a job: the next job is queued when one has ended, so that other clicks get their turn between."""

    pairs: tuple[Pair, ...] = ()
    waiting: list[tuple[Pair, ...]] = field(default_factory=list)  # pairs for later jobs, the next one last
    asked: dict[str, tuple[Pair, ...]] = field(default_factory=dict)  # job id -> its pairs
    judged: int = 0  # pairs that are votes by now
    seed: int = 0
    stopped: bool = False

    def stop(self) -> None:
        """End the run now; the duels that are judged stay."""
        self.stopped = True
        super().stop()


class Duelling(Submitting):
    """The verb."""

    def duel(self, topic: str, pairs: Sequence[Pair], *, board_id: int, seed: int | None = None) -> DuelRun:
        """Start duels between ideas of a board; each becomes a vote of the model. The pairs are asked in their order.

        The base model is asked, without an adapter: none was trained for this, and the starter's base tells good
        ideas from poor ones better than with the adapter for checks (docs/ranking.md).
        """
        require(topic, "a topic or question")
        if not pairs:
            raise InputError("There is no pair of ideas left to compare; add an idea and try again.")
        self._status(TASK)  # says what is wrong when no model is loaded
        each = AT_ONCE // 2  # pairs in a job: each is two prompts
        chunks = [tuple(pairs[first : first + each]) for first in range(0, len(pairs), each)][::-1]
        seed = secrets.randbelow(2**31) if seed is None else seed
        run = DuelRun(TASK, topic, board_id=board_id, pairs=tuple(pairs), waiting=chunks, seed=seed)
        with run.lock:  # remembered first: a job may end at once
            self._remember(run)
            self._next_duels(run)
        return run

    def _next_duels(self, run: DuelRun) -> None:
        pairs = run.waiting.pop()
        lines = [tuple(prompts.idea_line(idea.title, idea.body) for idea in pair) for pair in pairs]
        asked = [duel(run.topic, *order) for first, second in lines for order in ((first, second), (second, first))]
        self._submit(run, ScoreRequest(TASK, tuple(asked), A_B), [Slot()])
        run.asked[run.jobs[-1].id] = pairs

    def _duels_finished(self, run: DuelRun, job: Job) -> None:
        """Write the votes down and queue the next pairs."""
        view = job.view()
        status = self._status(TASK, run)
        votes = [
            vote(pair, forward[0], 1 - backward[0], run, judge_name=status.model, judge_sha256=status.sha256)
            for pair, forward, backward in zip(
                run.asked[job.id], view.probabilities[::2], view.probabilities[1::2], strict=False
            )
        ]
        self.store.add_votes(votes)
        run.judged += len(votes)
        if run.waiting and not run.stopped and view.state is State.DONE:
            try:
                self._next_duels(run)
            except WorkbenchError as error:  # a full queue, or the model is gone: what is judged stays
                run.fault = str(error)


def vote(pair: Pair, p_first: float, p_second: float, run: DuelRun, *, judge_name: str, judge_sha256: str) -> NewVote:
    """Return what the two orders say together; p: that the left idea is better, shown first and shown second."""
    outcome = Outcome.LEFT if p_first > 0.5 and p_second > 0.5 else Outcome.TIE
    outcome = Outcome.RIGHT if p_first < 0.5 and p_second < 0.5 else outcome
    left, right = pair
    return NewVote(
        left_id=left.id, right_id=right.id, outcome=outcome, order_seed=run.seed, judge=Judge.MODEL,
        judge_name=judge_name, judge_sha256=judge_sha256, board_id=run.board_id, p_first=p_first, p_second=p_second,
    )  # fmt: skip
