"""The engine on llama.cpp: callers put jobs into a bounded queue, one owner thread decodes them."""

import atexit
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

from workbench.engine.admission import check, new_job
from workbench.engine.footprint import resident
from workbench.engine.intake import CLOSED, Intake
from workbench.engine.interface import EngineStatus, Job, Listener, Request, ScoreRequest
from workbench.engine.loading import Loaded, read_plan
from workbench.engine.owner import Owner
from workbench.engine.preparing import prepare
from workbench.engine.runner import Runner
from workbench.engine.tasks import Task
from workbench.settings import Settings

T = TypeVar("T")


class LlamaEngine:
    """One base model, hot-swapped adapters, side-by-side sequences. Every method may be called from any thread."""

    def __init__(self, settings: Settings) -> None:
        """Load the model. Raises ModelError with the sentence to show."""
        self._plan = read_plan(settings)
        self._idle_s = settings.idle_unload_minutes * 60 or None
        self._intake = Intake()
        self._life = threading.Lock()  # one thread at a time hands work over, and starts an owner where there is none
        self._owner = Owner(self._plan, self._intake, self._idle_s)
        atexit.register(self.close)  # or the interpreter ends under a running decode
        try:
            self.call(self._owner.load).result()
        except BaseException:
            self.close()
            raise

    def submit(self, request: Request | ScoreRequest, listener: Listener | None = None) -> Job:
        """Queue the request; an unloaded model is loaded meanwhile. Raises EngineBusy, EngineClosed, InputError."""
        check(request, {adapter.name for adapter in self._plan.adapters})
        task = Task(new_job(request, listener))
        task.job._wake = self._on_stop
        with self._life:
            owner = self._owner
            with owner.reading:
                if owner.loaded is not None:  # else the owner prepares it, and a refusal becomes the job's error
                    prepare(task, owner.loaded, self._plan.n_ctx)
            self._intake.put(task)
            self._ensure_owner()
        return task.job

    def call(self, work: Callable[[], T]) -> Future[T]:
        """Run `work` on the engine's thread between two steps. Everybody waits for it: some tenths of a second at most.

        For whatever else computes with llama.cpp, an embedding context for one. A second thread that does so has a
        pool of its own, the two pools spin against each other, and both run at 60 % of their speed. The thread is
        another one after an idle unload. A listener may ask for a call but not wait for it: it runs on that thread.
        Raises EngineBusy, EngineClosed; so may the future.
        """
        with self._life:
            future = self._intake.put_call(work)
            self._ensure_owner()
        return future

    def status(self) -> EngineStatus:
        """Return what is loaded and at work."""
        plan, owner = self._plan, self._owner
        runner = owner.runner
        return EngineStatus(
            model=plan.installed.name,
            path=plan.installed.base,
            sha256=plan.installed.base_sha256,
            parameters=plan.header.parameters,
            bytes=plan.header.bytes,
            context=plan.n_ctx,
            adapters=plan.adapters,
            active_adapter=runner.active_adapter if runner is not None else None,
            kv_bytes=plan.kv_bytes,
            resident_bytes=resident(),
            queued=len(self._intake.tasks()),
            running=len(runner.tasks) if runner is not None else 0,
            error=CLOSED if self._intake.closing else None,
            weights=owner.weights,
        )

    def close(self) -> None:
        """Stop every job, keep partial texts, free the model."""
        if not self._intake.close():
            return
        atexit.unregister(self.close)
        with self._life:
            owner = self._owner
        owner.abort()
        if threading.current_thread() is not owner.thread:  # a listener may close: the thread ends by itself
            owner.thread.join()

    def _ensure_owner(self) -> None:
        """Start an owner when the last one has unloaded the model, or died."""
        if not (self._intake.served and self._owner.thread.is_alive()):
            self._owner = Owner(self._plan, self._intake, self._idle_s, before=self._owner)

    def _on_stop(self, job: Job) -> None:
        if not job._ended.is_set():
            self._owner.abort()

    @property
    def _loaded(self) -> Loaded:
        """What is in memory, for measurements."""
        assert self._owner.loaded is not None, "the model is unloaded"
        return self._owner.loaded

    @property
    def _runner(self) -> Runner:
        """What is at work, for measurements; not to be touched while anything is."""
        assert self._owner.runner is not None, "the model is unloaded"
        return self._owner.runner
