"""How often a server may be asked."""

import threading
import time
from collections.abc import Callable


class Pace:
    """At most so many requests in any minute: each waits for its place, evenly apart."""

    def __init__(
        self, per_minute: float | None, *, now: Callable[[], float] = time.monotonic,
        wait: Callable[[float], object] = time.sleep,
    ) -> None:
        """`per_minute`: None sets no limit."""
        self._apart = 60 / per_minute if per_minute else 0.0
        self._now, self._wait, self._next, self._lock = now, wait, 0.0, threading.Lock()

    def take(self, requests: int = 1) -> None:
        """Return when so many requests may be sent."""
        if not self._apart:
            return
        with self._lock:
            begin = max(self._next, self._now())
            self._next = begin + self._apart * requests
            # The last of a group may go when its own place has come.
            at = begin + self._apart * (requests - 1)
        if (left := at - self._now()) > 0:
            self._wait(left)
