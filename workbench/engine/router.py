"""Each task to the model that was chosen for it: an engine for each base, bindings read from the store.

A switch needs no restart, whichever process made it: the bindings are looked at with each request. Adapters of one
base share it. A model that cannot be used costs a sentence, and the default model does its task meanwhile.
"""

import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TypeVar
from weakref import WeakSet

from workbench.engine.footprint import available
from workbench.engine.interface import AdapterInfo, Engine, EngineStatus, Job, Listener, Request, ScoreRequest
from workbench.engine.llama_engine import LlamaEngine
from workbench.engine.loading import read_adapter
from workbench.engine.served import Served, signature
from workbench.engine.sharing import Sharing
from workbench.engine.unloaded import UnloadedEngine
from workbench.errors import ModelDamaged, ModelError, StoreError
from workbench.models import Installed, read_model
from workbench.models.tasks import ADAPTERS, TASKS, chosen_by
from workbench.records import Binding
from workbench.settings import Settings
from workbench.store import Store

T = TypeVar("T")


class Router:
    """Every method may be called from any thread. `settings.model` is the default model."""

    def __init__(self, settings: Settings, store: Store, free: Callable[[], int] = available) -> None:
        """Read what was chosen and load what brainstorming needs. `free`: bytes that may still be taken."""
        self._settings, self._store = settings, store
        self._sharing = Sharing(free)
        self._lock = threading.RLock()
        self._engines: dict[str, LlamaEngine] = {}  # by the base's hash
        self._served: dict[str, Served] = {}
        self._given: WeakSet[Served] = WeakSet()  # what runs may still go on with
        self._seen = -1  # the switch that was looked at last
        self._chosen: Mapping[str, Binding] = {}
        self._refused: dict[str, str] = {}  # base's hash -> why it could not be loaded
        self._retired: list[LlamaEngine] = []  # their file is gone; what they have begun goes on
        self._own: Executor | None = None
        engine = self._of("brainstorm").engine
        if isinstance(engine, LlamaEngine):
            try:
                engine.load()
            except ModelError as error:
                self._refuse(engine, str(error))

    def submit(self, request: Request | ScoreRequest, listener: Listener | None = None) -> Job:
        """Queue the request at what does its task now. Raises EngineBusy, EngineClosed, InputError."""
        return self._of(request.task).submit(request, listener)

    def serving(self, task: str) -> Engine:
        """Return what does this task now."""
        return self._of(task)

    def status(self) -> EngineStatus:
        """Return what brainstorming has, what the other tasks have beside it, and every base that was opened."""
        first, *others = [self._of(task).status() for task in TASKS]
        adapters = {each.name: each for each in first.adapters}
        for task, status in zip(TASKS[1:], others, strict=True):
            for adapter in status.adapters:
                name = task if adapters.get(adapter.name, adapter).sha256 != adapter.sha256 else adapter.name
                adapters[name] = replace(adapter, name=name)
        with self._lock:
            bases = tuple(engine.status() for engine in self._engines.values())
        return replace(
            first, adapters=tuple(adapters.values()), bases=bases,
            models={task: it.model for task, it in zip(TASKS[1:], others, strict=True) if it.model != first.model},
            queued=sum(base.queued for base in bases), running=sum(base.running for base in bases),
            notice=" ".join(dict.fromkeys(each.notice for each in (first, *others) if each.notice)),
        )  # fmt: skip

    def call(self, work: Callable[[], T]) -> Future[T]:
        """Run `work` where llama.cpp computes at the moment; see LlamaEngine.call."""
        with self._lock:
            holder = self._sharing.holder()
            engines = sorted(self._engines.values(), key=lambda engine: engine.sits(holder), reverse=True)
            if engines:
                return engines[0].call(work)
            self._own = self._own or ThreadPoolExecutor(1, thread_name_prefix="no-model")
            return self._own.submit(work)

    def close(self) -> None:
        """Stop every job, keep partial texts, free the models."""
        with self._lock:
            for engine in (*self._engines.values(), *self._retired):
                engine.close()
            if self._own is not None:
                self._own.shutdown(wait=False)

    # -- who does what -------------------------------------------------------------------------------------------

    def _of(self, task: str) -> Served:
        with self._lock:
            self._look()
            return self._served[chosen_by(task)]

    def _look(self) -> None:
        """Read the bindings anew when there was a switch, when a file has changed, or a model could not be loaded."""
        for engine in self._in_use():
            if engine.load_error and not self._is_default(engine):  # the default may try again: there is no other
                self._refused[engine.sha256] = engine.load_error
        seen = self._seen
        with suppress(StoreError):  # closed or locked: what was known goes on
            seen = self._store.switch_id()
        changed = any(signature(path) != known for each in self._served.values() for path, known in each.files.items())
        refused = any(engine.sha256 in self._refused for engine in self._in_use())
        if self._served and seen == self._seen and not changed and not refused:
            return
        if seen != self._seen or changed:
            self._refused.clear()
            for engine in self._engines.values():
                engine.forget_load_error()
        with suppress(StoreError):
            self._chosen = self._store.in_use().of
        chosen = self._chosen
        self._served = {task: self._serve(task, chosen.get(task)) for task in TASKS}
        self._given.update(self._served.values())
        self._seen = seen
        self._offer_adapters()
        for engine in self._engines.values():
            engine.release(engine not in self._in_use())

    def _is_default(self, engine: LlamaEngine) -> bool:
        try:
            return engine.sha256 == read_model(self._settings.model).base_sha256
        except ModelError:
            return False

    def _in_use(self) -> list[LlamaEngine]:
        return [each.engine for each in self._served.values() if isinstance(each.engine, LlamaEngine)]

    def _serve(self, task: str, binding: Binding | None) -> Served:
        """Return what does the task; where that cannot be used, the default model with the reason."""
        default, notice, watched = self._settings.model, "", []
        if binding is not None:
            adapter = Path(binding.adapter.path) if binding.adapter is not None else None
            watched = [*_files(Path(binding.base.path)), *([adapter] if adapter else [])]
            try:
                return self._open(task, Path(binding.base.path), adapter, watched)
            except ModelError as error:
                name = binding.adapter.name if binding.adapter is not None else binding.base.name
                notice = f"{name}, chosen to {task}, cannot be used, and {default.name} does it meanwhile: {error}"
        watched += _files(default)
        try:
            found = read_model(default)
            own = found.adapters.get(task) or found.adapters.get(ADAPTERS[task])
            return self._open(task, default, own, watched, notice)
        except ModelError as error:
            nothing = UnloadedEngine(default, str(error))
            return Served(task, nothing, files={path: signature(path) for path in watched})

    def _open(self, task: str, path: Path, adapter: Path | None, watched: list[Path], notice: str = "") -> Served:
        """Return the task served by this base and adapter, files checked. Raises ModelError."""
        files = {each: signature(each) for each in watched}
        installed = read_model(path)
        files.setdefault(installed.base, signature(installed.base))  # one that comes in a package lies elsewhere
        if reason := self._refused.get(installed.base_sha256):
            raise ModelDamaged(reason)
        engine = self._engine(installed, path)
        info = self._adapter(engine, adapter) if adapter is not None else None
        return Served(task, engine, installed, info, notice, files)

    def _engine(self, installed: Installed, path: Path) -> LlamaEngine:
        """Return the engine of this base; two models on one base share it."""
        engine = self._engines.get(installed.base_sha256)
        if engine is not None and engine.path.is_file():
            return engine
        if engine is not None:
            engine.release()
            self._retired.append(engine)
        chosen = self._settings.model_copy(update={"model": path})
        self._engines[installed.base_sha256] = LlamaEngine(chosen, sharing=self._sharing, load_now=False)
        return self._engines[installed.base_sha256]

    def _adapter(self, engine: LlamaEngine, path: Path) -> AdapterInfo:
        """Return the adapter, checked against its base, under a name that no other file has."""
        info = read_adapter(path.stem, path)
        info = replace(info, name=f"{path.stem}@{info.sha256[:12]}")
        engine.check_adapter(path)
        return info

    def _offer_adapters(self) -> None:
        """Tell each engine its adapters: those of the tasks, and those that runs may still go on with."""
        for engine in self._engines.values():
            infos = [each.adapter for each in self._given if each.engine is engine and each.adapter is not None]
            engine.set_adapters(infos)

    def _refuse(self, engine: LlamaEngine, reason: str) -> None:
        with self._lock:
            self._refused[engine.sha256] = reason
            self._look()


def _files(model: Path) -> list[Path]:
    """Return the files whose change makes a model another one."""
    return [model / "manifest.json", *model.glob("*.gguf")] if model.is_dir() else [model]
