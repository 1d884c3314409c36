"""The engine on llama.cpp: callers put jobs into a bounded queue, one owner thread decodes them."""

import atexit
import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

from workbench.engine import calls
from workbench.engine.admission import BUSY, MAX_QUEUED, check, new_job
from workbench.engine.footprint import resident, threads_for
from workbench.engine.interface import EngineStatus, Job, Listener, Request, ScoreRequest, State
from workbench.engine.loading import load
from workbench.engine.runner import LANES, PREFIXES, Runner
from workbench.engine.tasks import Task
from workbench.errors import EngineBusy, EngineClosed, InputError
from workbench.settings import Settings

log = logging.getLogger(__name__)
T = TypeVar("T")

CLOSED = "The engine was closed. Start the app again."
DIED = "The engine stopped unexpectedly. The partial text is kept; the next request starts it anew."
FAULT = "The engine met a fault ({}). The partial text is kept; try again."


class LlamaEngine:
    """One base model, hot-swapped adapters, side-by-side sequences. Every method may be called from any thread."""

    def __init__(self, settings: Settings) -> None:
        """Load the model. Raises ModelError with the sentence to show."""
        self._loaded = load(settings, LANES + PREFIXES)
        self._threads = settings.threads or threads_for(self._loaded.header.bytes)
        self._adapters = {adapter.name for adapter in self._loaded.adapters}
        self._life = threading.Lock()  # held while the model is in use outside the owner thread
        self._work_came = threading.Condition()  # guards _queue, _calls, _closing and _serving
        self._queue: list[Task] = []
        self._calls = calls.Calls()
        self._closing = False
        self._start()
        atexit.register(self.close)  # or the interpreter ends under a running decode

    def submit(self, request: Request | ScoreRequest, listener: Listener | None = None) -> Job:
        """Queue the request. Raises EngineBusy, EngineClosed, InputError."""
        check(request, self._adapters)
        with self._life:
            if self._closing:
                raise EngineClosed(CLOSED)
            task = self._prepare(request, listener)
            with self._work_came:
                if self._closing:
                    raise EngineClosed(CLOSED)
                if len(self._queue) >= MAX_QUEUED:
                    raise EngineBusy(BUSY)
                self._revive()
                task.progress.queue(len(self._queue))
                self._queue.append(task)
                self._work_came.notify()
        return task.job

    def call(self, work: Callable[[], T]) -> Future[T]:
        """Run `work` on the engine's thread between two steps. Everybody waits for it: some tenths of a second at most.

        For whatever else computes with llama.cpp, an embedding context for one. A second thread that does so has a
        pool of its own, the two pools spin against each other, and both run at 60 % of their speed. A listener may
        ask for a call but not wait for it: it runs on that thread. Raises EngineBusy, EngineClosed; so may the future.
        """
        with self._life, self._work_came:
            if self._closing:
                raise EngineClosed(CLOSED)
            self._revive()
            future = self._calls.put(work)
            self._work_came.notify()
        return future

    def status(self) -> EngineStatus:
        """Return what is loaded and at work."""
        loaded, runner = self._loaded, self._runner
        with self._work_came:
            queued = len(self._queue)
        return EngineStatus(
            model=loaded.installed.name,
            path=loaded.installed.base,
            sha256=loaded.installed.base_sha256,
            parameters=loaded.header.parameters,
            bytes=loaded.header.bytes,
            context=loaded.n_ctx,
            adapters=loaded.adapters,
            active_adapter=runner.active_adapter,
            kv_bytes=loaded.kv_bytes,
            resident_bytes=resident(),
            queued=queued,
            running=len(runner.tasks),
            error=CLOSED if self._closing else None,
        )

    def close(self) -> None:
        """Stop every job, keep partial texts, free the model."""
        with self._work_came:
            if self._closing:
                return
            self._closing = True
            self._work_came.notify()
        atexit.unregister(self.close)
        self._runner.context.ask_abort(True)
        if threading.current_thread() is self._thread:
            return  # called by a listener: the thread ends by itself, the memory goes with the process
        self._thread.join()
        with self._life:
            self._runner.close()
            self._loaded.model.close()

    # -- preparing, on the caller's thread ------------------------------------------------------------------------

    def _prepare(self, request: Request | ScoreRequest, listener: Listener | None) -> Task:
        """Tokenise the request, cut to what a sequence can hold."""
        chat, most = self._loaded.chat, min(self._runner.memory.total, self._loaded.model.n_ctx_train)
        if isinstance(request, ScoreRequest):
            max_new, candidates = 0, [chat.candidate(text) for text in request.candidates]
            if len(set(candidates)) < len(candidates):
                raise InputError(
                    f"The answers {', '.join(request.candidates)} begin with the same token. Choose others."
                )
        else:
            max_new, candidates = min(request.sampling.max_tokens, most // 2), []
        prompts, note = chat.fit(request.prompts, most - max_new)
        job = new_job(request, listener)
        job._wake = self._on_stop
        task = Task(job, prompts, candidates, max_new)
        if note:
            task.progress.note(note)
        return task

    def _on_stop(self, job: Job) -> None:
        if not job._ended.is_set():
            self._runner.context.ask_abort(True)

    # -- the owner thread -----------------------------------------------------------------------------------------

    def _start(self) -> None:
        self._runner = Runner(self._loaded.model, self._loaded.n_ctx, self._threads)
        self._serving = True
        self._thread = threading.Thread(target=self._work, args=(self._runner,), name="llama-engine", daemon=True)
        self._thread.start()

    def _revive(self) -> None:
        """Replace a dead thread and its context, whose state nobody knows."""
        if self._serving and self._thread.is_alive():
            return
        log.error("the engine's thread had died; starting another")
        self._thread.join()
        self._runner.close()
        self._start()

    def _work(self, runner: Runner) -> None:
        """Serve until closed. However it ends, no job is left waiting."""
        state, reason = State.FAILED, DIED
        try:
            while self._await_work(runner):
                self._round(runner)
            state, reason = State.STOPPED, CLOSED
        finally:
            while self._serving:
                for task in self._leftovers(runner):
                    try:
                        runner.end(task, state, reason)
                    except BaseException:  # the other jobs must be told too
                        log.exception("could not end job %s", task.job.id)

    def _leftovers(self, runner: Runner) -> list[Task]:
        """Take every unfinished job out; once there is none, say that this thread serves no more."""
        with self._work_came:
            left, self._queue = [*runner.tasks, *self._queue], []
            runner.tasks.clear()
            calls_left = self._calls.take_all()
            self._serving = bool(left or calls_left)
        for _, future in calls_left:
            future.set_exception(EngineClosed(CLOSED if self._closing else DIED))
        return left

    def _await_work(self, runner: Runner) -> bool:
        """Block until there is something to do; False when the engine is to close."""
        with self._work_came:
            self._work_came.wait_for(lambda: self._closing or self._queue or self._calls or runner.tasks)
            return not self._closing

    def _round(self, runner: Runner) -> None:
        """Run a call, end what is to end, start what has room, decode one batch."""
        with self._work_came:
            called = self._calls.take()
        if called is not None:
            calls.run(*called)
        runner.context.ask_abort(False)  # before the sweep: a stop asked for after it aborts the decode below
        try:
            runner.sweep()
            self._admit(runner)
            runner.step()
        except Exception as error:
            log.exception("the engine met a fault")
            runner.reset(FAULT.format(error))

    def _admit(self, runner: Runner) -> None:
        """Move jobs from the queue to the batch; end those stopped while waiting; number the rest."""
        with self._work_came:
            queue = list(self._queue)
        for task in queue:
            if task.job.stop_asked.is_set():
                runner.end(task, State.STOPPED)
        runner.admit(queue)
        with self._work_came:
            self._queue = [task for task in self._queue if not (task.begun or task.progress.ended)]
            queue = list(self._queue)
        for position, task in enumerate(queue):
            task.progress.queue(position)
