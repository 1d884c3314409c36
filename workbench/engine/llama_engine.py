"""The engine on llama.cpp: callers put jobs into a bounded queue, one owner thread decodes them."""

import atexit
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import Self, TypeVar

from workbench.engine.admission import check, new_job
from workbench.engine.footprint import resident
from workbench.engine.intake import CLOSED, Intake
from workbench.engine.interface import AdapterInfo, EngineStatus, Job, Listener, Request, ScoreRequest
from workbench.engine.loading import Loaded, memory_needed, read_plan
from workbench.engine.owner import Owner
from workbench.engine.preparing import prepare
from workbench.engine.runner import Runner
from workbench.engine.sharing import Seat, Sharing
from workbench.engine.tasks import Task
from workbench.models.gguf import read_header
from workbench.models.installed import check_adapter
from workbench.settings import Settings

T = TypeVar("T")


class LlamaEngine:
    """One base model, hot-swapped adapters, side-by-side sequences. Every method may be called from any thread."""

    def __init__(self, settings: Settings, *, sharing: Sharing | None = None, load_now: bool = True) -> None:
        """Check the files, and load the model now or at its first use. Raises ModelError with the sentence to show.

        `sharing`: what it shares with the other engines of this process.
        """
        self._plan = read_plan(settings)
        self._idle_s = settings.idle_unload_minutes * 60 or None
        self._intake = Intake()
        self._life = threading.Lock()  # one thread at a time hands work over, and starts an owner where there is none
        self._sharing = sharing
        mapped = self._plan.header.bytes
        # llama.cpp repacks the weights of some quantisations: a second copy beside the mapped file.
        self._seat = sharing.seat(self._intake, memory_needed(self._plan) + mapped, mapped) if sharing else None
        self._owner = self._new_owner(None)
        atexit.register(self.close)  # or the interpreter ends under a running decode
        if not load_now:
            return
        try:
            self.load()
        except BaseException:
            self.close()
            raise

    def load(self) -> None:
        """Load the model unless it is in memory, and wait for it. Raises ModelError, EngineError."""

        def load() -> None:
            self._owner.load()  # the one that runs this: another may have taken over since it was asked for

        self.call(load).result()

    def release(self, released: bool = True) -> None:
        """Have the model leave memory whenever nothing waits for it, or stay; it loads again on use either way."""
        assert self._seat is not None, "an engine that shares nothing keeps its model"
        if self._seat.released != released:
            self._seat.release(released)

    @property
    def sha256(self) -> str:
        """The base's hash."""
        return self._plan.installed.base_sha256

    @property
    def path(self) -> Path:
        """The base's file."""
        return self._plan.installed.base

    @property
    def load_error(self) -> str:
        """Why the model could not be loaded at its last use, one sentence; "" when it could."""
        return self._owner.load_error

    def forget_load_error(self) -> None:
        """Let the next use try again."""
        self._owner.load_error = ""

    def sits(self, seat: Seat | None) -> bool:
        """Say whether this is the engine's seat."""
        return seat is not None and self._seat is seat

    def check_adapter(self, path: Path) -> None:
        """Raise ModelError unless the adapter's file is whole and fits the base."""
        check_adapter(read_header(path), self._plan.header, self.sha256)

    def set_adapters(self, adapters: Iterable[AdapterInfo]) -> None:
        """Offer these adapters, which were checked, from now on; the base stays in memory.

        A request that has begun goes on with its own. A new adapter is loaded at its first use; an old one leaves
        memory with the base.
        """
        by_name = {each.name: each for each in adapters}
        self._plan = replace(self._plan, adapters=tuple(by_name[name] for name in sorted(by_name)))

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

    def forget_prompts(self) -> None:
        """Drop what is kept of earlier prompts: a comparison measures each prompt from its first token on."""

        def forget() -> None:
            if (runner := self._owner.runner) is not None:
                runner.forget_prompts()

        self.call(forget).result()

    def serving(self, task: str) -> Self:
        """Return itself: it does every task."""
        return self

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
        if self._sharing is not None and self._seat is not None:
            self._sharing.remove(self._seat)

    def _ensure_owner(self) -> None:
        """Start an owner when the last one has unloaded the model, or died."""
        if not (self._intake.served and self._owner.thread.is_alive()):
            self._owner = self._new_owner(self._owner)

    def _new_owner(self, before: Owner | None) -> Owner:
        return Owner(
            lambda: self._plan, self._intake, self._idle_s, before, seat=self._seat, succeed=self._start_successor
        )

    def _start_successor(self, owner: Owner) -> bool:
        """Start the thread that takes this one's place; False when the engine is closing."""
        with self._life:
            if self._intake.closing:
                return False
            self._owner = self._new_owner(owner)
            return True

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
