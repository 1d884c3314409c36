"""What is at work: which requests get lanes and cells, and how they end. Engine thread only."""

import logging
import time
from collections.abc import Sequence

from workbench.engine.constrained import Candidates
from workbench.engine.context import Context
from workbench.engine.decoding import PROMPT_CHUNK, Decoder
from workbench.engine.interface import Finish, State
from workbench.engine.llama import Model
from workbench.engine.memory import Memory
from workbench.engine.prefixes import Prefix, PrefixCache
from workbench.engine.tasks import Lane, Task, new_lane
from workbench.engine.waiting import first_tokens

log = logging.getLogger(__name__)

LANES = 32  # two requests of 16 side by side
PREFIXES = 16


class Runner:
    """Owns the context. `sweep` ends what is to end, `admit` starts what has room, `step` decodes a batch."""

    def __init__(self, model: Model, n_ctx: int, threads: int) -> None:
        self._model, self._candidates = model, Candidates(model)
        self.context = Context(model, n_ctx=n_ctx, n_seq=LANES + PREFIXES, threads=threads)
        self.memory = Memory(self.context)
        self.cache = PrefixCache(self.memory, range(LANES, LANES + PREFIXES), budget=self.memory.total // 2)
        self.tasks: list[Task] = []  # begun, oldest first
        self._free = list(range(LANES))
        self._decoder = Decoder(model, self.context, self.memory, self.cache, self)

    @property
    def lanes(self) -> list[Lane]:
        """Every lane at work."""
        return [lane for task in self.tasks for lane in task.lanes]

    @property
    def active_adapter(self) -> str | None:
        """The adapter of the last decode."""
        return self._decoder.adapter

    def close(self) -> None:
        """Free the context."""
        self.context.close()

    # -- starting ------------------------------------------------------------------------------------------------

    def admit(self, queue: Sequence[Task]) -> None:
        """Give lanes to the tasks with the fewest, older ones first; the first that lacks room holds back the rest."""
        blocked: set[Task] = set()
        while self._free:
            wanting = [task for task in (*self.tasks, *queue) if task.waiting and task not in blocked]
            wanting = [task for task in wanting if not task.progress.ended]
            if not wanting:
                return
            task = min(wanting, key=lambda t: len(t.lanes))  # min keeps the order among equals
            try:
                outcome = self._start_lane(task)
            except Exception as error:
                log.exception("could not start job %s", task.job.id)
                self.end(task, State.FAILED, f"The request could not be started ({error}). Try again.")
                continue
            if outcome == "full":
                return
            if outcome == "soon":
                blocked.add(task)

    def _start_lane(self, task: Task) -> str:
        """Start one lane; "full": no room now; "soon": another task is computing the prefix this one will share."""
        index, beginning = task.waiting[0], task.beginning
        best, length = (task.prefix, task.shared) if task.prefix else self.cache.best(task.adapter, beginning)
        if task.prefix is None and best is not None and length > best.filled and best.tokens != beginning:
            return "soon"
        missing = 0 if task.prefix else len(beginning) - min(length, best.filled if best else 0)
        exact = best is not None and best.tokens == beginning
        if not (self._make_room(missing + task.need(index), best) and (exact or self.cache.has_sequence(best))):
            # The match itself may hold more cells than it saves: go without it rather than wait for ever.
            return "again" if best is not None and self.cache.evict() else "full"
        # It may refuse its sampling: so before anything is held.
        lane = new_lane(self._model, self._candidates, self._free[-1], task, index)
        if task.prefix is None:
            task.begin(self.cache.take(task.adapter, beginning, best, length))
            self.tasks.append(task)
        self._free.pop()
        task.waiting.popleft()
        task.lanes.append(lane)
        return "started"

    def _make_room(self, need: int, keep: Prefix | None) -> bool:
        """True when `need` cells are free and not promised, after evicting old prefixes if necessary."""
        while self._free_cells() < need:
            if not self.cache.evict(keep):
                return False
        return True

    def _free_cells(self) -> int:
        """Return how many cells are neither held nor promised to what is at work."""
        promised = sum(lane.room for lane in self.lanes)
        promised += sum(prefix.missing for prefix in {task.prefix for task in self.tasks if task.prefix})
        return self.memory.total - self.memory.used - promised

    # -- ending --------------------------------------------------------------------------------------------------

    def sweep(self) -> None:
        """End the jobs whose person asked for it or whose time is over."""
        now = time.monotonic()
        for task in list(self.tasks):
            if task.job.stop_asked.is_set():
                self.end(task, State.STOPPED)
            elif task.deadline is not None and now > task.deadline:
                self._time_out(task)

    def _time_out(self, task: Task) -> None:
        if task.candidates:
            limit = task.job.request.max_seconds
            self.end(
                task, State.FAILED, f"Scoring took longer than {limit:g} seconds. Try again, or use a smaller model."
            )
        else:
            task.end_sequences(Finish.TIME)
            self.end(task, State.DONE)

    def end(self, task: Task, state: State, error: str | None = None) -> None:
        """End a task and free everything it holds."""
        for lane in list(task.lanes):
            self._free_lane(lane, keep=True)
        if task in self.tasks:
            self.tasks.remove(task)
        if task.prefix is not None:
            self.cache.release(task.prefix)
        task.end(state, error)
        task.lanes.clear()

    def forget_prompts(self) -> None:
        """Drop the beginnings of prompts that are kept, so that the next one is processed whole."""
        while self.cache.evict():
            pass

    def reset(self, reason: str) -> None:
        """End every task as failed and forget all cells: what they hold is not known any more."""
        for task in list(self.tasks):
            self.end(task, State.FAILED, reason)
        self.cache.forget()
        self.memory.clear()

    def _free_lane(self, lane: Lane, *, keep: bool = False) -> None:
        """Free the lane's cells, sampler and sequence; `keep` leaves it in its task's list, for its text."""
        self.memory.drop(lane.sequence)
        if lane.sampler is not None:
            lane.sampler.close()
        self._free.append(lane.sequence)
        if not keep:
            lane.task.lanes.remove(lane)

    def finish_lane(self, lane: Lane, finish: Finish) -> None:
        """End one sequence; its task ends with its last one."""
        task = lane.task
        self._free_lane(lane)
        task.progress.finish(lane.index, finish, lane.text.end(), lane.tokens)
        if not task.lanes and not task.waiting:
            if task.candidates:
                task.progress.score(tuple(task.rows[index] for index in range(len(task.prompts))))
            self.end(task, State.DONE)

    # -- decoding ------------------------------------------------------------------------------------------------

    def step(self) -> None:
        """Decode one batch, and hand out what came of it."""
        self._decoder.step(self.tasks)

    def expect(self, queue: Sequence[Task]) -> None:
        """Tell those who have no token yet how long that will take, as far as one can know."""
        at_work = [task for task in self.tasks if not task.writes]
        rates = self._decoder.rates
        generating = [task.work(rates) for task in self.tasks if task.writes]
        seconds = first_tokens(
            rates, [*generating, *(task.work(rates) for task in at_work)], [task.work(rates) for task in queue],
            chunk=PROMPT_CHUNK, free_lanes=len(self._free), free_cells=self._free_cells(),
        )  # fmt: skip
        for task, wait in zip([*at_work, *queue], seconds[len(generating) :], strict=False):
            task.progress.expect(wait)
