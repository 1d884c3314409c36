"""An engine without a model, for page tests: deterministic text, word by word, from its own thread.

engine = FakeEngine(delay=0.02)
engine.enqueue("Bread bus — The baker drives the unsold loaves round the villages.")
"""

import hashlib
import itertools
import queue
import re
import threading
import time
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Self

from workbench.engine.admission import BUSY, MAX_QUEUED, check, new_job
from workbench.engine.interface import (
    AdapterInfo,
    EngineStatus,
    Finish,
    Job,
    Listener,
    Messages,
    Request,
    ScoreRequest,
    State,
)
from workbench.engine.progress import Progress
from workbench.errors import EngineBusy, EngineClosed

ADAPTERS = ("brainstorm", "refine")
NOUNS = [
    "bench",
    "garden",
    "market",
    "workshop",
    "map",
    "bus",
    "library",
    "kitchen",
    "ladder",
    "lantern",
    "bridge",
    "calendar",
]
WHO = ["the neighbours", "a school class", "two retired nurses", "the bus drivers", "the corner shop", "a night watch"]
WHY = [
    "nobody waits alone",
    "less is thrown away",
    "newcomers are met",
    "it costs next to nothing",
    "the street is calmer",
]
SYLLABLES = ("ba", "de", "ki", "lo", "mu", "na", "pe", "ri", "so", "tu", "va", "ze", "fo", "gi", "ha", "ju")
HOLD = 0.01  # seconds between two looks whether a held text may go on
INVENTED = 15  # words of its own in each idea: two of them share at most 0.42 by ROUGE-1, so none is folded


class FakeEngine:
    """Answers with queued replies first, then with made-up `Title — sentence` lines."""

    def __init__(self, *, delay: float = 0.0) -> None:
        """`delay`: seconds before each word; may be changed while it runs."""
        self.delay = delay
        self.hold_after: int | None = None  # words of each text; then it waits until its job is stopped
        self._replies: deque[str | Exception] = deque()
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._waiting: list[Job] = []
        self._running: Job | None = None
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._work, name="fake-engine", daemon=True)
        self._thread.start()

    def enqueue(self, *replies: str | Exception) -> None:
        """Answer the next sequences with these; an exception fails the job that meets it."""
        self._replies.extend(replies)

    def submit(self, request: Request | ScoreRequest, listener: Listener | None = None) -> Job:
        """Queue the request."""
        check(request, ADAPTERS)
        with self._lock:
            if self._closed.is_set():
                raise EngineClosed("The engine was closed. Start the app again.")
            if len(self._waiting) >= MAX_QUEUED:
                raise EngineBusy(BUSY)
            job = new_job(request, listener)
            job._position = len(self._waiting) + (self._running is not None)
            self._waiting.append(job)
        self._jobs.put(job)
        return job

    def serving(self, task: str) -> Self:
        """Return itself: it does every task."""
        return self

    def status(self) -> EngineStatus:
        """Return a made-up but complete status."""
        with self._lock:
            queued, running = len(self._waiting), self._running
        adapters = tuple(AdapterInfo(name, Path(f"{name}.gguf"), "0" * 64, 1_000_000, 16) for name in ADAPTERS)
        return EngineStatus(
            model="fake",
            path=Path("fake.gguf"),
            sha256="0" * 64,
            parameters=1_000_000,
            bytes=1_000_000,
            context=4096,
            adapters=adapters,
            active_adapter=running.request.adapter if running else None,
            kv_bytes=0,
            resident_bytes=0,
            queued=queued,
            running=int(running is not None),
        )

    def close(self) -> None:
        """Stop every job and end the thread."""
        with self._lock:
            self._closed.set()
            for job in (*self._waiting, *([self._running] if self._running else [])):
                job.stop_asked.set()
        self._jobs.put(None)
        if threading.current_thread() is not self._thread:
            self._thread.join()

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            with self._lock:
                if job not in self._waiting:  # stopped meanwhile
                    continue
                self._waiting.remove(job)
                self._running = job
                for position, waiting in enumerate(self._waiting, 1):
                    Progress(waiting).queue(position)
            self._serve(job)
            self._running = None

    def _serve(self, job: Job) -> None:
        progress = Progress(job)
        progress.begin()
        try:
            if isinstance(job.request, ScoreRequest):
                self._pause(job)
                rows = (fake_probabilities(prompt, len(job.request.candidates)) for prompt in job.request.prompts)
                progress.score(tuple(rows))
            else:
                self._stream(job.request, progress)
        except Exception as error:  # noqa: BLE001  a queued one, of any kind
            progress.end(State.FAILED, str(error))
            return
        progress.end(State.STOPPED if self._stopped(job) else State.DONE)

    def _stream(self, request: Request, progress: Progress) -> None:
        words = [self._words(request, index) for index in range(len(request.prompts))]
        texts, deadline = [""] * len(words), time.monotonic() + request.max_seconds
        alive = dict(enumerate(words))
        for tokens in itertools.count(1):
            if not alive or self._pause(progress.job):
                return
            while self.hold_after is not None and tokens > self.hold_after:
                if progress.job.stop_asked.wait(HOLD) or self._pause(progress.job):
                    return
            for index, iterator in list(alive.items()):
                word = next(iterator, None)
                texts[index] += word or ""
                cut = min((at for stop in request.stop if (at := texts[index].find(stop)) >= 0), default=None)
                finish = (
                    Finish.STOP
                    if word is None or cut is not None
                    else Finish.LENGTH
                    if tokens >= request.sampling_of(index).max_tokens
                    else Finish.TIME
                    if time.monotonic() > deadline
                    else None
                )
                if finish is None:
                    progress.grow(index, texts[index], tokens)
                else:
                    progress.finish(index, finish, texts[index][:cut], tokens if word else tokens - 1)
                    del alive[index]

    def _words(self, request: Request, index: int) -> Iterator[str]:
        seed = request.sampling_of(index).seed or 0
        reply = self._replies.popleft() if self._replies else fake_reply(request.task, request.prompts[index], seed)
        if isinstance(reply, Exception):
            raise reply
        return iter(re.findall(r"\s*\S+\s*$|\s*\S+", reply))

    def _pause(self, job: Job) -> bool:
        """Wait one delay; True when the job is to stop."""
        if self.delay:
            job.stop_asked.wait(self.delay)
        with self._lock:
            stopped = [waiting for waiting in self._waiting if waiting.stop_asked.is_set()]
            self._waiting = [waiting for waiting in self._waiting if waiting not in stopped]
        for waiting in stopped:
            Progress(waiting).end(State.STOPPED)
        return self._stopped(job)

    def _stopped(self, job: Job) -> bool:
        return job.stop_asked.is_set() or self._closed.is_set()


def fake_probabilities(prompt: Messages, n: int) -> tuple[float, ...]:
    """Return `n` probabilities that depend on the prompt's text only and sum to 1."""
    weights = [1 + byte for byte in hashlib.sha256(prompt[-1]["content"].encode()).digest()[:n]]
    return tuple(weight / sum(weights) for weight in weights)


def fake_reply(task: str, prompt: Messages, seed: int) -> str:
    """Return the kind of text a task's model writes, the same one for the same prompt and seed."""
    if prompt[-1]["role"] == "assistant":  # a text that was cut off goes on
        return " and on Fridays too."
    user = prompt[-1]["content"]
    digest = hashlib.sha256(f"{seed} {user}".encode()).digest()
    pick = [byte % n for byte, n in zip(digest, (len(NOUNS), len(NOUNS), len(WHO), len(WHY)), strict=False)]
    if task == "refine":
        idea = next((line.removeprefix("Idea: ") for line in user.splitlines() if line.startswith("Idea: ")), user)
        return f"{idea.rstrip('.')}, so that {WHY[pick[3]]}."
    if task == "evaluate":
        return (
            f"Strength: It is clear that {WHY[pick[3]]}.\nRisk: It may be that {WHO[pick[2]]} have no time for it.\n"
            f"Next step: Ask {WHO[pick[2]]} this week."
        )
    count = re.search(r"^(\d+) ideas", user, re.MULTILINE)
    numbers = range(seed, seed + (int(count[1]) if count else 1))
    lines = [_idea(f"{number} {user}", pick, number) for number in numbers]
    return "\n".join(lines)


def _idea(drawn: str, pick: list[int], number: int) -> str:
    noun = NOUNS[(number + pick[0]) % len(NOUNS)]
    who, why = WHO[(number + pick[2]) % len(WHO)], WHY[(number + pick[3]) % len(WHY)]
    digest = hashlib.sha512(drawn.encode()).digest()  # 64 bytes
    own = ["".join(SYLLABLES[byte % 16] for byte in digest[4 * i : 4 * i + 4]) for i in range(INVENTED + 1)]
    return f"{noun.capitalize()} {own[-1]} — {who.capitalize()} bring {' '.join(own[:-1])}, so {why}."
