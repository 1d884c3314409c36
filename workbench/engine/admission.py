"""What every engine checks before a request becomes a job."""

import secrets
from collections.abc import Collection
from dataclasses import replace

from workbench.engine.grammar import to_gbnf
from workbench.engine.interface import Completion, Job, Listener, Request, Sampling, ScoreRequest
from workbench.errors import InputError

MAX_PROMPTS = 16  # sequences that decode side by side
MAX_QUEUED = 32  # jobs that wait; one more is refused with EngineBusy
MAX_SEED = 2**32 - 1  # llama.cpp reads this very value as "draw a random one", so seeds stay below it
BUSY = f"{MAX_QUEUED} requests are waiting already. Try again when one of them is done, or stop one."


def check(request: Request | ScoreRequest, adapters: Collection[str]) -> None:
    """Raise InputError when the request cannot be served by an engine with these adapters."""
    if not 1 <= len(request.prompts) <= MAX_PROMPTS:
        raise InputError(f"A request takes 1 to {MAX_PROMPTS} prompts, this one has {len(request.prompts)}.")
    if any(not prompt or not prompt[-1].get("content", "").strip() for prompt in request.prompts):
        raise InputError("A prompt is empty. Write something first.")
    if request.adapter is not None and request.adapter not in adapters:
        known = ", ".join(sorted(adapters)) or "none"
        raise InputError(f"There is no adapter {request.adapter!r}. The loaded ones: {known}.")
    if isinstance(request, ScoreRequest) and len(request.candidates) < 2:
        raise InputError("Scoring needs at least two candidate answers.")
    if isinstance(request, Request):
        _check_sampling(request)
        if request.grammar is not None:
            to_gbnf(request.grammar)


def _check_sampling(request: Request) -> None:
    n = len(request.prompts)
    if request.samplings is not None and len(request.samplings) != n:
        raise InputError(f"There are {n} prompts and {len(request.samplings)} samplings. Give one sampling for each.")
    for index in range(n):
        if (most := request.sampling_of(index).max_tokens) < 1:
            raise InputError(f"max_tokens is {most}; at least one token must be asked for.")


def new_job(request: Request | ScoreRequest, listener: Listener | None) -> Job:
    """Return a queued job whose sequences carry their seeds, drawn here when the request has none."""
    if isinstance(request, ScoreRequest):
        return Job(request, listener, _sequences=[Completion() for _ in request.prompts])
    if request.samplings is None:
        request = replace(request, sampling=_seeded(request.sampling))
    else:
        request = replace(request, samplings=tuple(map(_seeded, request.samplings)))
    seeds = (request.sampling_of(index).seed or 0 for index in range(len(request.prompts)))
    return Job(request, listener, _sequences=[Completion(seed=seed % MAX_SEED) for seed in seeds])


def _seeded(sampling: Sampling) -> Sampling:
    return sampling if sampling.seed is not None else replace(sampling, seed=secrets.randbelow(2**31))
