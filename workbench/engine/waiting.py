"""How long until a request's first token: what this machine has been measured to do, and the work that is ahead."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

WEIGHT = 0.2  # of the newest measurement in a moving average
FIRST_SHARE = 0.3  # of max_tokens, until a sequence has ended: an idea takes about 45 of 160
LEAST_LEFT = 0.1  # of a lane's max_tokens: what one that has outwritten the usual is still expected to write


class Rates:
    """Moving averages: seconds of a decode by its width, seconds of a prompt token, the share of max_tokens used."""

    def __init__(self) -> None:
        self._step_s: dict[int, float] = {}
        self.prompt_token_s: float | None = None
        self.share = FIRST_SHARE  # of max_tokens that sequences really write

    def step(self, width: int, prompt_tokens: int, seconds: float) -> None:
        """Note one decode of `width` generating lanes and some prompt tokens."""
        assert width or prompt_tokens, "an empty batch"
        if prompt_tokens == 0:
            self._step_s[width] = _average(self._step_s.get(width), seconds)
            return
        alone = self.step_s(width) if width else 0.0
        self.prompt_token_s = _average(self.prompt_token_s, max(seconds - alone, seconds / 10) / prompt_tokens)

    def ended(self, tokens: int, most: int) -> None:
        """Note how much of its max_tokens a sequence wrote."""
        self.share = _average(self.share, tokens / most)

    def step_s(self, width: int) -> float:
        """Return the seconds of a decode that wide, or of the measured width nearest to it; 0 when there is none."""
        nearest = min(self._step_s, key=lambda known: abs(math.log2(known / width)), default=None)
        return 0.0 if nearest is None else self._step_s[nearest]

    def left(self, tokens: int, most: int) -> float:
        """Return how many tokens a lane that has written `tokens` of at most `most` is expected to go on for."""
        return max(most * self.share - tokens, most * LEAST_LEFT)


@dataclass(frozen=True, slots=True)
class Work:
    """A request as the estimate sees it."""

    adapter: str | None
    prompt: int  # tokens of it still to be processed
    lanes: tuple[tuple[float, int], ...]  # of each at work, or wanted: tokens to write, cells held


@dataclass
class Outlook:
    """A run of the queue on paper: lanes end one after the other, and who waits moves up."""

    rates: Rates
    chunk: int  # prompt tokens of a step
    free_lanes: int
    free_cells: int
    seconds: float = 0.0
    _backlog: int = 0  # prompt tokens of those ahead

    def __post_init__(self) -> None:
        self._running: list[tuple[float, int]] = []
        self._adapters: set[str | None] = set()

    def begun(self, work: Work) -> float:
        """Add a request at work; return the seconds to its first token if its prompt is not done."""
        self._running += work.lanes
        return self._first_token(work)

    def queued(self, work: Work) -> float:
        """Let lanes end until the request has room for one; return the seconds to its first token."""
        tokens, cells = work.lanes[0]
        while self._running and (self.free_lanes < 1 or self.free_cells < cells + work.prompt):
            self._end_one()
        self.free_cells -= work.prompt
        for tokens, cells in work.lanes:
            if self.free_lanes < 1 or self.free_cells < cells:
                break
            self._running.append((tokens, cells))
            self.free_lanes, self.free_cells = self.free_lanes - 1, self.free_cells - cells
        return self._first_token(work)

    def _first_token(self, work: Work) -> float:
        """Half of a step's prompt tokens go to the shortest prompt: those ahead delay it by its own length at most."""
        self._adapters.add(work.adapter)
        tokens = work.prompt + min(work.prompt, self._backlog)
        self._backlog += work.prompt
        return self.seconds + self._steps_s(max(1, math.ceil(tokens / self.chunk)), tokens)

    def _end_one(self) -> None:
        steps = min(tokens for tokens, _ in self._running)
        self.seconds += self._steps_s(steps, min(self._backlog, steps * self.chunk))
        self._backlog = max(0, int(self._backlog - steps * self.chunk))
        ended = [cells for tokens, cells in self._running if tokens <= steps]
        self._running = [(tokens - steps, cells) for tokens, cells in self._running if tokens > steps]
        self.free_lanes, self.free_cells = self.free_lanes + len(ended), self.free_cells + sum(ended)

    def _steps_s(self, steps: float, prompt_tokens: float) -> float:
        """Return how long some decodes take; adapters take turns, each with its own part of the lanes."""
        turns = max(1, len(self._adapters))
        width = max(1, len(self._running) // turns)
        return turns * steps * self.rates.step_s(width) + prompt_tokens * (self.rates.prompt_token_s or 0.0)


def first_tokens(
    rates: Rates, at_work: Sequence[Work], queue: Sequence[Work], *, chunk: int, free_lanes: int, free_cells: int
) -> list[float]:
    """Return the seconds until each one's first token, those at work first; none while nothing has been measured."""
    if rates.prompt_token_s is None:
        return []
    outlook = Outlook(rates, chunk, free_lanes, free_cells)
    return [outlook.begun(work) for work in at_work] + [outlook.queued(work) for work in queue]


def _average(before: float | None, now: float) -> float:
    return now if before is None else before + WEIGHT * (now - before)
