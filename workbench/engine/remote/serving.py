"""One job on a server: its requests side by side, each streaming into its own completion. Event loop thread only."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import aclosing
from typing import Any

from workbench.engine.interface import Finish, Job, Request, ScoreRequest, State
from workbench.engine.progress import Progress
from workbench.engine.remote import faults, fields, scoring
from workbench.engine.remote.pieces import Usage, read_piece, read_usage
from workbench.engine.remote.server import Server
from workbench.engine.remote.target import Target
from workbench.engine.text import TextStream

log = logging.getLogger(__name__)

ENDS = {"length": Finish.LENGTH}  # the model ended every other one itself
FILTERED = "content_filter"


class Serving:
    """Runs a job to its end, whatever happens on the way."""

    def __init__(self, job: Job, target: Target, room: asyncio.Semaphore, begun: Callable[[Job], None]) -> None:
        """`room` bounds the requests at work together; `begun` is called when the first of this job's has its place."""
        self.progress = Progress(job)
        self._job, self._target, self._room, self._begun = job, target, room, begun
        self._model = target.model_for(job.request.task)
        stop = () if isinstance(job.request, ScoreRequest) else job.request.stop
        self._texts = [TextStream(stop) for _ in job.request.prompts]
        self._rows: dict[int, tuple[float, ...]] = {}
        self._fault: faults.Fault | None = None
        self._clock: asyncio.Timeout = asyncio.timeout(None)  # runs from the first request on

    async def run(self, server: Server) -> None:
        """Send every request. Raises CancelledError, with nothing lost, when the job is to stop."""
        write = self._score if isinstance(self._job.request, ScoreRequest) else self._write
        try:
            async with self._clock, asyncio.TaskGroup() as group:
                for index in range(len(self._texts)):
                    group.create_task(self._one(write, server, index))
        except* faults.Fault:
            pass  # a hopeless one, which ended the others
        except* TimeoutError:
            self._time_out()
        self._end()

    def stop(self, state: State, error: str | None = None) -> None:
        """End the job where it is, with the text so far."""
        finish = Finish.STOPPED if state == State.STOPPED else Finish.FAILED
        for index in range(len(self._texts)):
            self._finish(index, finish)
        self.progress.end(state, error)

    async def _one(self, write: Callable[..., Any], server: Server, index: int) -> None:
        async with self._room:
            if self._clock.when() is None:
                self._clock.reschedule(asyncio.get_running_loop().time() + self._job.request.max_seconds)
                self._begun(self._job)
                self.progress.begin()
            try:
                await write(server, index)
            except faults.Fault as fault:
                self._failed(index, fault)
                if fault.hopeless:
                    raise
            except Exception as error:
                log.exception("job %s failed", self._job.id)
                self._failed(index, faults.Fault(f"The request failed ({error}). The partial text is kept; try again."))

    async def _write(self, server: Server, index: int) -> None:
        request, text, tokens = self._job.request, self._texts[index], 0
        assert isinstance(request, Request)
        body = fields.writing(request, index, self._model, self.progress.completion(index).seed)
        finish, thought = None, False
        async with aclosing(server.pieces(body, self.progress.note)) as pieces:
            async for sent in pieces:
                piece = read_piece(sent)
                thought = thought or piece.thought
                tokens = piece.usage.completion or tokens + bool(piece.words)
                self._count_prompt(index, piece.usage)
                if text.push(piece.words.encode("utf-8", "replace")):
                    finish = Finish.STOP
                    break
                if piece.ended:
                    finish = ENDS.get(piece.ended, Finish.STOP)
                if piece.ended == FILTERED:
                    self.progress.note(f"The content filter of {self._target.place} ended a text.")
                self.progress.grow(index, text.text, tokens)
        if finish is None:
            raise faults.broken_off(self._target, begun=tokens > 0)
        self.progress.finish(index, finish, text.end(), tokens)
        if thought and not text.text:
            self.progress.note(
                f"{self._model} only thought and wrote nothing: switch its thinking off on the server, or use another."
            )

    async def _score(self, server: Server, index: int) -> None:
        request = self._job.request
        assert isinstance(request, ScoreRequest)
        answer = await server.answer(fields.scoring(request.prompts[index], self._model), self.progress.note)
        listed = scoring.alternatives(answer)
        if not listed:
            raise faults.no_logprobs(self._target, self._model)
        self._rows[index], found = scoring.probabilities(listed, request.candidates)
        if not found:
            self.progress.note(
                f"{self._model} wants to answer with neither {' nor '.join(request.candidates)} at times; "
                "that counts as undecided."
            )
        self._count_prompt(index, read_usage(answer))
        self.progress.finish(index, Finish.STOP)

    def _count_prompt(self, index: int, usage: Usage) -> None:
        if usage.prompt:
            self.progress.prompt(index, tokens=usage.prompt, cached=usage.cached)

    def _failed(self, index: int, fault: faults.Fault) -> None:
        self._fault = self._fault or fault
        self._finish(index, Finish.FAILED)

    def _time_out(self) -> None:
        silent = not any(self.progress.completion(index).tokens for index in range(len(self._texts)))
        if isinstance(self._job.request, ScoreRequest) or silent:
            self._fault = self._fault or faults.no_answer(self._target, self._job.request.max_seconds)
            return
        for index in range(len(self._texts)):
            self._finish(index, Finish.TIME)

    def _finish(self, index: int, finish: Finish) -> None:
        if not self.progress.ended:
            self.progress.finish(index, finish, self._texts[index].end() or None)

    def _end(self) -> None:
        if self._fault is not None:
            self.stop(State.FAILED, str(self._fault))
            return
        if self._rows:
            self.progress.score(tuple(self._rows[index] for index in range(len(self._texts))))
        self.progress.end(State.DONE)
