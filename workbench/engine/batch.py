"""One decode: what goes into it, and the books after it."""

from dataclasses import dataclass, field

from workbench.engine.context import Context
from workbench.engine.memory import Memory
from workbench.engine.prefixes import Prefix
from workbench.engine.tasks import Lane, Task


@dataclass
class Batch:
    """Filled by `generate` and `prompts`, decoded by its owner, then written into the books by `commit`."""

    context: Context
    memory: Memory
    outputs: list[tuple[Lane, int]] = field(default_factory=list)  # a lane and the batch index of its logits
    _prefixes: dict[Prefix, int] = field(default_factory=dict)  # tokens taken of each
    _lanes: dict[Lane, int] = field(default_factory=dict)
    _at_once: list[Lane] = field(default_factory=list)  # whose prefix is computed in this very decode

    def __post_init__(self) -> None:
        self.context.clear_batch()

    @property
    def size(self) -> int:
        """Tokens in the batch."""
        return sum(self._prefixes.values()) + sum(self._lanes.values())

    def generate(self, lanes: list[Lane]) -> None:
        """Add the last drawn token of each lane."""
        for lane in lanes:
            self._add_lane(lane, 1)

    def prompts(self, tasks: list[Task], chunk: int) -> None:
        """Add about `chunk` prompt tokens: half for the task with the least left, then the others, oldest first.

        So a short prompt does not wait for a long one, and a long one always gets on.
        """
        needy = [task for task in tasks if task.prompt_left]
        if len(needy) > 1:
            shortest = min(needy, key=lambda task: task.prompt_left)
            chunk -= self._add_prompt(shortest, chunk // 2)
            needy.remove(shortest)
        for task in needy:
            chunk -= self._add_prompt(task, chunk)

    def score(self, task: Task, most: int) -> bool:
        """Add a whole task if it only wants scores and is not too long: its prefix for all lanes at once, their rests.

        One decode instead of two: a tenth less for eight checks of an idea, since the weights are read once.
        """
        prefix = task.prefix
        if not task.candidates or prefix is None or not prefix.missing or prefix.users > 1 or task.waiting:
            return False
        if task.prompt_left > min(most, self.context.batch_room):
            return False
        for lane in task.lanes:
            self._begin(lane, prefix.filled)
        n = prefix.missing
        self.context.add(prefix.tokens[prefix.filled :], prefix.filled, prefix.sequence, want_logits=False)
        self.context.share(n, [prefix.sequence, *(lane.sequence for lane in task.lanes)])
        self._prefixes[prefix], self._at_once = n, list(task.lanes)
        for lane in task.lanes:
            self._add_lane(lane, len(lane.pending), at=task.shared)
        return True

    def commit(self) -> None:
        """Note what the decode has filled."""
        for prefix, n in self._prefixes.items():
            self.memory.grow(prefix.sequence, n, also=[lane.sequence for lane in self._at_once])
            prefix.filled += n
        for lane in self._at_once:
            lane.at = lane.task.shared
        for lane, n in self._lanes.items():
            self.memory.grow(lane.sequence, n)
            del lane.pending[:n]
            lane.at, lane.room = lane.at + n, lane.room - n

    def undo(self) -> None:
        """Free what a decode that gave up has left behind.

        llama.cpp does so itself, but of tokens that belong to several sequences it thinks of one sequence only.
        """
        for lane in self._at_once:
            for prefix in self._prefixes:
                self.context.remove(lane.sequence, prefix.filled)
                self.context.remove(prefix.sequence, prefix.filled)

    def _add_prompt(self, task: Task, most: int) -> int:
        """Add up to `most` tokens: of the shared prefix, or once that is there, of the lanes' own rests."""
        before, prefix = self.size, task.prefix
        assert prefix is not None, task.job.id
        if prefix.missing:
            n = min(prefix.missing, most, self.context.batch_room)
            if n > 0 and prefix not in self._prefixes:  # two tasks may share it
                tokens = prefix.tokens[prefix.filled : prefix.filled + n]
                self.context.add(tokens, prefix.filled, prefix.sequence, want_logits=False)
                self._prefixes[prefix] = n
            return self.size - before
        for lane in task.lanes:
            if lane.generating:
                continue
            if not lane.ready:
                self._begin(lane, task.shared)
            n = min(len(lane.pending), most - (self.size - before), self.context.batch_room)
            if n > 0:
                self._add_lane(lane, n)
        return self.size - before

    def _begin(self, lane: Lane, length: int) -> None:
        """Let the lane hold the first cells of its task's prefix; what an aborted decode left it is dropped."""
        assert lane.task.prefix is not None, lane.task.job.id
        self.memory.drop(lane.sequence)
        self.memory.share(lane.task.prefix.sequence, lane.sequence, length)
        lane.at = length

    def _add_lane(self, lane: Lane, n: int, at: int | None = None) -> None:
        last = n == len(lane.pending)
        index = self.context.add(lane.pending[:n], lane.at if at is None else at, lane.sequence, want_logits=last)
        self._lanes[lane] = n
        if last:
            self.outputs.append((lane, index))
