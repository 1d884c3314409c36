"""What waits for the engine's thread: jobs in order, and calls. Every method may be called from any thread."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

from workbench.engine.admission import BUSY, MAX_QUEUED
from workbench.engine.calls import Calls
from workbench.engine.tasks import Task
from workbench.errors import EngineBusy, EngineClosed

T = TypeVar("T")

CLOSED = "The engine was closed. Start the app again."


class Intake:
    """Bounded on both sides; `served` says whether a thread takes out what is put in."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._tasks: list[Task] = []
        self._calls = Calls()
        self.closing = False
        self.served = False
        self._nudged = False

    def put(self, task: Task) -> None:
        """Queue a job. Raises EngineBusy, EngineClosed."""
        with self._changed:
            self._refuse_when_closing()
            if len(self._tasks) >= MAX_QUEUED:
                raise EngineBusy(BUSY)
            task.progress.queue(len(self._tasks))
            self._tasks.append(task)
            self._changed.notify()

    def put_call(self, work: Callable[[], T]) -> Future[T]:
        """Queue a call. Raises EngineBusy, EngineClosed."""
        with self._changed:
            self._refuse_when_closing()
            future = self._calls.put(work)
            self._changed.notify()
        return future

    def close(self) -> bool:
        """Take nothing more; False when it was closed before."""
        with self._changed:
            was, self.closing = self.closing, True
            self._changed.notify()
        return not was

    def nudge(self) -> None:
        """Have the thread look around, though nothing came in."""
        with self._changed:
            self._nudged = True
            self._changed.notify()

    @property
    def waiting(self) -> bool:
        """True when a job or a call waits."""
        with self._changed:
            return bool(self._tasks or self._calls)

    def tasks(self) -> list[Task]:
        """Return the queued jobs, the oldest first."""
        with self._changed:
            return list(self._tasks)

    def take_call(self) -> tuple[Callable[[], Any], Future[Any]] | None:
        """Take out the oldest call."""
        with self._changed:
            return self._calls.take()

    def forget_begun(self) -> list[Task]:
        """Leave out the jobs that have begun or ended, and return the others."""
        with self._changed:
            self._tasks = [task for task in self._tasks if not (task.begun or task.progress.ended)]
            return list(self._tasks)

    def wait(self, *, busy: bool, seconds: float | None) -> bool:
        """Block until there is something to do; False when closing, or idle for `seconds`: nobody is served then."""
        with self._changed:
            found = self._changed.wait_for(
                lambda: self.closing or busy or self._tasks or self._calls or self._nudged, seconds
            )
            self._nudged = False
            if not found:
                self.served = False
            return bool(found) and not self.closing

    def drain(self) -> tuple[list[Task], list[Future[Any]]]:
        """Take out everything; when there was nothing any more, nobody is served from now on."""
        with self._changed:
            tasks, self._tasks = self._tasks, []
            futures = [future for _, future in self._calls.take_all()]
            self.served = bool(tasks or futures)
        return tasks, futures

    def _refuse_when_closing(self) -> None:
        if self.closing:
            raise EngineClosed(CLOSED)
