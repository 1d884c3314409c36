"""Who decodes next when requests for several adapters are at work: turns of bounded length."""

from collections.abc import Sequence

TURN_SECONDS = 0.5


class Turns:
    """The adapter that has waited longest is next. A swap takes under a millisecond and the cells of both stay.

    With `n` adapters at work, one is served again after at most (n - 1) x (TURN_SECONDS + one step).
    """

    def __init__(self) -> None:
        self._active: str | None = None
        self._since = float("-inf")
        self._served: dict[str | None, float] = {}

    def choose(self, at_work: Sequence[str | None], now: float) -> str | None:
        """Return the adapter to decode with now, one of `at_work` (oldest request first)."""
        others = [adapter for adapter in at_work if adapter != self._active]
        if self._active not in at_work or (others and now - self._since >= TURN_SECONDS):
            self._active, self._since = min(others, key=lambda name: self._served.get(name, float("-inf"))), now
        self._served[self._active] = now
        return self._active
