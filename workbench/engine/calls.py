"""Work of others that has to run on the engine's thread, between two steps."""

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

from workbench.errors import EngineBusy

T = TypeVar("T")

MAX_CALLS = 32  # that wait; one more is refused
TOO_MANY = f"{MAX_CALLS} calls are waiting for the engine's thread already. Try again when one of them is done."


class Calls:
    """First in, first out. The owner locks around `put` and `take`; a call runs and ends without the lock."""

    def __init__(self) -> None:
        self._waiting: deque[tuple[Callable[[], Any], Future[Any]]] = deque()

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, work: Callable[[], T]) -> Future[T]:
        """Queue the work. Raises EngineBusy."""
        if len(self._waiting) >= MAX_CALLS:
            raise EngineBusy(TOO_MANY)
        future: Future[T] = Future()
        self._waiting.append((work, future))
        return future

    def take(self) -> tuple[Callable[[], Any], Future[Any]] | None:
        """Take out the oldest that nobody has cancelled, None when there is none."""
        while self._waiting:
            work, future = self._waiting.popleft()
            if future.set_running_or_notify_cancel():
                return work, future
        return None

    def take_all(self) -> list[tuple[Callable[[], Any], Future[Any]]]:
        """Take out every one that nobody has cancelled."""
        return list(iter(self.take, None))


def run(work: Callable[[], Any], future: Future[Any]) -> None:
    """Run the work; what it raises goes to the one who asked."""
    try:
        result = work()
    except BaseException as error:
        future.set_exception(error)
        if not isinstance(error, Exception):
            raise  # something ends this thread
    else:
        future.set_result(result)
