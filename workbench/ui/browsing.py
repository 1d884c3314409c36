"""The Ideas page's parts: writing one down, finding, and the two views of a board."""

from collections.abc import Callable, Sequence
from typing import TypeVar

import streamlit as st

from workbench.records import Board, Idea, Status
from workbench.ui import clicks
from workbench.ui.cards import Family, idea_card, library_card
from workbench.ui.resources import desk
from workbench.ui.words import STATUS_WORDS, counted, label, origin_word, plain

T = TypeVar("T")
CARD_WIDTH = 270
PER_PAGE = 24
CARDS, TREE = "Cards", "Tree"
BOARD, EVERYWHERE, LIBRARY = "This board", "All boards", "Library"
OPEN = "ideas_open"  # the idea whose card is open in the tree


def write(board: Board) -> None:
    """Draw the field for the person's own idea, and the way to more."""
    with (
        st.form("ideas_write", clear_on_submit=True, border=False),
        st.container(horizontal=True, vertical_alignment="bottom"),
    ):
        st.text_input(
            "Your own idea", key="ideas_own", label_visibility="collapsed",
            placeholder="Your own idea: a title — and a sentence that says who does what",
        )  # fmt: skip
        st.form_submit_button(
            "Add", key="ideas_add", type="primary", on_click=clicks.write_idea, args=(board, "ideas_own")
        )


def find() -> tuple[str, str]:
    """Draw the search; return the words and where to look for them."""
    with st.container(horizontal=True, vertical_alignment="center"):
        words = st.text_input(
            "Search", key="ideas_search", type="search", live=True, label_visibility="collapsed",
            placeholder="Search", width=300,
        )  # fmt: skip
        where = st.segmented_control(
            "Where", [BOARD, EVERYWHERE, LIBRARY], default=BOARD, required=True, key="ideas_where",
            label_visibility="collapsed",
        )  # fmt: skip
    return (words or "").strip(), where or BOARD


def filters(ideas: list[Idea]) -> tuple[str, list[Idea]]:
    """Draw the view and the status and tag filters; return the view and the ideas that pass."""
    counts = {status: sum(idea.status is status for idea in ideas) for status in Status}
    tags = sorted({tag for idea in ideas for tag in idea.tags})
    with st.container(horizontal=True, vertical_alignment="center"):
        view = st.segmented_control(
            "View", [CARDS, TREE], default=CARDS, required=True, key="ideas_view", label_visibility="collapsed",
            persist_state="session",
        )  # fmt: skip
        statuses = st.pills(
            "Status", list(Status), selection_mode="multi", default=[Status.KEPT, Status.NEW], key="ideas_status",
            format_func=lambda status: f"{STATUS_WORDS[status]} {counts[status]}", label_visibility="collapsed",
            persist_state="session",
        )  # fmt: skip
        wanted = (
            st.pills("Tags", tags, selection_mode="multi", key="ideas_tags", label_visibility="collapsed",
                     format_func=lambda tag: f"\\#{label(tag)}")
            if tags else []
        )  # fmt: skip
    passed = [idea for idea in ideas if idea.status in statuses and set(wanted) <= set(idea.tags)]
    return view or CARDS, passed


def cards(board: Board, ideas: list[Idea], around: Family) -> None:
    """Draw a page of cards; the first undecided one hears the keys, else the first."""
    page = 1
    if len(ideas) > PER_PAGE:
        page = st.pagination(-(-len(ideas) // PER_PAGE), key="ideas_page")
    shown = ideas[(page - 1) * PER_PAGE : page * PER_PAGE]
    focus = next((idea for idea in shown if idea.status is Status.NEW), shown[0] if shown else None)
    with st.grid(min_column_width=CARD_WIDTH):
        for idea in shown:
            idea_card(board, idea, around, focus=idea is focus)


def tree(board: Board, ideas: list[Idea], around: Family) -> None:
    """Draw the ideas under those they came from; a click opens one's card in its place."""
    here = {idea.id for idea in ideas}
    below: dict[int | None, list[Idea]] = {}
    for idea in reversed(ideas):  # oldest first reads as a story
        below.setdefault(idea.parent_id if idea.parent_id in here else None, []).append(idea)

    def branch(parent: int | None, depth: int) -> None:
        for idea in below.get(parent, []):
            _line(board, idea, around, depth)
            branch(idea.id, depth + 1)

    with st.container(gap="xsmall"):
        branch(None, 0)


def _line(board: Board, idea: Idea, around: Family, depth: int) -> None:
    is_open = st.session_state.get(OPEN) == idea.id
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        if depth:
            st.space(min(depth, 6) * 24)
        st.button(
            label(idea.title or idea.body, 70), key=f"tree_{idea.id}", type="tertiary",
            icon=":material/keyboard_arrow_down:" if is_open else ":material/chevron_right:",
            on_click=_toggle, args=(idea.id,),
        )  # fmt: skip
        st.caption(f"{STATUS_WORDS[idea.status]} · {label(origin_word(idea, around.model), 30)}")
    if is_open:
        idea_card(board, idea, around, focus=True)


def _toggle(idea_id: int) -> None:
    st.session_state[OPEN] = None if st.session_state.get(OPEN) == idea_id else idea_id


def results(board: Board, words: str, where: str, around: Family) -> None:
    """Draw what the search finds on the board, on all boards, or in the library."""
    if where == LIBRARY:
        _library(board, words)
        return
    found = desk().store.search(words, board_id=board.id if where == BOARD else None, statuses=tuple(Status))
    _count(len(found), words, "Try the library, or fewer words.")
    boards = {each.id: each for each in desk().store.list_boards()}
    _grid(found, lambda idea: _found(boards.get(idea.board_id, board), board, idea, around))


def _found(home: Board, board: Board, idea: Idea, around: Family) -> None:
    note = "" if home.id == board.id else f"on “{label(home.question, 60)}”"
    idea_card(home, idea, around, note=note)


def _library(board: Board, words: str) -> None:
    found = desk().library.search(words, 18)
    _count(len(found), words, "Try other words.")
    _grid(found, lambda idea: library_card(board, idea, model=not desk().engine.status().error))


def _grid(found: Sequence[T], draw: Callable[[T], None]) -> None:
    with st.grid(min_column_width=CARD_WIDTH):
        for each in found:
            draw(each)


def _count(number: int, words: str, otherwise: str) -> None:
    st.caption(f"{counted(number, 'idea')} for “{plain(words)}”. {'' if number else otherwise}")
