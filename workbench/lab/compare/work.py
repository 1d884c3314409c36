"""A comparison's job, in a process of its own: `python -m workbench compare work JOB`.

Its plan and every answer are in the database, so it goes on where any earlier one was cut off. Two threads of one
process that both run llama.cpp throttle each other to 60 % of their speed, so it shares none with the app; it is of
lower priority, and notes with each answer whether the workbench generated elsewhere meanwhile.
"""

import time
from collections import Counter
from collections.abc import Callable
from itertools import groupby

from workbench.engine.interface import Messages, Sampling, State
from workbench.errors import EngineError, WorkbenchError
from workbench.lab.compare.answering import answer, warm_up
from workbench.lab.compare.judging import AskJudge, judge_pairs
from workbench.lab.compare.opening import Opened, opened
from workbench.records import ComparisonJob, ComparisonKind, Contender, JobKind, JobState, Trial
from workbench.settings import Settings
from workbench.store import Store

WAIT_S = 0.5  # seconds between two looks whether it is this job's turn
ENOUGH_FAILURES = 3  # in a row: a server that is down is not asked for the rest of a batch
LINGER_S = 90.0  # a live job keeps its model that long for the next question


class Cancelled(Exception):  # no fault: somebody pressed Stop
    """Stop was asked for."""


def work(store: Store, job_id: int, settings: Settings, ask_judge: AskJudge) -> ComparisonJob:
    """Do a job to its end, however it ends, and return it. Another process that has it makes this one end at once."""
    if not store.take_up(job_id):
        return store.job(job_id)
    job = store.job(job_id)
    work_ = _Work(store, job, settings)
    try:
        work_.wait_for_turn()
        if job.kind is JobKind.JUDGE:
            assert job.judge is not None, job
            work_.judge(ask_judge)
        else:
            work_.answers()
    except Cancelled:
        if job.kind is JobKind.ANSWERS:
            work_.drop_questions()
        store.end_job(job_id, JobState.CANCELLED)
    except WorkbenchError as error:
        store.end_job(job_id, JobState.FAILED, str(error))
    return store.job(job_id)


class _Work:
    """One job at work."""

    def __init__(self, store: Store, job: ComparisonJob, settings: Settings):
        self.store, self.job, self.settings = store, job, settings
        self.comparison = store.comparison(job.comparison_id)
        self.live = self.comparison.kind is ComparisonKind.LIVE
        self.in_a_row: Counter[tuple[str, str]] = Counter()  # failures of a base

    def wait_for_turn(self) -> None:
        """Wait until no other batch is at work, and no live question. Raises Cancelled."""
        while not self.store.may_run(self.job.id):
            self.check()
            time.sleep(WAIT_S)
        self.check()

    def check(self) -> None:
        """Raise Cancelled when Stop was asked for."""
        if self.store.cancel_asked(self.job.id):
            raise Cancelled

    def drop_questions(self) -> None:
        """Take back what was asked live and not begun: whoever stops an answer does not wait for the next one."""
        for trial in self.store.trials(self.comparison.id) if self.live else ():
            if trial.open:
                self.store.fail_trial(trial.id, "stopped by you")

    def judge(self, ask_judge: AskJudge) -> None:
        """Have the judge vote on every pair that it has not judged yet."""
        assert self.job.judge is not None, self.job
        with opened([self.job.judge], self.settings) as judge:
            judge_pairs(self.store, self.comparison, self.job.judge, judge, ask_judge, self.check)
        self.store.end_job(self.job.id, JobState.DONE)

    def answers(self) -> None:
        """Ask for what is still open, base by base, until nothing is."""
        if not self.live:
            self.store.reopen_trials(self.comparison.id)
        while True:
            self.comparison = self.store.comparison(self.comparison.id)  # a live one may have grown
            trials = [trial for trial in self.store.trials(self.comparison.id) if trial.open]
            for _, block in groupby(trials, key=lambda trial: (self._contender(trial).base, trial.repeat)):
                self._block(list(block))
            if not trials and self.store.end_job_if_idle(self.job.id):
                return

    def _block(self, trials: list[Trial]) -> None:
        """Load a base, warm it up, ask for its answers; what cannot be loaded is noted and passed over."""
        contenders = list(dict.fromkeys(self._contender(trial) for trial in trials))
        if not trials:
            return
        try:
            with opened(contenders, self.settings) as at_hand:
                self._warm_up(trials, at_hand)
                for trial in trials:
                    self._trial(trial, at_hand)
                if self.live:
                    self._linger(at_hand)
        except WorkbenchError as error:
            left = {trial.id for trial in self.store.trials(self.comparison.id) if trial.open}
            trials = [trial for trial in trials if trial.id in left]
            if len(contenders) > 1:  # it may be the adapter of one of them
                for contender in contenders:
                    self._block([trial for trial in trials if self._contender(trial) == contender])
                return
            for trial in trials:
                self.store.fail_trial(trial.id, str(error))

    def _warm_up(self, trials: list[Trial], at_hand: Opened) -> None:
        for place in dict.fromkeys(trial.contender for trial in trials):
            self.check()
            number = warm_up(
                self.store, at_hand, self.comparison.contenders[place], self.comparison.warm_up, self._sampling(0)
            )
            self.store.add_warm_up(self.comparison.id, place, number)

    def _trial(self, trial: Trial, at_hand: Opened) -> None:
        self.wait_for_turn()
        disturbed = self.store.others_at_work()

        def begun(number: int) -> None:
            self.store.begin_trial(trial.id, number)

        prompt: Messages = self.comparison.prompts[trial.prompt].messages
        view = answer(
            self.store, at_hand, self._contender(trial), prompt, self._sampling(trial.repeat), begun, self._stop()
        )
        disturbed = disturbed or self.store.others_at_work()
        self.store.end_trial(trial.id, memory_bytes=at_hand.memory(), disturbed=disturbed)
        if view.state is State.STOPPED:
            raise Cancelled
        base = self._contender(trial).base
        self.in_a_row[base] = self.in_a_row[base] + 1 if view.state is State.FAILED else 0
        if self.in_a_row[base] >= ENOUGH_FAILURES:
            raise EngineError(view.error or "It failed without saying why.")

    def _linger(self, at_hand: Opened) -> None:
        """Keep the model for the next question to it, so that this one need not wait for a load."""
        until = time.monotonic() + LINGER_S
        base = next(iter(at_hand.adapters)).base
        while time.monotonic() < until:
            self.check()
            self.comparison = self.store.comparison(self.comparison.id)
            open_trials = [trial for trial in self.store.trials(self.comparison.id) if trial.open]
            if open_trials and (
                self._contender(open_trials[0]).base != base or self._contender(open_trials[0]) not in at_hand.adapters
            ):
                return
            for trial in open_trials[:1]:
                self._trial(trial, at_hand)
                until = time.monotonic() + LINGER_S
            if not open_trials:
                time.sleep(WAIT_S / 2)

    def _stop(self) -> Callable[[], bool]:
        return lambda: self.store.cancel_asked(self.job.id)

    def _contender(self, trial: Trial) -> Contender:
        return self.comparison.contenders[trial.contender]

    def _sampling(self, repeat: int) -> Sampling:
        return Sampling(**self.comparison.sampling, seed=self.comparison.seed + repeat)
