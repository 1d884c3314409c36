"""The engine's pen on a job: every write under the job's lock, the listener called at a bounded rate."""

import logging
import time

from workbench.engine.interface import Completion, Finish, Job, State

log = logging.getLogger(__name__)

GROWTH_INTERVAL = 0.1  # seconds between two calls of a listener while a job only grows


class Progress:
    """Writes one job's state. Used by the engine's thread only."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self._announced = 0.0

    @property
    def ended(self) -> bool:
        """True once `end` was called."""
        return self.job._ended.is_set()

    def completion(self, index: int) -> Completion:
        """Return sequence `index`, to read."""
        return self.job._sequences[index]

    def queue(self, position: int) -> None:
        """Write how many jobs are ahead."""
        with self.job._lock:
            self.job._position = position

    def expect(self, seconds: float) -> None:
        """Write in how many seconds its first token may be expected."""
        with self.job._lock:
            self.job._first_token_at = time.monotonic() + seconds

    def begin(self) -> None:
        """Write that the engine works on the job now."""
        with self.job._lock:
            self.job._state, self.job._position = State.RUNNING, 0

    def prompt(self, index: int, *, tokens: int, cached: int) -> None:
        """Write how long the prompt of a sequence is, and how much of it came from the prefix cache."""
        with self.job._lock:
            completion = self.job._sequences[index]
            completion.prompt_tokens, completion.cached_tokens = tokens, cached

    def note(self, sentence: str) -> None:
        """Add a sentence the person should see, once."""
        with self.job._lock:
            if sentence not in self.job._notes:
                self.job._notes += (sentence,)

    def grow(self, index: int, text: str, tokens: int) -> None:
        """Write the text of a sequence as far as it has come; call the listener if it is time."""
        with self.job._lock:
            self._write(self.job._sequences[index], text, tokens)
        if time.monotonic() - self._announced >= GROWTH_INTERVAL:
            self._announce()

    def finish(self, index: int, finish: Finish, text: str | None = None, tokens: int | None = None) -> None:
        """End a sequence, with its last text if given, and call the listener; a second end is ignored."""
        with self.job._lock:
            completion = self.job._sequences[index]
            if completion.finish is not None:
                return
            self._write(
                completion, completion.text if text is None else text, completion.tokens if tokens is None else tokens
            )
            completion.finish = finish
        self._announce()

    def score(self, probabilities: tuple[tuple[float, ...], ...]) -> None:
        """Write the result of a ScoreRequest."""
        with self.job._lock:
            self.job._probabilities = probabilities

    def end(self, state: State, error: str | None = None) -> None:
        """End the job and whichever of its sequences have not ended; wake the waiting threads."""
        if self.ended:
            return
        left = Finish.FAILED if state == State.FAILED else Finish.STOPPED if state == State.STOPPED else Finish.STOP
        with self.job._lock:
            for completion in self.job._sequences:
                if completion.finish is None:
                    completion.finish, completion.seconds = left, time.monotonic() - self.job.submitted
            self.job._state, self.job._error, self.job._position = state, error, 0
        try:
            self._announce()  # before the waiters: what the listener stores is there when `wait` returns
        finally:
            self.job._ended.set()

    def _write(self, completion: Completion, text: str, tokens: int) -> None:
        since = time.monotonic() - self.job.submitted
        if completion.first_token_s is None and tokens:
            completion.first_token_s = since
        completion.text, completion.tokens, completion.seconds = text, tokens, since

    def _announce(self) -> None:
        self._announced = time.monotonic()
        if self.job.listener is None:
            return
        try:
            self.job.listener(self.job)
        except Exception:  # somebody else's code: it must not end the job, let alone the engine
            log.exception("the listener of job %s failed", self.job.id)
