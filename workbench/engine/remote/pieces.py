"""What a server sends, read without trust: any field may be missing or of another kind."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens as the server counts them; 0: it has not said."""

    prompt: int
    cached: int
    completion: int


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a streamed answer."""

    words: str
    thought: bool  # what came belongs to the model's thinking, not to its answer
    ended: str  # why the answer has ended; "" while it goes on
    usage: Usage


def read_piece(sent: Mapping[str, Any]) -> Piece:
    """Return what a streamed piece holds."""
    choices = sent.get("choices")
    choice = _mapping(choices[0] if isinstance(choices, list) and choices else None)
    delta = _mapping(choice.get("delta"))
    words = delta.get("content")
    return Piece(
        words=words if isinstance(words, str) else "",
        thought=bool(delta.get("reasoning_content") or delta.get("reasoning")),
        ended=str(choice.get("finish_reason") or ""),
        usage=read_usage(sent),
    )


def read_usage(sent: Mapping[str, Any]) -> Usage:
    """Return the counts of a piece or of a whole answer."""
    usage = _mapping(sent.get("usage"))
    details = _mapping(usage.get("prompt_tokens_details"))
    return Usage(
        prompt=_count(usage.get("prompt_tokens")),
        cached=_count(details.get("cached_tokens")),
        completion=_count(usage.get("completion_tokens")),
    )


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _count(value: object) -> int:
    return value if isinstance(value, int) else 0
