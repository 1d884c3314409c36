"""The prefix cache: prompt beginnings whose cells are kept, per adapter, the least recently used leaving first."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field

from workbench.engine.memory import Memory


@dataclass(eq=False, slots=True)
class Prefix:
    """A prompt beginning in its own sequence. The cells hold the first `filled` of its tokens."""

    adapter: str | None
    tokens: list[int]
    sequence: int
    filled: int
    cached: int  # of its tokens, found in the cache when it was made
    users: int = 0  # tasks at work on it; it stays while there are any
    last_use: int = field(default=0)

    @property
    def missing(self) -> int:
        """Tokens still to be processed."""
        return len(self.tokens) - self.filled


def shared_length(a: list[int], b: list[int]) -> int:
    """Return how many tokens the two begin with in common."""
    low, high = 0, min(len(a), len(b))
    while low < high:  # halving: slices compare at C speed, a loop over thousands of tokens does not
        middle = (low + high + 1) // 2
        if a[low:middle] == b[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


class PrefixCache:
    """Keyed by adapter and tokens: cells computed under another adapter are wrong for this one. Engine thread only."""

    def __init__(self, memory: Memory, sequences: Sequence[int], budget: int) -> None:
        """`sequences`: the ids it may use; `budget`: cells that prefixes nobody uses may keep."""
        self._memory, self._free, self._budget = memory, list(sequences), budget
        self._prefixes: list[Prefix] = []
        self._clock = itertools.count(1)

    def __len__(self) -> int:
        return len(self._prefixes)

    def best(self, adapter: str | None, tokens: list[int]) -> tuple[Prefix | None, int]:
        """Return the prefix that shares the longest beginning with `tokens`, and that length."""
        matches = [(shared_length(p.tokens, tokens), p) for p in self._prefixes if p.adapter == adapter]
        length, prefix = max(matches, key=lambda match: (match[0], match[1].filled), default=(0, None))
        return (prefix, length) if length else (None, 0)

    def take(self, adapter: str | None, tokens: list[int], best: Prefix | None, length: int) -> Prefix:
        """Return a prefix of exactly `tokens`, built on `length` cells of `best`; it stays until `release`."""
        if best is not None and length == len(tokens) == len(best.tokens):
            prefix = best
            prefix.cached = prefix.filled
        else:
            prefix = Prefix(adapter, tokens, self._free.pop(), length, length)
            if best is not None:
                self._memory.share(best.sequence, prefix.sequence, length)
            self._prefixes.append(prefix)
        prefix.users += 1
        prefix.last_use = next(self._clock)
        return prefix

    def release(self, prefix: Prefix) -> None:
        """Let the prefix go when room is needed; what it never got to fill is forgotten."""
        prefix.users -= 1
        if prefix.users or prefix not in self._prefixes:
            return
        prefix.tokens = prefix.tokens[: prefix.filled]
        if not prefix.filled:
            self._remove(prefix)
        while self._idle_cells() > self._budget and self.evict():
            pass

    def evict(self, keep: Prefix | None = None) -> bool:
        """Free the least recently used prefix nobody uses, `keep` excepted; False when there is none."""
        idle = [prefix for prefix in self._prefixes if not prefix.users and prefix is not keep]
        if idle:
            self._remove(min(idle, key=lambda prefix: prefix.last_use))
        return bool(idle)

    def has_sequence(self, keep: Prefix | None = None) -> bool:
        """True when a new prefix can be made, evicting an old one if it must."""
        return bool(self._free) or self.evict(keep)

    def forget(self) -> None:
        """Drop every prefix, used or not, after the memory was cleared."""
        self._free.extend(prefix.sequence for prefix in self._prefixes)
        self._prefixes.clear()

    def _remove(self, prefix: Prefix) -> None:
        self._memory.drop(prefix.sequence)
        self._free.append(prefix.sequence)
        self._prefixes.remove(prefix)

    def _idle_cells(self) -> int:
        """Upper bound: cells that two prefixes share count twice."""
        return sum(prefix.filled for prefix in self._prefixes if not prefix.users)
