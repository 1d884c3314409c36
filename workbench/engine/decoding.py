"""A step: whose turn it is, what goes into the batch, one decode, and what comes out of it. Engine thread only."""

import logging
import math
import time
from collections.abc import Sequence
from typing import Protocol

from workbench.engine.batch import Batch
from workbench.engine.context import ABORTED, NO_SLOT, OK, Context
from workbench.engine.interface import Finish, State
from workbench.engine.llama import Model
from workbench.engine.memory import Memory
from workbench.engine.prefixes import PrefixCache
from workbench.engine.tasks import Lane, Task
from workbench.engine.turns import Turns
from workbench.engine.waiting import Rates

log = logging.getLogger(__name__)

# Prompt tokens of a step: a quarter of a second for 1 B parameters on 2 cores, so a newcomer is seen that soon. Fixed
# and not by the clock: llama.cpp rounds differently for another batch size, and a seed must give the same ideas again.
PROMPT_CHUNK = 32
# While nobody's stream would falter, the oldest request may take more if it is a score, for which nothing is drawn.
# Eight checks of a 60-token idea fit, and take an eighth less CPU time in one decode than in steps of 32. A newcomer
# waits a second or so.
SCORE_CHUNK = 160


class Ends(Protocol):
    """Who ends tasks and lanes, and frees what they hold."""

    def end(self, task: Task, state: State, error: str | None = None) -> None:
        """End a task."""

    def finish_lane(self, lane: Lane, finish: Finish) -> None:
        """End one sequence."""


class Decoder:
    """Decodes for one adapter after the other, and measures how long that takes."""

    def __init__(self, model: Model, context: Context, memory: Memory, cache: PrefixCache, ends: Ends) -> None:
        self._model, self._context, self._memory, self._cache, self._ends = model, context, memory, cache, ends
        self.adapter: str | None = None  # of the last decode
        self.rates = Rates()
        self._turns = Turns()
        self._pieces: dict[int, bytes | None] = {}  # None: the token ends the text

    def step(self, tasks: Sequence[Task]) -> None:
        """Decode one batch for the adapter whose turn it is, and hand out what came of it."""
        tasks = [task for task in tasks if task.lanes]  # the next sequence of one in shifts may find no room yet
        adapters = list(dict.fromkeys(task.adapter for task in tasks))
        if not adapters:
            return
        started = time.monotonic()
        adapter = self._turns.choose(adapters, started)
        served = [task for task in tasks if task.adapter == adapter]
        if adapter != self.adapter:
            self._context.use_adapter(adapter)
            self.adapter = adapter
        batch = Batch(self._context, self._memory)
        generating = [lane for task in served for lane in task.lanes if lane.generating]
        batch.generate(generating)
        if any(task.writes for task in tasks) or not batch.score(served[0], SCORE_CHUNK):
            batch.prompts(served, SCORE_CHUNK if all(task.candidates for task in tasks) else PROMPT_CHUNK)
        code = self._context.decode()
        while code == NO_SLOT and self._cache.evict():  # the books say there is room, so this is a last resort
            code = self._context.decode()
        if code != OK:
            batch.undo()
        if code == ABORTED:  # somebody asked to stop; nothing was kept, the next round decides who goes on
            return
        if code != OK:
            self._fail(served, code)
            return
        batch.commit()
        self._take_outputs(batch.outputs)
        self.rates.step(len(generating), batch.size - len(generating), time.monotonic() - started)

    def _fail(self, tasks: Sequence[Task], code: int) -> None:
        reason = f"llama.cpp could not process the batch (code {code}). The partial text is kept; try again."
        log.error(reason)
        for task in tasks:
            self._ends.end(task, State.FAILED, reason)

    def _take_outputs(self, outputs: list[tuple[Lane, int]]) -> None:
        for lane, index in outputs:
            if lane.task.progress.ended:  # an earlier lane of this batch failed it
                continue
            try:
                self._take_output(lane, index)
            except Exception as error:
                log.exception("job %s failed", lane.task.job.id)
                reason = f"The request failed ({error}). The partial text is kept; try again."
                self._ends.end(lane.task, State.FAILED, reason)

    def _take_output(self, lane: Lane, index: int) -> None:
        if lane.sampler is None:
            lane.task.rows[lane.index] = softmax(self._context.logits(index, lane.task.candidates))
            self._ends.finish_lane(lane, Finish.STOP)
            return
        token = lane.sampler.sample(self._context, index)
        piece = self._piece(token)
        if piece is None:
            self._finish(lane, Finish.STOP)
            return
        lane.tokens += 1
        lane.pending = [token]
        if lane.text.push(piece):
            self._finish(lane, Finish.STOP)
        elif lane.tokens >= lane.most:
            self._finish(lane, Finish.LENGTH)
        else:
            lane.task.progress.grow(lane.index, lane.text.text, lane.tokens)

    def _finish(self, lane: Lane, finish: Finish) -> None:
        self.rates.ended(lane.tokens, lane.most)
        self._ends.finish_lane(lane, finish)

    def _piece(self, token: int) -> bytes | None:
        """Return a token's bytes, None when it ends the text; each is asked of llama.cpp once."""
        if token not in self._pieces:
            self._pieces[token] = None if self._model.is_end(token) else self._model.piece(token)
        return self._pieces[token]


def softmax(logits: Sequence[float]) -> tuple[float, ...]:
    """Return the logits as probabilities."""
    top = max(logits)
    weights = [math.exp(logit - top) for logit in logits]
    return tuple(weight / sum(weights) for weight in weights)
