"""Tracked changes on the page: marks in the text itself, each to accept or reject by click, touch or key.

Streamlit has no widgets inside flowing text, so this is a component of its own: plain JavaScript and CSS that the app
itself serves, nothing fetched from elsewhere. What is decided comes back as one value; the page's text stays readable
for screen readers as <ins> and <del>.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import streamlit as st

from workbench.assist.changes import Piece, Tracked

FILES = Path(__file__).parent
_COMPONENT = st.components.v2.component(
    "tracked_changes",
    html='<div class="tracked"></div><div class="said" role="status"></div>',
    css=(FILES / "tracked.css").read_text(encoding="utf-8"),
    js=(FILES / "tracked.js").read_text(encoding="utf-8"),
)


def marks(tracked: Tracked, *, key: str) -> None:
    """Draw the changes to look at, without a choice."""
    _COMPONENT(key=key, data=_data(tracked) | {"id": key, "decisions": {}, "stamp": 0, "review": False})


def choices(tracked: Tracked, decisions: Mapping[int, bool], *, key: str, on_change: Callable[[], None]) -> None:
    """Draw the changes with their choice and the text that results; `chosen` returns it in the callback."""
    state: Any = st.session_state.get(key) or {}
    choice = state.get("choice") or {}
    data = _data(tracked) | {
        "id": key, "decisions": {str(number): value for number, value in decisions.items()},
        "stamp": choice.get("stamp", 0), "review": True,
    }  # fmt: skip
    _COMPONENT(key=key, data=data, on_choice_change=on_change)


def chosen(key: str) -> dict[int, bool] | None:
    """Return the decisions as the browser last sent them; None: none came in this session."""
    state: Any = st.session_state.get(key) or {}
    choice = state.get("choice")
    return {int(number): bool(value) for number, value in choice["decisions"].items()} if choice else None


def _data(tracked: Tracked) -> dict[str, object]:
    return {"title": _pairs(tracked.title), "body": _pairs(tracked.body)}


def _pairs(pieces: tuple[Piece, ...]) -> list[list[str]]:
    return [[piece.old, piece.new] for piece in pieces]
