"""Boards out and in: downloads, and a look at what would come in before it does."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from workbench.errors import BadFile
from workbench.exchange import FORMATS, READABLE, Preview, bring_in, bring_in_new, content_of, preview, read, write
from workbench.records import Board, Idea
from workbench.ui import clicks
from workbench.ui.faults import act
from workbench.ui.resources import desk
from workbench.ui.words import counted, label, plain, short

OPEN, FILE, LIST, WHERE, REPEATS, QUESTION = (
    f"import_{name}" for name in ("opened", "file", "list", "where", "repeats", "question")
)
HERE, NEW = "This board", "A new board"
SHOWN = 6  # titles in the preview
MOST = 20  # MB of a file


def export(board: Board, picked: Sequence[Idea] | None = None) -> None:
    """Draw the downloads of a board, or of the ideas that are selected; each file is made when it is asked for."""
    name = "board" if picked is None else "selection"
    ids = None if picked is None else frozenset(idea.id for idea in picked)
    with st.popover("Export", icon=":material/download:", type="tertiary", key=f"export_{name}"):
        st.caption("The whole board, dropped and archived ideas too." if ids is None else "The selected ideas.")
        for each in FORMATS.values():
            st.download_button(
                each.title, partial(_made, board.id, each.name, ids), key=f"export_{name}_{each.name}",
                file_name=f"{_file_name(board.question)}.{each.name}", mime=each.mime, on_click="ignore",
                icon=":material/download:", width="stretch", help=each.note,
            )  # fmt: skip


def import_button() -> None:
    """Draw the way in."""
    st.button(
        "Import", key="import_open", icon=":material/upload:", type="tertiary", on_click=_open,
        args=(not st.session_state.get(OPEN),),
    )  # fmt: skip


def import_panel(board: Board | None) -> None:
    """Draw what to import and what would come of it, while it is open."""
    if not st.session_state.get(OPEN):
        return
    with st.container(border=True, key="import_panel"):
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            st.markdown("**Import ideas**", width="content")
            close = ":material/close:"
            st.button("Close", key="import_close", icon=close, type="tertiary", on_click=_open, args=(False,))
        left, right = st.columns(2)
        kinds = "A file: CSV, JSON, OPML, or a text with one idea a line"
        file = left.file_uploader(kinds, list(READABLE), key=FILE, max_upload_size=MOST)
        pasted = right.text_area("Or paste a list, one idea a line", key=LIST, height=110)
        if file is not None:
            _look(board, file.getvalue(), file.name)
        elif pasted.strip():
            _look(board, pasted.encode(), "the list.txt")


def _look(board: Board | None, data: bytes, name: str) -> None:
    """Show what would come in, and the button that brings it."""
    where = HERE if board else NEW
    if board:
        where = st.segmented_control("To", [HERE, NEW], default=HERE, required=True, key=WHERE) or HERE
    try:
        found = preview(desk().store, read(data, name), board.id if board and where == HERE else None)
    except BadFile as error:
        st.error(f"{plain(str(error))} Nothing was imported.", icon=":material/error:")
        return
    _preview(found, name, new=where == NEW)
    with_repeats = bool(found.on_board) and st.checkbox("Import those too that the board already has", key=REPEATS)
    count = len(found.content.ideas) - (0 if with_repeats else len(found.on_board))
    st.button(
        f"Import {counted(count, 'idea')}", key="import_go", type="primary", disabled=not count,
        on_click=_bring, args=(found, board if where == HERE else None, with_repeats),
    )  # fmt: skip


def _preview(found: Preview, source: str, *, new: bool) -> None:
    """Say what would come in; a new board gets a question."""
    ideas = found.content.ideas
    told = [f"**{counted(len(ideas), 'idea')}**"]
    if found.on_board:
        told.append(f"{len(found.on_board):,} say what an idea on the board says")
    if found.in_file:
        told.append(f"{len(found.in_file):,} repeat an earlier one of the file")
    st.markdown(" · ".join(told))
    st.markdown("\n".join(f"- {label(idea.title or idea.body, 70)}" for idea in ideas[:SHOWN]))
    if len(ideas) > SHOWN:
        st.caption(f"and {len(ideas) - SHOWN:,} more")
    if new:
        st.text_input("Its question", found.content.question or short(source, 80), key=QUESTION)


def _bring(found: Preview, board: Board | None, with_repeats: bool) -> None:
    if act(_add, found, board, with_repeats):
        _open(False)


def _open(wanted: bool) -> None:
    st.session_state[OPEN] = wanted


def _add(found: Preview, board: Board | None, with_repeats: bool) -> None:
    if board is None:
        clicks.open_board(bring_in_new(desk().store, found, st.session_state[QUESTION]).id)
        count = len(found.content.ideas)
    else:
        count = len(bring_in(desk().store, found, board.id, with_repeats=with_repeats))
    st.toast(f"Imported: {counted(count, 'idea')}. Undo takes all of it back.", icon=":material/upload:")


def _made(board_id: int, name: str, ids: frozenset[int] | None) -> bytes:
    return write(content_of(desk().store, board_id, ids), name)


def _file_name(question: str) -> str:
    kept = "".join(letter if letter.isalnum() else " " for letter in question)
    return "-".join(kept.lower().split())[:60].strip("-") or "board"
