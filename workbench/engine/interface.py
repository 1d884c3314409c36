"""What every engine takes and gives: requests in, jobs that stream out. No llama.cpp here.

An engine owns one base model and its adapters. `submit` never blocks on generation: it returns a
`Job` that the engine's own thread fills and any number of threads may read.
"""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol
from uuid import uuid4

Message = dict[str, str]
Messages = Sequence[Message]


class State(StrEnum):
    """Where a job is."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"  # every sequence ended by itself or by its token or time cap
    STOPPED = "stopped"  # by the person; partial text kept
    FAILED = "failed"  # `Job.error` says why; partial text kept


class Weights(StrEnum):
    """Where the model is."""

    LOADED = "loaded"
    LOADING = "loading"
    UNLOADED = "unloaded, loads on use"  # nothing was asked for a while, and its memory was given back


class Finish(StrEnum):
    """Why a sequence ended."""

    STOP = "stop"  # the model ended it, or a stop string was met
    LENGTH = "length"  # max_tokens or the context's end
    TIME = "time"  # max_seconds
    STOPPED = "stopped"  # by the person
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Sampling:
    """How the next token is chosen. Order in the chain: penalties, DRY, top-k, top-p, min-p, temperature, draw."""

    temperature: float = 0.8  # 0 is greedy
    top_k: int = 40  # 0 is off: the 1,024 likeliest tokens are considered
    top_p: float = 0.95  # 1 is off
    min_p: float = 0.05  # 0 is off
    repeat_penalty: float = 1.0  # 1 is off; over the last 64 tokens
    dry_multiplier: float = 0.0  # 0 is off; see llama.cpp's DRY sampler
    seed: int | None = None  # None: drawn at submit and recorded in each Sequence
    max_tokens: int = 160  # per sequence


FOCUSED = Sampling(temperature=0.4, top_p=0.9, min_p=0.1)
BALANCED = Sampling()
WILD = Sampling(temperature=1.1, top_k=0, top_p=0.98, min_p=0.03)
PRESETS = {"focused": FOCUSED, "balanced": BALANCED, "wild": WILD}


@dataclass(frozen=True, slots=True)
class Request:
    """`len(prompts)` completions side by side. The prompts' common token prefix is processed once.

    Sequence i is seeded with `sampling.seed + i`; with `samplings`, each by its own. A grammar is GBNF text or a
    JSON schema (a mapping), and every repetition in it has an upper bound; `engine.grammar` has some ready.
    """

    task: str  # brainstorm | refine | evaluate | ...
    prompts: tuple[Messages, ...]  # 1-16 chats; each ends with a user message, or with the beginning of its answer
    sampling: Sampling = BALANCED
    adapter: str | None = None  # a name in `EngineStatus.adapters`; None is the bare base
    stop: tuple[str, ...] = ()  # strings that end a sequence; not part of its text
    max_seconds: float = 180.0
    samplings: tuple[Sampling, ...] | None = None  # one for each prompt, instead of `sampling`
    grammar: str | Mapping[str, Any] | None = None  # what each text may look like

    def sampling_of(self, index: int) -> Sampling:
        """Return how sequence `index` is sampled, its own seed in it if there is one."""
        if self.samplings is not None:
            return self.samplings[index]
        seed = self.sampling.seed
        return self.sampling if seed is None else replace(self.sampling, seed=seed + index)


@dataclass(frozen=True, slots=True)
class ScoreRequest:
    """Probability of each candidate as the next token after each prompt, all prompts in one batch, no sampling.

    A candidate stands for its first token; the first tokens must differ. The probabilities are
    renormalised over the candidates, so each row sums to 1.
    """

    task: str
    prompts: tuple[Messages, ...]
    candidates: tuple[str, ...] = ("yes", "no")
    adapter: str | None = None
    max_seconds: float = 60.0


@dataclass(slots=True)
class Completion:
    """One completion as far as it has come. Written by the engine's thread only."""

    seed: int = 0
    text: str = ""
    tokens: int = 0  # completion tokens sampled
    prompt_tokens: int = 0
    cached_tokens: int = 0  # of the prompt's, taken from the prefix cache
    first_token_s: float | None = None  # since submit
    seconds: float = 0.0  # since submit, frozen when the sequence ends
    finish: Finish | None = None


@dataclass(frozen=True, slots=True)
class View:
    """A consistent copy of a job at one moment."""

    state: State
    sequences: tuple[Completion, ...]
    probabilities: tuple[tuple[float, ...], ...]  # ScoreRequest only: [prompt][candidate]
    position: int  # jobs ahead in the queue; 0 when running or ended
    wait_s: float | None  # seconds until its first token, a guess; None: it is there, or there is nothing to go by
    error: str | None  # one sentence
    notes: tuple[str, ...]  # e.g. that over-long input was cut

    @property
    def ended(self) -> bool:
        """True when nothing more will come."""
        return self.state in (State.DONE, State.STOPPED, State.FAILED)


Listener = Callable[["Job"], None]


@dataclass(eq=False)
class Job:
    """A submitted request: read it with `view`, end it with `stop`, await it with `wait`.

    `listener` is called on the engine's thread, without the job's lock, when a sequence grew
    (at most about ten times a second), when one ended, and once when the job ended. It must be quick and not raise.
    The engine writes through `progress.Progress`, and nothing else does.
    """

    request: Request | ScoreRequest
    listener: Listener | None = None
    id: str = field(default_factory=lambda: uuid4().hex[:12])
    submitted: float = field(default_factory=time.monotonic)
    stop_asked: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _ended: threading.Event = field(default_factory=threading.Event)
    _wake: Listener | None = None  # the engine's: tells its thread that stop was asked
    _state: State = State.QUEUED
    _sequences: list[Completion] = field(default_factory=list)
    _probabilities: tuple[tuple[float, ...], ...] = ()
    _position: int = 0
    _first_token_at: float | None = None  # on the clock of `submitted`; a guess
    _error: str | None = None
    _notes: tuple[str, ...] = ()

    def view(self) -> View:
        """Return a consistent copy of where the job is."""
        with self._lock:
            sequences = tuple(replace(s) for s in self._sequences)
            at, begun = self._first_token_at, self._ended.is_set() or any(s.tokens for s in sequences)
            return View(
                state=self._state, sequences=sequences, probabilities=self._probabilities, position=self._position,
                wait_s=None if at is None or begun else max(0.0, at - time.monotonic()),
                error=self._error, notes=self._notes,
            )  # fmt: skip

    def stop(self) -> None:
        """Ask the engine to end this job now; returns at once, partial text is kept."""
        self.stop_asked.set()
        if self._wake is not None:
            self._wake(self)

    def wait(self, timeout: float | None = None) -> View:
        """Block until the job ended or `timeout` seconds passed; return its view either way."""
        self._ended.wait(timeout)
        return self.view()


@dataclass(frozen=True, slots=True)
class AdapterInfo:
    """A loaded adapter."""

    name: str
    path: Path
    sha256: str
    bytes: int
    rank: int


@dataclass(frozen=True, slots=True)
class EngineStatus:
    """What is loaded and at work, for the Models page."""

    model: str  # name; "" when nothing is loaded
    path: Path | None
    sha256: str
    parameters: int
    bytes: int  # of the base file
    context: int  # tokens
    adapters: tuple[AdapterInfo, ...]
    active_adapter: str | None
    kv_bytes: int
    resident_bytes: int  # of this process
    queued: int
    running: int
    error: str | None = None  # why nothing can be asked, one sentence
    weights: Weights = Weights.LOADED
    server: str = ""  # where prompts go when the model is not in this process: scheme, host and port
    models: Mapping[str, str] = field(default_factory=dict)  # by task, where it is another one than `model`
    notice: str = ""  # what is not as the person chose, one sentence
    bases: tuple["EngineStatus", ...] = ()  # every base of this process, where it may be several

    def model_for(self, task: str) -> str:
        """Return the name of the model that does this task."""
        return self.models.get(task, self.model)


class Engine(Protocol):
    """Text in, text out."""

    def submit(self, request: Request | ScoreRequest, listener: Listener | None = None) -> Job:
        """Queue the request. Raises EngineBusy, EngineClosed, InputError (unknown adapter, no prompts)."""
        ...

    def serving(self, task: str) -> "Engine":
        """Return what does this task now, and goes on doing it when another model is chosen meanwhile."""
        ...

    def status(self) -> EngineStatus:
        """Return what is loaded and at work."""
        ...

    def close(self) -> None:
        """Stop every job, keep partial texts, free the model."""
        ...
