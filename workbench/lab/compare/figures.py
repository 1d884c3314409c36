"""What the answers of a comparison cost: each one's figures, medians with their range, per prompt and per model."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from workbench.records import Comparison, Trial

LEAST_TIMED = 8  # tokens; the speed of a word or two is that of the clock
ENDED_WELL = ("stop", "length")  # by the model, or at the token limit: both have a time and a length


@dataclass(frozen=True, slots=True)
class Figures:
    """One answer's figures."""

    prompt: int
    contender: int
    repeat: int
    seed: int
    finish: str  # "" while it is written
    first_token_s: float | None
    tokens_per_s: float | None  # after the first one; None for fewer than 8
    seconds: float | None
    prompt_tokens: int
    tokens: int
    words: int
    memory_mb: float | None  # what the model added to its process; None: not measured, it is on a server
    disturbed: bool  # something else of the workbench generated meanwhile
    text: str

    @property
    def counts(self) -> bool:
        """True when it enters the medians."""
        return self.finish in ENDED_WELL


@dataclass(frozen=True, slots=True)
class Spread:
    """The median of some values and how far they reach."""

    median: float
    low: float
    high: float
    n: int


@dataclass(frozen=True, slots=True)
class Cell:
    """One model on one prompt, over the repeats."""

    seconds: Spread | None
    words: Spread | None
    finishes: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Row:
    """One model over all prompts and repeats."""

    contender: int
    answers: int  # that count
    first_token_s: Spread | None
    tokens_per_s: Spread | None
    seconds: Spread | None
    prompt_tokens: Spread | None
    tokens: Spread | None
    words: Spread | None
    memory_mb: float | None  # the most
    finishes: Mapping[str, int]
    failed: int  # answers that are none: failed, stopped, cut off, or never asked for
    disturbed: int
    warm_up_s: float | None  # the first answer after the load, apart: median


@dataclass(frozen=True, slots=True)
class Results:
    """A comparison's figures."""

    answers: tuple[Figures, ...]  # in the order of asking, the warm-up left out
    cells: Mapping[tuple[int, int], Cell]  # (prompt, contender)
    rows: tuple[Row, ...]  # one for each contender
    open: int  # answers still to come

    @property
    def counted(self) -> list[Figures]:
        """The answers that enter the medians."""
        return [each for each in self.answers if each.counts]


def results(comparison: Comparison, trials: Sequence[Trial]) -> Results:
    """Return the figures of a comparison as far as it has come."""
    answers = tuple(_figures(trial) for trial in trials if not trial.warm_up and trial.generation is not None)
    groups: dict[tuple[int, int], list[Figures]] = defaultdict(list)
    for each in answers:
        groups[each.prompt, each.contender].append(each)
    cells = {
        (prompt, contender): _cell(groups[prompt, contender])
        for prompt in range(len(comparison.prompts)) for contender in range(len(comparison.contenders))
    }  # fmt: skip
    rows = tuple(_row(place, answers, trials) for place in range(len(comparison.contenders)))
    return Results(answers, cells, rows, sum(trial.open for trial in trials))


def spread(values: Iterable[float | None]) -> Spread | None:
    """Return median and range of the values that are there; None: there is none."""
    found = [value for value in values if value is not None]
    return Spread(median(found), min(found), max(found), len(found)) if found else None


def _figures(trial: Trial) -> Figures:
    answer = trial.generation
    assert answer is not None, trial
    rate = None
    if answer.tokens >= LEAST_TIMED and answer.seconds and answer.first_token_s is not None:
        after = answer.seconds - answer.first_token_s
        rate = (answer.tokens - 1) / after if after > 0 else None
    return Figures(
        prompt=trial.prompt, contender=trial.contender, repeat=trial.repeat, seed=answer.seed,
        finish=answer.finish or "", first_token_s=answer.first_token_s, tokens_per_s=rate, seconds=answer.seconds,
        prompt_tokens=answer.prompt_tokens, tokens=answer.tokens, words=len(answer.text.split()),
        memory_mb=None if trial.memory_bytes is None else trial.memory_bytes / 1e6, disturbed=trial.disturbed,
        text=answer.text,
    )  # fmt: skip


def _cell(answers: Sequence[Figures]) -> Cell:
    counted = [each for each in answers if each.counts]
    finishes = Counter(each.finish for each in answers if each.finish)
    return Cell(spread(each.seconds for each in counted), spread(each.words for each in counted), dict(finishes))


def _row(place: int, answers: Sequence[Figures], trials: Sequence[Trial]) -> Row:
    mine = [each for each in answers if each.contender == place]
    counted = [each for each in mine if each.counts]
    errors = sum(bool(trial.error) for trial in trials if trial.contender == place)
    warm = spread(
        trial.generation.seconds for trial in trials
        if trial.warm_up and trial.contender == place and trial.generation is not None
    )  # fmt: skip
    return Row(
        contender=place, answers=len(counted), first_token_s=spread(each.first_token_s for each in counted),
        tokens_per_s=spread(each.tokens_per_s for each in counted), seconds=spread(each.seconds for each in counted),
        prompt_tokens=spread(each.prompt_tokens for each in counted), tokens=spread(each.tokens for each in counted),
        words=spread(each.words for each in counted),
        memory_mb=max((each.memory_mb for each in counted if each.memory_mb is not None), default=None),
        finishes=dict(Counter(each.finish for each in mine if each.finish)),
        failed=errors + sum(bool(each.finish) and not each.counts for each in mine),
        disturbed=sum(each.disturbed for each in counted), warm_up_s=warm.median if warm else None,
    )  # fmt: skip
