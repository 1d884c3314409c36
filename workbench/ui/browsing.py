"""The Ideas page's parts: writing one down, the ways to more, finding, and what the views show."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import TypeVar

import streamlit as st

from workbench.records import Board, Idea, Status
from workbench.ui import clicks, exchanging
from workbench.ui.cards import Family, idea_card, library_card
from workbench.ui.resources import desk
from workbench.ui.views import CARDS, MAP, STATUS, TABLE, TREE, VIEWS
from workbench.ui.words import STATUS_WORDS, counted, label, plain

T = TypeVar("T")
CARD_WIDTH = 270
BOARD, EVERYWHERE, LIBRARY = "This board", "All boards", "Library"
STATUSES, TAGS = "ideas_status", "ideas_tags"
ICONS = {
    CARDS: ":material/grid_view:", TABLE: ":material/table_rows:", TREE: ":material/account_tree:",
    STATUS: ":material/view_kanban:", MAP: ":material/scatter_plot:",
}  # fmt: skip


def write(board: Board, *, started: bool) -> None:
    """Draw the field for the person's own idea, and the way to more."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        with (
            st.form("ideas_write", clear_on_submit=True, border=False, width=560),
            st.container(horizontal=True, vertical_alignment="bottom", gap="small"),
        ):
            st.text_input(
                "Your own idea", key="ideas_own", label_visibility="collapsed",
                placeholder="Your own idea: a title — and a sentence that says who does what",
            )  # fmt: skip
            st.form_submit_button(
                "Add", key="ideas_add", type="primary", on_click=clicks.write_idea, args=(board, "ideas_own")
            )
        st.button(
            "Brainstorm 8 more" if started else "Brainstorm 8 ideas", key="ideas_brainstorm", icon=":material/bolt:",
            on_click=clicks.brainstorm_and_look, args=(board,),
        )  # fmt: skip


def find(board: Board, *, started: bool) -> tuple[str, str]:
    """Draw the search, and the ways in and out; return the words and where to look for them."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        words = st.text_input(
            "Search", key="ideas_search", type="search", live=True, label_visibility="collapsed",
            placeholder="Search", width=260,
        )  # fmt: skip
        where = st.segmented_control(
            "Where", [BOARD, EVERYWHERE, LIBRARY], default=BOARD, required=True, key="ideas_where",
            label_visibility="collapsed",
        )  # fmt: skip
        exchanging.import_button()
        if started:
            exchanging.export(board)
    exchanging.import_panel(board)
    return (words or "").strip(), where or BOARD


def filters(board: Board, ideas: list[Idea], words: str, tags: Sequence[str]) -> tuple[str, list[Idea]]:
    """Draw the view and the status and tag filters; return the view and the ideas that pass, best matches first."""
    with st.container(horizontal=True, vertical_alignment="center"):
        view = st.segmented_control(
            "View", list(VIEWS), default=CARDS, required=True, key="ideas_view", label_visibility="collapsed",
            persist_state="session", format_func=lambda name: f"{ICONS[name]} {name}",
        )  # fmt: skip
        statuses = list(Status) if view == STATUS else _statuses(ideas)
        wanted = (
            st.pills("Tags", tags, selection_mode="multi", key=TAGS, label_visibility="collapsed",
                     format_func=lambda tag: f"\\#{label(tag)}")
            if tags else []
        )  # fmt: skip
    matching = _matching(board, ideas, words) if words else ideas
    passed = [idea for idea in matching if idea.status in statuses and set(wanted) <= set(idea.tags)]
    if words:
        _count(len(passed), words, "" if matching else "Try the library, or fewer words.")
    if len(passed) < len(matching) and (words or not passed):
        st.button(
            f"{counted(len(matching) - len(passed), 'more idea')} with another status or tag", key="ideas_all",
            type="tertiary", icon=":material/filter_alt_off:", on_click=_no_filter,
        )  # fmt: skip
    return view or CARDS, passed


def _statuses(ideas: list[Idea]) -> list[Status]:
    counts = Counter(idea.status for idea in ideas)
    return st.pills(
        "Status", list(Status), selection_mode="multi", default=[Status.KEPT, Status.NEW], key=STATUSES,
        format_func=lambda status: f"{STATUS_WORDS[status]} {counts[status]:,}", label_visibility="collapsed",
        persist_state="session",
    )  # fmt: skip


def _matching(board: Board, ideas: list[Idea], words: str) -> list[Idea]:
    by_id = {idea.id: idea for idea in ideas}
    found = desk().store.search(words, board_id=board.id, statuses=tuple(Status), limit=len(ideas))
    return [by_id[idea.id] for idea in found if idea.id in by_id]  # not those folded away


def _no_filter() -> None:
    st.session_state[STATUSES] = list(Status)
    st.session_state[TAGS] = []


def elsewhere(board: Board, words: str, where: str, around: Family) -> None:
    """Draw what the search finds on all boards or in the library."""
    if not words:
        st.caption("Type a few words of what you are after; it is searched at once.")
    elif where == LIBRARY:
        _library(board, words)
    else:
        found = desk().store.search(words, statuses=tuple(Status))
        _count(len(found), words, "" if found else "Try the library, or fewer words.")
        boards = {each.id: each for each in desk().store.list_boards()}
        _grid(found, lambda idea: _found(boards.get(idea.board_id, board), board, idea, around))


def _found(home: Board, board: Board, idea: Idea, around: Family) -> None:
    note = "" if home.id == board.id else f"on “{label(home.question, 60)}”"
    idea_card(home, idea, around, note=note)


def _library(board: Board, words: str) -> None:
    found = desk().library.search(words, 18)
    _count(len(found), words, "" if found else "Try other words.")
    _grid(found, lambda idea: library_card(board, idea, model=not desk().engine.status().error))


def _grid(found: Sequence[T], draw: Callable[[T], None]) -> None:
    with st.grid(min_column_width=CARD_WIDTH):
        for each in found:
            draw(each)


def _count(number: int, words: str, otherwise: str) -> None:
    st.caption(f"{counted(number, 'idea')} for “{plain(words)}”. {otherwise}")
