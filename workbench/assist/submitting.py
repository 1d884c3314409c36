"""From a click to jobs in the engine and rows in the log: what the three verbs have in common."""

import secrets
import threading
from abc import ABC, abstractmethod
from dataclasses import asdict, replace

from workbench.assist.prompts import VERSION
from workbench.assist.recorder import Recorder
from workbench.assist.runs import Run, Slot
from workbench.engine.embedding import Embedder
from workbench.engine.interface import Completion, Engine, EngineStatus, Job, Request, Sampling, ScoreRequest
from workbench.errors import EngineClosed, InputError, WorkbenchError
from workbench.models.tasks import ADAPTERS
from workbench.store import Library, Store

AT_ONCE = 16  # sequences side by side in one request
REMEMBERED = 100  # ended runs kept readable
SMALL = 300_000_000  # parameters; under this a model writes no question and no dimension that makes sense
ONE_LINE = ("\n",)


class Submitting(ABC):
    """The engine, the store, the library, and the runs between them. Runs outlive the page that started them."""

    def __init__(self, engine: Engine, store: Store, library: Library, embedder: Embedder | None = None):
        """`embedder`: None when no embedding model is configured."""
        self.engine, self.store, self.library, self.embedder = engine, store, library, embedder
        self._runs: list[Run] = []
        self._lock = threading.Lock()
        self._recorder = Recorder(store, self._finished)

    @abstractmethod
    def _finished(self, run: Run, job: Job, slot: Slot, completion: Completion) -> None:
        """Turn what ended into rows."""

    def runs(self, *, board_id: int | None = None, idea_id: int | None = None, task: str | None = None) -> list[Run]:
        """Return this process's runs, newest first, live and ended."""
        with self._lock:
            found = self._runs[::-1]
        return [
            run for run in found
            if board_id in (None, run.board_id) and idea_id in (None, run.idea_id) and task in (None, run.task)
        ]  # fmt: skip

    def run(self, run_id: str) -> Run | None:
        """Return the run with this id, if this process remembers it."""
        return next((run for run in self.runs() if run.id == run_id), None)

    @property
    def small(self) -> bool:
        """True when the model at work is too small to reword a question or to propose dimensions."""
        return 0 < self.engine.status().parameters < SMALL

    def close(self) -> None:
        """Stop every run, write partial texts down, free the model, close the store."""
        if self.embedder:
            self.embedder.close()  # lives on the engine's thread
        self.engine.close()
        for run in self.runs():
            self._recorder.look(run)
        self._recorder.close()
        self.store.close()

    def _status(self, task: str, run: Run | None = None) -> EngineStatus:
        """Return the status of what does the task, or of what the run has begun with. Raises EngineClosed."""
        engine = run.engine if run is not None and run.engine is not None else self.engine.serving(task)
        status = engine.status()
        if status.error:
            raise EngineClosed(status.error)
        return status

    def _adapter(self, task: str, run: Run | None = None) -> str | None:
        status = self._status(task, run)
        return next((adapter.name for adapter in status.adapters if adapter.name == ADAPTERS[task]), None)

    def _submit(self, run: Run, request: Request | ScoreRequest, slots: list[Slot]) -> None:
        """Queue the request as a part of the run, which is stopped whole when that cannot be done."""
        try:
            self._add(run, request, slots)
        except WorkbenchError:  # a full queue, a full disk: nobody would see what goes on of such a run
            run.stop()
            raise

    def _add(self, run: Run, request: Request | ScoreRequest, slots: list[Slot]) -> None:
        """Queue the request and log a generation row for each slot, before anything of it can be written down."""
        with run.lock:  # the recorder waits until the rows are there
            run.engine = run.engine or self.engine.serving(request.task)
            job = run.engine.submit(request, lambda _: self._recorder.look(run))
            run.jobs.append(job)
            run.slots[job.id] = slots
            try:
                for index, slot in enumerate(slots):
                    if slot.generation_id is None:
                        slot.generation_id = self._log(run, job, index, slot, request.adapter)
                    else:  # it goes on from where it was cut off
                        self.store.reopen_generation(slot.generation_id, job_id=job.id)
            except WorkbenchError:  # it could not be written down: so it is no part of the run
                job.stop()
                run.jobs.remove(job)
                del run.slots[job.id]
                raise
        self._recorder.look(run)

    def _log(self, run: Run, job: Job, index: int, slot: Slot, asked: str | None) -> int:
        """Write down what was asked, of which model; `asked`: the adapter under the name that the status has."""
        assert run.engine is not None, run.id
        request, status = job.request, run.engine.status()
        adapter = next((each for each in status.adapters if each.name == asked), None)
        if isinstance(request, ScoreRequest):
            sampling: dict[str, object] = {"score": list(request.candidates), "prompts": len(request.prompts)}
            seed = 0
        else:
            drawn = request.sampling_of(index)
            sampling, seed = asdict(drawn), drawn.seed or 0
        return self.store.start_generation(
            job_id=slot.batch or job.id, task=slot.task or run.task,
            messages=[dict(message) for message in request.prompts[index]],
            model=status.model_for(run.task), model_sha256=status.sha256,
            adapter=asked, adapter_sha256=adapter.sha256 if adapter else None,
            sampling=sampling, seed=seed,
            board_id=run.board_id, idea_id=run.idea_id, lens=slot.lens, prompts_version=VERSION,
        )  # fmt: skip

    def _remember(self, run: Run) -> Run:
        with self._lock:
            self._runs.append(run)
            ended = [old for old in self._runs if old.settled.is_set()]
            for old in ended:
                old.engine = None  # its adapter may leave memory
            for old in ended[: max(0, len(ended) - REMEMBERED)]:
                self._runs.remove(old)
        return run


def require(text: str, what: str) -> None:
    """Refuse an empty text."""
    if not text.strip():
        raise InputError(f"Nothing was given where {what} belongs; write it and try again.")


def seeded(sampling: Sampling, *, max_tokens: int) -> Sampling:
    """Fix the seed now, so that the log holds what was really used."""
    seed = secrets.randbelow(2**31) if sampling.seed is None else sampling.seed
    return replace(sampling, seed=seed, max_tokens=min(sampling.max_tokens, max_tokens))
