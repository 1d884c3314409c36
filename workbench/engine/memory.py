"""The KV memory with its books: which sequence holds which cells, so that free room is known before a decode."""

from collections.abc import Sequence

from workbench.engine.context import Context


class Memory:
    """Every change to the cells goes through here, to llama.cpp and to the books alike. Engine thread only."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._cells: list[list[int]] = [[] for _ in range(context.n_seq)]  # per sequence, in order of position
        self._holders: dict[int, int] = {}  # cell -> sequences that hold it
        self._next = 0
        self.total = context.n_ctx

    @property
    def used(self) -> int:
        """Cells that at least one sequence holds."""
        return len(self._holders)

    def length(self, sequence: int) -> int:
        """Return how many cells the sequence holds."""
        return len(self._cells[sequence])

    def grow(self, sequence: int, n: int, also: Sequence[int] = ()) -> None:
        """Note that a decode has filled `n` more cells of the sequence, which others hold too."""
        cells = range(self._next, self._next + n)
        self._next += n
        for holder in (sequence, *also):
            self._cells[holder].extend(cells)
        self._holders.update(dict.fromkeys(cells, 1 + len(also)))

    def share(self, source: int, target: int, length: int) -> None:
        """Let the empty sequence `target` begin with the first `length` cells of `source`; nothing is copied."""
        assert not self._cells[target] and length <= len(self._cells[source]), (source, target, length)
        if length == 0:
            return
        self._context.copy(source, target, length)
        self._cells[target] = self._cells[source][:length]
        for cell in self._cells[target]:
            self._holders[cell] += 1

    def drop(self, sequence: int, start: int = 0) -> None:
        """Take the sequence off its cells from `start` on."""
        self._context.remove(sequence, start)
        for cell in self._cells[sequence][start:]:
            self._holders[cell] -= 1
            if not self._holders[cell]:
                del self._holders[cell]
        del self._cells[sequence][start:]

    def clear(self) -> None:
        """Free every cell."""
        self._context.clear()
        self._cells = [[] for _ in self._cells]
        self._holders.clear()
