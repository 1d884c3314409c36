"""The recorder: one thread that writes what runs produce to the store, so that a kill loses at most half a second.

The engine's thread only drops the run into a queue; SQLite never slows a token down.
"""

import json
import logging
import queue
import threading
import time
from collections.abc import Callable

from workbench.assist.runs import Run, Slot, completions, whole
from workbench.engine.interface import Completion, Job, View
from workbench.errors import WorkbenchError
from workbench.store import Store

log = logging.getLogger(__name__)
SAVE_EVERY = 0.5  # seconds between saves of one growing text

Finished = Callable[[Run, Job, Slot, Completion], None]


class Recorder:
    """Writes growing and finished completions down, in order, on a thread of its own."""

    def __init__(self, store: Store, finished: Finished):
        """`finished` is called on the recorder's thread, once for each completion or scoring job that ended."""
        self._store = store
        self._finished = finished
        self._queue: queue.Queue[Run | None] = queue.Queue()
        self._thread = threading.Thread(target=self._work, name="recorder", daemon=True)
        self._thread.start()

    def look(self, run: Run) -> None:
        """Have the run written down soon; returns at once."""
        self._queue.put(run)

    def close(self) -> None:
        """Write everything that is waiting, then end."""
        self._queue.put(None)
        self._thread.join(timeout=10)

    def _work(self) -> None:
        while (run := self._queue.get()) is not None:
            try:
                with run.lock:
                    written = self._record(run)
            except WorkbenchError as error:
                run.fault, written = str(error), True
                log.error("could not write run %s down: %s", run.id, error)
            except Exception:
                run.fault, written = "A result could not be written to the database; the log says why.", True
                log.exception("could not write run %s down", run.id)
            if written and all(job.view().ended for job in run.jobs):
                run.settled.set()

    def _record(self, run: Run) -> bool:
        """Write down what there is; True when nothing of the run is left to write."""
        for job in run.jobs:
            view = job.view()
            for slot, completion in zip(run.slots[job.id], completions(run, job, view), strict=True):
                if slot.recorded or slot.generation_id is None:
                    continue
                if completion.finish is not None or view.ended:
                    self._finish(slot, slot.generation_id, view, completion)
                    slot.recorded = True
                    self._finished(run, job, slot, completion)
                else:
                    self._save(slot, slot.generation_id, completion)
        return all(slot.recorded for slots in run.slots.values() for slot in slots)

    def _finish(self, slot: Slot, generation_id: int, view: View, completion: Completion) -> None:
        scored = json.dumps([[round(p, 4) for p in row] for row in view.probabilities]) if view.probabilities else ""
        self._store.finish_generation(
            generation_id, text=whole(slot, completion) or scored, prompt_tokens=completion.prompt_tokens,
            tokens=completion.tokens, first_token_s=completion.first_token_s, seconds=completion.seconds,
            finish=completion.finish or view.state.value, error=view.error,
        )  # fmt: skip

    def _save(self, slot: Slot, generation_id: int, completion: Completion) -> None:
        now, text = time.monotonic(), whole(slot, completion)
        if text != slot.saved_text and now - slot.saved_at >= SAVE_EVERY:
            self._store.update_generation(generation_id, text=text, tokens=completion.tokens)
            slot.saved_text, slot.saved_at = text, now
