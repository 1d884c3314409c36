"""A job as the engine's thread sees it: tokens, lanes at work, prompts that still wait for one."""

import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from workbench.engine.constrained import Candidates, ConstrainedSampler
from workbench.engine.interface import Finish, Job, Request, State
from workbench.engine.llama import Model
from workbench.engine.prefixes import Prefix, shared_length
from workbench.engine.progress import Progress
from workbench.engine.sampler import Sampler
from workbench.engine.text import TextStream
from workbench.engine.waiting import Rates, Work


@dataclass(eq=False)
class Task:
    """A job with its prompts tokenised, which is done by `prepare`. It has begun once its first lane has."""

    job: Job
    progress: Progress = field(init=False)
    prompts: list[list[int]] = field(default_factory=list)
    candidates: list[int] = field(default_factory=list)  # ScoreRequest: first tokens of the answers; else empty
    max_new: list[int] = field(default_factory=list)  # tokens each sequence may generate, at most; 0 when scoring
    gbnf: str | None = None  # what each text has to look like
    shared: int = 0  # length of the common prefix; every prompt goes on for at least a token
    prefix: Prefix | None = None
    waiting: deque[int] = field(default_factory=deque)  # prompts without a lane
    lanes: list["Lane"] = field(default_factory=list)
    deadline: float | None = None
    rows: dict[int, tuple[float, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.progress = Progress(self.job)

    def prepare(
        self, prompts: list[list[int]], max_new: list[int], *, candidates: Sequence[int] = (), gbnf: str | None = None
    ) -> None:
        """Take the tokens."""
        self.prompts, self.max_new, self.candidates, self.gbnf = prompts, max_new, list(candidates), gbnf
        self.shared = common_length(prompts)
        # The one that needs most room first: what it frees is enough for any other, so that two requests in shifts
        # never hold their prefixes and wait for each other's room.
        self.waiting = deque(sorted(range(len(prompts)), key=self.need, reverse=True))

    @property
    def prepared(self) -> bool:
        """True once the prompts are tokenised."""
        return bool(self.prompts)

    @property
    def adapter(self) -> str | None:
        """The adapter its cells are computed under."""
        return self.job.request.adapter

    @property
    def begun(self) -> bool:
        """True when it holds a prefix."""
        return self.prefix is not None

    @property
    def beginning(self) -> list[int]:
        """The tokens that all its prompts share."""
        return self.prompts[0][: self.shared]

    @property
    def prompt_left(self) -> int:
        """Prompt tokens that its prefix and its lanes still have to process."""
        missing = self.prefix.missing if self.prefix is not None else 0
        return missing + sum(len(lane.pending) for lane in self.lanes if not lane.generating)

    @property
    def writes(self) -> bool:
        """True once it has a token."""
        return any(lane.generating for lane in self.lanes)

    def work(self, rates: Rates) -> Work:
        """Return what is left of it, for an estimate: tokens of its prompts, and what its sequences will write."""
        lanes = [(rates.left(lane.tokens, lane.most), self.need(lane.index)) for lane in self.lanes]
        if not lanes:
            lanes = [(rates.left(0, max(self.max_new[index], 1)), self.need(index)) for index in self.waiting]
        rests = sum(len(self.prompts[index]) - self.shared for index in self.waiting)
        prompt = self.prompt_left if self.begun else self.shared + rests
        return Work(self.adapter, prompt, tuple(lanes))

    def need(self, index: int) -> int:
        """Return the cells that prompt `index` may fill beyond the shared prefix."""
        return len(self.prompts[index]) - self.shared + self.max_new[index]

    def begin(self, prefix: Prefix) -> None:
        """Start the clock and write what the cache gave."""
        self.prefix = prefix
        self.deadline = time.monotonic() + self.job.request.max_seconds
        self.progress.begin()
        for index, prompt in enumerate(self.prompts):
            self.progress.prompt(index, tokens=len(prompt), cached=prefix.cached)

    def end_sequences(self, finish: Finish) -> None:
        """End every sequence that has not ended, keeping what it wrote."""
        for lane in self.lanes:
            self.progress.finish(lane.index, finish, lane.text.end(), lane.tokens)
        for index in self.waiting if self.prepared else range(len(self.job.request.prompts)):
            self.progress.finish(index, finish)
        self.waiting.clear()

    def end(self, state: State, error: str | None = None) -> None:
        """End the job."""
        finish = {State.STOPPED: Finish.STOPPED, State.FAILED: Finish.FAILED}.get(state)
        try:
            if finish is not None:
                self.end_sequences(finish)
        finally:  # whatever a listener does, those who wait are woken
            self.progress.end(state, error)


@dataclass(eq=False)
class Lane:
    """One llama.cpp sequence at work on one prompt."""

    sequence: int
    task: Task
    index: int
    pending: list[int]  # tokens to process next; the first ones are the prompt's rest
    room: int  # cells it may still fill
    text: TextStream
    sampler: Sampler | ConstrainedSampler | None  # None: only the logits are wanted
    at: int = 0  # cells filled; 0 until the shared prefix is there
    tokens: int = 0  # completion tokens so far

    @property
    def most(self) -> int:
        """Tokens it may generate; 1 when only the logits are wanted."""
        return max(1, self.task.max_new[self.index])

    @property
    def generating(self) -> bool:
        """True once the prompt is processed."""
        return self.tokens > 0

    @property
    def ready(self) -> bool:
        """True when the shared prefix is in the lane's own sequence."""
        return self.at >= self.task.shared


def new_lane(model: Model, candidates: Candidates, sequence: int, task: Task, index: int) -> Lane:
    """Return a lane for prompt `index` of the task; its grammar, if any, looks at tokens through `candidates`."""
    request = task.job.request
    sampler: Sampler | ConstrainedSampler | None = None
    stop: tuple[str, ...] = ()
    if isinstance(request, Request):
        sampling, seed = request.sampling_of(index), task.progress.completion(index).seed
        if task.gbnf is None:
            sampler = Sampler(model, sampling, seed)
        else:
            sampler = ConstrainedSampler(model, sampling, seed, task.gbnf, candidates)
        stop = request.stop
    rest = task.prompts[index][task.shared :]
    return Lane(sequence, task, index, rest, task.need(index), TextStream(stop), sampler)


def common_length(prompts: Sequence[list[int]]) -> int:
    """Return how long the prompts' common beginning is, leaving each at least one token of its own."""
    first = prompts[0]
    shared = min(shared_length(first, prompt) for prompt in prompts)
    return min(shared, min(map(len, prompts)) - 1)
