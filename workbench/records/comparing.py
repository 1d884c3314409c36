"""Comparisons: the same prompts put to several models, and the jobs that do it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from workbench.records.answers import Generation


class ComparisonKind(StrEnum):
    """Where a comparison's answers come from."""

    LIVE = "live"  # asked for one at a time
    BATCH = "batch"  # planned whole, answered unattended
    OUTSIDE = "outside"  # a file of pairs, to be voted on


class JobKind(StrEnum):
    """What a process of its own does for a comparison."""

    ANSWERS = "answers"
    JUDGE = "judge"


class JobState(StrEnum):
    """Where such a job is."""

    WAITING = "waiting"  # another one is at work, or its process is only starting
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"
    INTERRUPTED = "interrupted"  # its process is gone: killed, or a power cut


@dataclass(frozen=True, slots=True)
class Prompt:
    """A chat to be answered, and what the tables call it."""

    title: str
    messages: tuple[dict[str, str], ...]


@dataclass(frozen=True, slots=True)
class PromptSet:
    """Prompts under one name."""

    name: str
    prompts: tuple[Prompt, ...]
    about: str = ""
    id: int | None = None  # of the person's own; None: built in, or a board's questions


@dataclass(frozen=True, slots=True)
class Contender:
    """A model that takes part: a base, with an adapter or without, on this machine or on a server."""

    name: str  # what tables and charts call it; unique in a comparison
    model: str  # a GGUF file, a folder with a manifest, or what the server calls it
    adapter: str = ""  # a name in the folder's manifest, or a GGUF file; "" is the bare base
    server: str = ""  # the address of its API; "" is this machine

    @property
    def base(self) -> tuple[str, str]:
        """What is loaded once for all contenders that share it."""
        return self.server, self.model


@dataclass(frozen=True, slots=True, kw_only=True)
class NewComparison:
    """A comparison to write down. Prompts and contenders are numbered by their place."""

    title: str
    kind: ComparisonKind
    prompts: tuple[Prompt, ...]
    contenders: tuple[Contender, ...]
    sampling: Mapping[str, Any] = field(default_factory=dict)  # of `engine.interface.Sampling`; the same for all
    repeats: int = 1
    seed: int = 1  # repeat r samples with seed + r, all contenders alike; it drew the order too
    warm_up: tuple[dict[str, str], ...] = ()
    machine: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison(NewComparison):
    """A comparison as it is kept."""

    id: int
    created: str = ""


@dataclass(frozen=True, slots=True)
class Trial:
    """One answer of a comparison: planned, at work, or there."""

    id: int
    comparison_id: int
    prompt: int  # place in `Comparison.prompts`; -1: the warm-up
    contender: int
    repeat: int
    place: int  # in the order of asking
    generation: Generation | None = None  # None: not asked for yet
    memory_bytes: int | None = None  # what the model added to its process; None: on a server
    disturbed: bool = False  # something else of the workbench generated meanwhile
    error: str = ""  # why it was not asked

    @property
    def warm_up(self) -> bool:
        """True for the answers after a load that no table counts."""
        return self.prompt < 0

    @property
    def open(self) -> bool:
        """True while it is still to be asked."""
        return self.generation is None and not self.error


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparisonJob:
    """A process of its own at work for a comparison."""

    id: int
    comparison_id: int
    kind: JobKind
    state: JobState
    judge: Contender | None = None
    error: str = ""
    created: str = ""
    ended: str = ""

    @property
    def live(self) -> bool:
        """True while its process is there."""
        return self.state in (JobState.WAITING, JobState.RUNNING)
