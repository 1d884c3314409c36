"""What a model answered, and what became of it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Generation:
    """One completion of one model call, logged from the moment it is asked for."""

    id: int
    job_id: str
    task: str
    messages: list[dict[str, str]]
    model: str
    model_sha256: str
    adapter: str | None
    adapter_sha256: str | None
    sampling: dict[str, object]
    seed: int
    board_id: int | None = None
    idea_id: int | None = None
    lens: str = ""
    text: str = ""
    prompt_tokens: int = 0
    tokens: int = 0
    first_token_s: float | None = None
    seconds: float | None = None
    finish: str | None = None  # None while running; interrupted: the app was killed meanwhile
    label: str | None = None  # kept | dropped
    error: str | None = None
    created: str = ""
    prompts_version: int | None = None  # None: it was not written down


@dataclass(frozen=True, slots=True)
class Decision:
    """One change of a rewrite, and what the person decided about it."""

    part: str  # title | body
    old: str
    new: str
    accepted: bool | None = None  # None: undecided


@dataclass(frozen=True, slots=True)
class Review:
    """Every change of a rewrite (a generation) against one wording of its idea."""

    generation_id: int
    revision_id: int
    changes: tuple[Decision, ...]
    updated: str
