"""A batch: one judgement after the other, until all ideas have one, Stop, or a failure that the next would share."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from uuid import uuid4

from workbench.assist.runs import Run
from workbench.engine.interface import State
from workbench.errors import EngineBusy, NotFound, WorkbenchError
from workbench.records import Idea

WAIT = 1.0  # seconds before another try when the engine's queue is full


@dataclass(frozen=True, slots=True)
class BatchView:
    """Where a batch is."""

    done: int
    total: int
    failed: int  # of those done
    stopped: bool
    error: str | None  # why it ended early, or what the last failure was
    eta_s: float | None


@dataclass(eq=False)
class Batch:
    """Runs in turn, on a thread of its own; readable from any thread."""

    board_id: int
    ideas: Sequence[Idea]
    start_one: Callable[[Idea], Run]
    id: str = field(default_factory=lambda: uuid4().hex[:12])
    settled: threading.Event = field(default_factory=threading.Event)
    _stop: threading.Event = field(default_factory=threading.Event)
    _run: Run | None = None
    _done: int = 0
    _failed: int = 0
    _error: str | None = None
    _began: float = field(default_factory=time.monotonic)

    def begin(self) -> None:
        """Start with the first idea; returns at once."""
        threading.Thread(target=self._work, name="batch", daemon=True).start()

    def stop(self) -> None:
        """End it now; judgements made so far are kept, and so is what the present one has."""
        self._stop.set()
        if self._run:
            self._run.stop()

    def view(self) -> BatchView:
        """Return where it is."""
        each = (time.monotonic() - self._began) / self._done if self._done else None
        left = None if each is None else each * (len(self.ideas) - self._done)
        return BatchView(self._done, len(self.ideas), self._failed, self._stop.is_set(), self._error, left)

    def _work(self) -> None:
        try:
            for idea in self.ideas:
                if self._stop.is_set() or not self._judge(idea):
                    return
        finally:
            self.settled.set()

    def _judge(self, idea: Idea) -> bool:
        """Judge one idea and say whether to go on; an idea that is gone meanwhile is passed over."""
        try:
            self._run = self._started(idea)
        except NotFound:
            self._done += 1
            return True
        except WorkbenchError as error:
            self._error = str(error)
            return False
        if self._run is None:
            return False
        if self._stop.is_set():  # while it was started
            self._run.stop()
        view = self._run.wait()
        if view.state is State.STOPPED:
            self._stop.set()
            return False
        self._done += 1
        if view.state is State.FAILED:
            self._failed, self._error = self._failed + 1, view.error
        return True

    def _started(self, idea: Idea) -> Run | None:
        while not self._stop.is_set():
            try:
                return self.start_one(idea)
            except EngineBusy:
                self._stop.wait(WAIT)
        return None
