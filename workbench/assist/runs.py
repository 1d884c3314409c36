"""A run: one click on Brainstorm, Refine or Evaluate, readable from any thread while it goes on and after."""

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import uuid4

from workbench.assist.asking import Asking
from workbench.assist.reading import read_judgement, split_line, valid_form
from workbench.engine.interface import Completion, Engine, Finish, Job, ScoreRequest, State, View
from workbench.records import Measured, Rubric

TYPICAL_TOKENS = 45  # of one idea; until the run's own sequences tell better


@dataclass(frozen=True, slots=True)
class Item:
    """One completion of a run, as far as it has come."""

    text: str
    title: str
    body: str
    lens: str
    goal: str
    seed: int
    tokens: int
    finish: Finish | None
    valid: bool  # the form is exactly `Title — sentence.`
    first_token_s: float | None
    seconds: float
    generation_id: int | None
    idea_id: int | None  # once it is an idea on the board
    draft: str | None = None  # what it is to turn round, while only that is written; None: not of this kind, or past it


@dataclass(frozen=True, slots=True)
class RunView:
    """A consistent copy of a run at one moment."""

    state: State
    items: tuple[Item, ...]
    position: int  # jobs ahead in the queue
    error: str | None
    notes: tuple[str, ...]
    eta_s: float | None  # seconds left, a guess; None when there is nothing to go by
    measured: Measured | None = None  # evaluate: answers and scores, as far as the checks were asked
    rubric: Rubric | None = None  # evaluate: the checks
    asked: float = 0.0  # evaluate: the share of the ways of asking that has an answer
    strength: str = ""
    risk: str = ""
    next_step: str = ""
    evaluation_id: int | None = None
    wait_s: float | None = None  # seconds until the first word, a guess; None when it is there or nobody knows

    @property
    def ended(self) -> bool:
        """True when nothing more will come."""
        return self.state in (State.DONE, State.STOPPED, State.FAILED)

    @property
    def checks(self) -> tuple[float, ...]:
        """Evaluate: P(yes) of each check, as far as it is known."""
        return self.measured.checks if self.measured else ()

    @property
    def scores(self) -> dict[str, float]:
        """Evaluate: dimension -> 1-5."""
        return dict(self.measured.scores) if self.measured else {}

    @property
    def done(self) -> int:
        """How many completions have ended."""
        return sum(item.finish is not None for item in self.items)


@dataclass(slots=True)
class Slot:
    """What the recorder knows of one completion; changed under `Run.lock` only."""

    lens: str = ""
    goal: str = ""
    generation_id: int | None = None
    idea_id: int | None = None
    begun: str = ""  # what the model had written before it was cut off and went on
    saved_text: str = ""
    saved_at: float = 0.0
    recorded: bool = False
    place: int = 0  # among the items of its run
    task: str = ""  # in the log, where it is another than the run's
    batch: str = ""  # the job that it counts with in the log, where that is another than its own


@dataclass(slots=True, kw_only=True)
class DraftSlot(Slot):
    """A completion that is no result: another one is asked with what it says, in its place."""

    then: Slot
    followed: bool = False  # by the other one
    over: Finish | None = None  # why nothing will follow


@dataclass(eq=False)
class Run:
    """The jobs behind one click, and the rows they are written to."""

    task: str
    topic: str
    board_id: int | None = None
    idea_id: int | None = None
    revision_id: int | None = None  # the wording of that idea that is judged
    jobs: list[Job] = field(default_factory=list)
    slots: dict[str, list[Slot]] = field(default_factory=dict)  # job id -> one slot a completion
    lock: threading.RLock = field(default_factory=threading.RLock)
    settled: threading.Event = field(default_factory=threading.Event)  # every job ended and is written down
    id: str = field(default_factory=lambda: uuid4().hex[:12])
    started: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))
    clock: float = field(default_factory=time.monotonic)
    fault: str | None = None  # why a result could not be written down
    stopping: bool = False  # stop was asked for: no more jobs
    asking: Asking | None = None  # evaluate: what is asked and answered
    measured: Measured | None = None
    evaluation_id: int | None = None
    engine: Engine | None = None  # what it began with, and goes on with though another model be chosen

    def view(self) -> RunView:
        """Return a consistent copy of where the run is."""
        with self.lock:
            views = [(job, job.view()) for job in self.jobs if not self._followed(job)]
            asked = [
                (slot, completion)
                for job, view in views
                if not isinstance(job.request, ScoreRequest)
                for slot, completion in zip(self.slots[job.id], completions(self, job, view), strict=True)
            ]
            items = [_item(slot, completion) for slot, completion in sorted(asked, key=lambda each: each[0].place)]
            judged = read_judgement(items[0].text) if self.task == "evaluate" and items else {}
            return RunView(
                state=self._state([view.state for _, view in views]),
                items=tuple(items),
                position=max((view.position for _, view in views), default=0),
                error=next((view.error for _, view in views if view.error), self.fault),
                notes=tuple(dict.fromkeys(note for _, view in views for note in view.notes)),
                eta_s=_seconds_left(items, time.monotonic() - self.clock),
                measured=self.measured,
                rubric=self.asking.rubric if self.asking else None,
                asked=1 - self.asking.left / max(1, self.asking.total) if self.asking else 0.0,
                evaluation_id=self.evaluation_id,
                wait_s=min((view.wait_s for _, view in views if view.wait_s is not None), default=None),
                **judged,
            )

    def stop(self) -> None:
        """End the run now; partial text is kept."""
        self.stopping = True
        for job in tuple(self.jobs):
            job.stop()

    def wait(self, timeout: float | None = None) -> RunView:
        """Block until the run has ended and is written down, or `timeout` seconds passed; return its view."""
        self.settled.wait(timeout)
        return self.view()


    def _followed(self, job: Job) -> bool:
        return all(isinstance(slot, DraftSlot) and slot.followed for slot in self.slots[job.id])

    def _state(self, states: list[State]) -> State:
        """Return the state of all jobs together; what was not asked after a stop or a fault is not done."""
        state = _together(states)
        slots = [slot for slots in self.slots.values() for slot in slots]
        waits = any(isinstance(slot, DraftSlot) and not slot.followed for slot in slots)
        left = waits or (self.asking is not None and self.asking.left > 0)
        if not left or state in (State.QUEUED, State.RUNNING, State.FAILED):
            return state
        if not self.settled.is_set():
            return State.RUNNING
        return State.FAILED if self.fault else State.STOPPED


def completions(run: Run, job: Job, view: View) -> Sequence[Completion]:
    """Return one completion for each slot: empty ones for a job that never started, the first of a scoring job."""
    slots = run.slots[job.id]
    if isinstance(job.request, ScoreRequest) and not view.ended:  # its first prompt ends before the result is there
        return [Completion() for _ in slots]
    return view.sequences[: len(slots)] or [Completion() for _ in slots]


def whole(slot: Slot, completion: Completion) -> str:
    """Return all the text of a slot, with what was there before it went on."""
    if completion.text.startswith(slot.begun):  # a remote server may write the beginning again
        return completion.text
    return slot.begun + completion.text


def _item(slot: Slot, sequence: Completion) -> Item:
    if isinstance(slot, DraftSlot):
        return Item(
            text="", title="", body="", lens=slot.lens, goal=slot.goal, seed=sequence.seed, tokens=0, finish=slot.over,
            valid=False, first_token_s=None, seconds=sequence.seconds, generation_id=None, idea_id=None,
            draft=sequence.text.strip(),
        )  # fmt: skip
    text = whole(slot, sequence)
    title, body = split_line(text)
    return Item(
        text=text, title=title, body=body, lens=slot.lens, goal=slot.goal, seed=sequence.seed,
        tokens=sequence.tokens, finish=sequence.finish, valid=valid_form(text),
        first_token_s=sequence.first_token_s, seconds=sequence.seconds,
        generation_id=slot.generation_id, idea_id=slot.idea_id,
    )  # fmt: skip


def _together(states: list[State]) -> State:
    """Return the state of several jobs as one: failed and stopped show once all have ended."""
    if any(state is State.RUNNING for state in states):
        return State.RUNNING
    if all(state is State.QUEUED for state in states):
        return State.QUEUED
    if any(state is State.QUEUED for state in states):
        return State.RUNNING
    return next((state for state in (State.FAILED, State.STOPPED) if state in states), State.DONE)


def _seconds_left(items: list[Item], elapsed: float) -> float | None:
    """Guess the time left from the tokens so far; sequences run side by side, so the slowest one counts."""
    finished = [item.tokens for item in items if item.finish]
    typical = max(finished, default=TYPICAL_TOKENS)
    growing = [item for item in items if item.finish is None]
    if not growing or any(item.tokens == 0 for item in growing) or elapsed <= 0:
        return None
    return max(max(typical - item.tokens, 3) * elapsed / item.tokens for item in growing)
