"""The engine on a server: one thread with an event loop sends the requests, streams what comes, and stops at once."""

import asyncio
import atexit
import logging
import threading
from contextlib import suppress
from typing import Self

import psutil

from workbench.engine.admission import BUSY, MAX_QUEUED, check, new_job
from workbench.engine.interface import EngineStatus, Job, Listener, Request, ScoreRequest, State
from workbench.engine.progress import Progress
from workbench.engine.remote.server import Server
from workbench.engine.remote.serving import Serving
from workbench.engine.remote.target import read_key, read_target
from workbench.errors import EngineBusy, EngineClosed
from workbench.settings import Settings

log = logging.getLogger(__name__)

CLOSED = "The engine was closed. Start the app again."
DIED = "The engine stopped unexpectedly. The partial text is kept; the next request starts it anew."


class RemoteEngine:
    """A server's models, without adapters. Every method may be called from any thread."""

    def __init__(self, settings: Settings) -> None:
        """Check what the settings say; nothing is contacted before the first request. Raises InputError."""
        self._target, self._parallel = read_target(settings), settings.remote_parallel
        read_key()
        self._lock = threading.Lock()  # guards what follows; no listener is called under it
        self._jobs: dict[Job, asyncio.Task[None] | None] = {}  # not ended; None: the loop has not taken it up yet
        self._waiting: list[Job] = []  # no request of theirs is at work yet
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._closing = False
        atexit.register(self.close)

    def submit(self, request: Request | ScoreRequest, listener: Listener | None = None) -> Job:
        """Queue the request. Raises EngineBusy, EngineClosed, InputError."""
        check(request, ())
        with self._lock:
            if self._closing:
                raise EngineClosed(CLOSED)
            if len(self._waiting) >= MAX_QUEUED:
                raise EngineBusy(BUSY)
            loop = self._loop or self._start()
            job = new_job(request, listener)
            job._wake = self._on_stop
            Progress(job).queue(len(self._waiting))
            self._jobs[job] = None
            self._waiting.append(job)
            with suppress(RuntimeError):  # the loop has just died: `_work` ends the job
                loop.call_soon_threadsafe(self._take_up, job)
        return job

    def serving(self, task: str) -> Self:
        """Return itself: it does every task."""
        return self

    def status(self) -> EngineStatus:
        """Return which model is asked where, and what is at work."""
        with self._lock:
            queued, running = len(self._waiting), len(self._jobs) - len(self._waiting)
        return EngineStatus(
            model=self._target.model,
            path=None,
            sha256="",
            parameters=0,
            bytes=0,
            context=0,
            adapters=(),
            active_adapter=None,
            kv_bytes=0,
            resident_bytes=int(psutil.Process().memory_info().rss),
            queued=queued,
            running=running,
            error=CLOSED if self._closing else None,
            server=self._target.place,
            models=self._target.models,
        )

    def close(self) -> None:
        """Stop every job, keep partial texts, close the connections."""
        with self._lock:
            if self._closing:
                return
            self._closing, loop, thread = True, self._loop, self._thread
        atexit.unregister(self.close)
        if loop is None or thread is None:
            return
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(self._over.set)
        if threading.current_thread() is not thread:
            thread.join()

    def _on_stop(self, job: Job) -> None:
        with self._lock:
            loop = self._loop
        if loop is not None:
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(self._cancel, job)

    # -- the event loop's thread ----------------------------------------------------------------------------------

    def _start(self) -> asyncio.AbstractEventLoop:
        """Start the thread and return its loop; the lock is held."""
        self._server = Server(self._target)
        ready = threading.Event()
        self._thread = threading.Thread(target=self._work, args=(ready,), name="remote-engine", daemon=True)
        self._thread.start()
        ready.wait()
        assert self._loop is not None, "the thread ended before it began"
        return self._loop

    def _work(self, ready: threading.Event) -> None:
        """Serve until closed. However it ends, no job is left waiting."""
        try:
            asyncio.run(self._serve(ready))
        finally:
            ready.set()
            with self._lock:
                self._loop, left = None, list(self._jobs)
                self._jobs.clear()
                self._waiting.clear()
            for job in left:
                try:
                    Progress(job).end(State.FAILED, DIED)
                except BaseException:  # the other jobs must be told too
                    log.exception("could not end job %s", job.id)

    async def _serve(self, ready: threading.Event) -> None:
        self._over, self._room = asyncio.Event(), asyncio.Semaphore(self._parallel)
        self._loop = asyncio.get_running_loop()
        ready.set()
        try:
            await self._over.wait()
        finally:
            tasks = [task for task in list(self._jobs.values()) if task is not None]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self._server.close()

    def _take_up(self, job: Job) -> None:
        serving = Serving(job, self._target, self._room, self._begun)
        task = asyncio.create_task(serving.run(self._server))
        with self._lock:
            self._jobs[job] = task
        task.add_done_callback(lambda task: self._done(serving, job, task))
        if job.stop_asked.is_set():
            task.cancel()

    def _cancel(self, job: Job) -> None:
        if task := self._jobs.get(job):
            task.cancel()

    def _begun(self, job: Job) -> None:
        """Number those that still wait."""
        with self._lock:
            if job in self._waiting:
                self._waiting.remove(job)
            for position, waiting in enumerate(self._waiting):
                Progress(waiting).queue(position)

    def _done(self, serving: Serving, job: Job, task: asyncio.Task[None]) -> None:
        """Forget the job, and end it unless it ended by itself."""
        self._begun(job)
        with self._lock:
            self._jobs.pop(job, None)
        if not task.cancelled() and (error := task.exception()):
            log.error("job %s met a fault", job.id, exc_info=error)
        if serving.progress.ended:
            return
        if job.stop_asked.is_set():
            serving.stop(State.STOPPED)
        elif self._closing:
            serving.stop(State.STOPPED, CLOSED)
        else:
            serving.stop(State.FAILED, DIED)
