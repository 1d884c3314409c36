"""The teacher: a model on this machine or on a server, asked in groups, patiently and at the pace that was set."""

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from types import SimpleNamespace

from finetune import engines
from finetune.distilling.asks import Ask
from finetune.distilling.pace import Pace
from workbench.assist.prompts import YES_NO
from workbench.assist.submitting import ADAPTERS
from workbench.engine.interface import Finish, Request, Sampling, ScoreRequest, State, View
from workbench.errors import EngineError, InputError

VERB = {
    "one_idea": "brainstorm", "idea_list": "brainstorm", "refine": "refine", "judgement": "evaluate",
    "check": "evaluate",
}  # fmt: skip
SIDE_BY_SIDE = 8  # prompts in one request to a model on this machine, which reads what they share once
AT_MOST = 16  # prompts in a request
FIRST_WAIT_S, LONGEST_WAIT_S = 2.0, 300.0
NO_LOGPROBS = "logprobs"


class Teacher:
    """Answers asks. What the engine itself could not get through is asked again, after longer and longer waits."""

    def __init__(self, settings: SimpleNamespace, *, wait: Callable[[float], object] = time.sleep) -> None:
        """Open the model. Raises InputError, ModelError."""
        self.remote = str(settings.teacher).startswith(("http://", "https://"))
        more = {"remote_parallel": settings.concurrency, "remote_longest_wait": LONGEST_WAIT_S} if self.remote else {}
        self.engine = engines.open_model(str(settings.teacher), settings.teacher_model, **more)
        self.about = engines.about(self.engine)
        self.sampling = Sampling(
            temperature=settings.temperature, top_p=settings.top_p, top_k=0, min_p=0.0, max_tokens=settings.max_tokens
        )
        self._pace = Pace(settings.requests_per_minute if self.remote else None)
        self._wait, self._retries = wait, settings.retries
        self._adapters = {adapter.name for adapter in self.engine.status().adapters}
        self._answered = False  # once it has answered, a failure is a bad moment; before, a mistake in the config

    def groups(self, asks: Sequence[Ask]) -> list[list[Ask]]:
        """Return the asks in groups that can go to the engine as one request each."""
        size = 1 if self.remote else SIDE_BY_SIDE
        found: list[list[Ask]] = []
        for ask in asks:
            last = found[-1] if found else []
            room = ask.task != "check" and 0 < len(last) < size
            if room and VERB[last[0].task] == VERB[ask.task] and last[0].task != "check":
                last.append(ask)
            else:
                found.append([ask])
        return found

    def answer(self, group: list[Ask]) -> list[dict]:
        """Return the answer to each ask of a group: text or P(yes), why it ended, tokens. Raises EngineError."""
        if group[0].task == "check":
            return [self._scored(group[0])]
        request = Request(
            VERB[group[0].task], tuple(ask.sent[0] for ask in group), self.sampling, self._adapter(group[0].task),
            max_seconds=3600, samplings=tuple(self._sampled(ask) for ask in group),
        )  # fmt: skip
        view = self._insist(request)
        return [
            {
                "text": one.text, "cut_off": one.finish in (Finish.LENGTH, Finish.TIME),
                "tokens": [one.prompt_tokens, one.tokens],
            }
            for one in view.sequences
        ]  # fmt: skip

    def _scored(self, ask: Ask) -> dict:
        p_yes, tokens = [], 0
        for first in range(0, len(ask.sent), AT_MOST):
            part = tuple(ask.sent[first : first + AT_MOST])
            view = self._insist(ScoreRequest("evaluate", part, YES_NO, self._adapter("check"), max_seconds=3600))
            p_yes += [round(row[0], 5) for row in view.probabilities]
            tokens += sum(one.prompt_tokens for one in view.sequences)
        return {"p_yes": p_yes, "tokens": [tokens, len(p_yes)]}

    def _insist(self, request: Request | ScoreRequest) -> View:
        """Return the ended job, asked again while there are tries left. Raises EngineError with the last reason."""
        wait = FIRST_WAIT_S
        for attempt in range(self._retries + 1):
            self._pace.take(len(request.prompts))
            view = self.engine.submit(request).wait()
            if view.state is State.DONE:
                self._answered = True
                return view
            reason = view.error or "The teacher was stopped before its end."
            if attempt == self._retries or not self._answered or NO_LOGPROBS in reason:
                break
            print(f"{reason} Asked again in {wait:.0f} s.", flush=True)
            self._wait(wait * random.uniform(0.8, 1.2))
            wait = min(wait * 2, LONGEST_WAIT_S)
        raise EngineError(reason)

    def _sampled(self, ask: Ask) -> Sampling:
        return Sampling(**asdict(self.sampling) | {"seed": ask.seed})

    def _adapter(self, task: str) -> str | None:
        name = ADAPTERS[VERB[task]]
        return name if name in self._adapters else None

    def close(self) -> None:
        """End what is at work and free the model."""
        self.engine.close()


def check(settings: SimpleNamespace) -> None:
    """Raise InputError for settings that mean nothing."""
    if not isinstance(settings.licence, str) or not settings.licence.strip():
        raise InputError(
            "The config names no licence. What may be done with the rows is for the teacher's licence to say: write it "
            'down as `licence`, e.g. "Apache-2.0 (Qwen2.5-7B-Instruct)".'
        )
    for name in ("max_topics", "max_tokens", "concurrency", "list_size", "ideas_per_topic"):
        if not isinstance(getattr(settings, name), int) or getattr(settings, name) < 1:
            raise InputError(f"{name}: {getattr(settings, name)!r} asks for nothing. Give a whole number from 1.")
    if settings.requests_per_minute is not None and not settings.requests_per_minute > 0:
        raise InputError(f"requests_per_minute: {settings.requests_per_minute!r} never asks. Give a number, or null.")
