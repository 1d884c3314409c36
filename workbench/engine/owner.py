"""The one thread that computes. It loads the model when there is work, serves round after round, and frees it.

Only one such thread of an engine lives at a time, and what it loaded goes with it, or to the one that takes its place
when another engine's turn has come: see sharing.py.
"""

import logging
import threading
import time
from collections.abc import Callable

from workbench.engine import calls
from workbench.engine.footprint import give_back
from workbench.engine.intake import CLOSED, Intake
from workbench.engine.interface import State, Weights
from workbench.engine.loading import Loaded, Plan, load
from workbench.engine.preparing import make_ready
from workbench.engine.runner import Runner
from workbench.engine.sharing import Seat
from workbench.engine.tasks import Task
from workbench.errors import EngineClosed, WorkbenchError

log = logging.getLogger(__name__)

EXPECT_EVERY = 0.25  # seconds between two estimates of how long each one waits
DIED = "The engine stopped unexpectedly. The partial text is kept; the next request starts it anew."
FAULT = "The engine met a fault ({}). The partial text is kept; try again."


class Owner:
    """A thread's life: from the first piece of work until it is closed, dies, or has been idle for a while."""

    def __init__(
        self, plan: Callable[[], Plan], intake: Intake, idle_s: float | None, before: "Owner | None" = None, *,
        seat: Seat | None = None, succeed: "Callable[[Owner], bool] | None" = None,
    ) -> None:  # fmt: skip
        """`before`: the one whose place it takes; it is waited for, on this one's thread.

        With a `seat`, other engines compute too; `succeed` starts the thread that takes this one's place.
        """
        self._plan, self._intake, self._idle_s = plan, intake, idle_s
        self._before, self._seat, self._succeed = before, seat, succeed
        self.loaded: Loaded | None = None  # changed under `reading`
        self.runner: Runner | None = None
        self.loading = False
        self.load_error = ""  # of the last try
        self._expect_at = 0.0
        self._load_s: float = before._load_s if before is not None else 0.0  # what loading took the last time
        self._began_loading = 0.0
        self.reading = threading.Lock()  # held while another thread reads what is loaded
        intake.served = True
        self.thread: threading.Thread
        self.thread = threading.Thread(target=self._live, name="llama-engine", daemon=True)
        self.thread.start()

    @property
    def weights(self) -> Weights:
        """Where the model is."""
        if self.loading:
            return Weights.LOADING
        before = self._before
        there = self.runner is not None or (before is not None and before.runner is not None)
        return Weights.LOADED if there else Weights.UNLOADED

    def abort(self) -> None:
        """Make the decode that runs give up. Safe from any thread."""
        if (runner := self.runner) is not None:
            runner.context.ask_abort(True)

    def load(self) -> Runner:
        """Load the model unless it is there; engine thread only. Raises ModelError, and then holds nothing."""
        if self.runner is None:
            self.loading, self._began_loading = True, time.monotonic()
            try:
                plan = self._plan()
                loaded = load(plan, self._go_on_loading)
                try:
                    runner = Runner(loaded.model, plan.n_ctx, plan.threads)
                except BaseException:
                    loaded.model.close()
                    raise
                with self.reading:
                    self.loaded, self.runner = loaded, runner
                if self._seat is not None:
                    self._seat.hold(True)
                self._load_s, self.load_error = time.monotonic() - self._began_loading, ""
            finally:
                self.loading = False
        return self.runner

    def _live(self) -> None:
        """Serve. However it ends, no job is left waiting, and no memory is kept that nobody took over."""
        state, reason, handed_over = State.FAILED, DIED, False
        try:
            if self._before is not None:
                self._before.thread.join()
                self._take_over(self._before)
            handed_over = self._serve()
            state, reason = State.STOPPED, CLOSED
        finally:
            try:
                if not handed_over:
                    self._end_all(state, reason)
                    self._free()
            finally:
                if self._seat is not None:
                    self._seat.leave()

    def _take_over(self, before: "Owner") -> None:
        """Take what the thread before this one has left in memory, if it has."""
        with self.reading, before.reading:
            self.loaded, self.runner = before.loaded, before.runner
            before.loaded = before.runner = None
        self._before = None

    def _serve(self) -> bool:
        """Go round after round; True when another thread goes on with what is loaded, False at the end."""
        while self._intake.wait(busy=self._busy, seconds=self._idle_s):
            if self._seat is None or self._turn(self._seat):
                self._round()
            if self._seat is not None and self._seat.over(busy=self._busy):
                assert self._succeed is not None
                if self._succeed(self):
                    return True
        return False

    def _turn(self, seat: Seat) -> bool:
        """Say whether there is something to compute and this engine's turn to do so."""
        waiting, busy = self._intake.waiting, self._busy
        if not busy and (seat.asked or (seat.released and not waiting)):
            self._free()
        if busy or waiting:
            if seat.enter(busy=busy, loads=self.runner is None and bool(self._intake.tasks())):
                return True
            self._end_stopped()
        if not (self._busy or self._intake.waiting):
            seat.withdraw()
        return False

    def _end_stopped(self) -> None:
        """End what was stopped while others compute."""
        if self.runner is not None:
            self.runner.sweep()
        self._end_stopped_in_queue()

    def _end_stopped_in_queue(self) -> None:
        for task in self._intake.tasks():
            if task.job.stop_asked.is_set():
                task.end(State.STOPPED)
        self._intake.forget_begun()

    @property
    def _busy(self) -> bool:
        return self.runner is not None and bool(self.runner.tasks)

    def _round(self) -> None:
        """Run a call, end what is to end, start what has room, decode one batch."""
        if (call := self._intake.take_call()) is not None:
            calls.run(*call)
        runner = self.runner
        try:
            queue = self._intake.tasks()
            if queue and runner is None:
                runner = self._load_for(queue)
            if runner is None:
                return
            runner.context.ask_abort(False)  # before the sweep: a stop asked for after it aborts the decode below
            runner.sweep()
            self._admit(runner)
            runner.step()
        except Exception as error:
            log.exception("the engine met a fault")
            if runner is not None:
                runner.reset(FAULT.format(error))

    def _load_for(self, queue: list[Task]) -> Runner | None:
        """Load the model for those who wait; if that fails, tell them why."""
        try:
            return self.load()
        except Exception as error:
            if self._intake.closing:
                return None
            known = isinstance(error, WorkbenchError)
            if not known:
                log.exception("the model could not be loaded again")
            self.load_error = str(error) if known else FAULT.format(error)
            for task in queue:
                task.end(State.FAILED, self.load_error)
            self._intake.forget_begun()
            return None

    def _go_on_loading(self) -> bool:
        """Asked while the model is read from the disk: a job can be stopped, and the engine closed, meanwhile."""
        left = self._began_loading + self._load_s - time.monotonic()
        for task in self._intake.tasks():
            if task.job.stop_asked.is_set():
                task.end(State.STOPPED)
            else:
                task.progress.expect(max(0.0, left))
        self._intake.forget_begun()
        return not self._intake.closing

    def _admit(self, runner: Runner) -> None:
        """Move jobs from the queue to the batch; end those stopped while waiting; number the rest."""
        assert self.loaded is not None
        self._end_stopped_in_queue()
        queue = self._intake.tasks()
        for task in queue:
            make_ready(task, self.loaded, self._plan())
        # Another engine waits for this one's room: what has begun is brought to its end, nothing else begins.
        runner.admit([] if self._seat is not None and self._seat.draining else queue)
        waiting = self._intake.forget_begun()
        for position, task in enumerate(waiting):
            task.progress.queue(position)
        if time.monotonic() >= self._expect_at:
            runner.expect([task for task in waiting if task.prepared])  # one may just have come in
            self._expect_at = time.monotonic() + EXPECT_EVERY

    def _end_all(self, state: State, reason: str) -> None:
        """End everything that is at work or waits; what comes in meanwhile too."""
        for task in list(self.runner.tasks) if self.runner is not None else []:
            self._end(task, state, reason)
        while self._intake.served:
            tasks, futures = self._intake.drain()
            for future in futures:
                future.set_exception(EngineClosed(reason))
            for task in tasks:
                self._end(task, state, reason)

    def _end(self, task: Task, state: State, reason: str) -> None:
        try:
            if self.runner is not None:
                self.runner.end(task, state, reason)
            else:
                task.end(state, reason)
        except BaseException:  # the other jobs must be told too
            log.exception("could not end job %s", task.job.id)

    def _free(self) -> None:
        """Give back the model's memory and the KV memory."""
        started = time.monotonic()
        with self.reading:
            loaded, runner, self.loaded, self.runner = self.loaded, self.runner, None, None
        if runner is not None:
            runner.close()
        if loaded is not None:
            loaded.model.close()
            give_back()
            if self._seat is not None:
                self._seat.hold(False)
            log.info("the model left memory in %.2f s", time.monotonic() - started)
