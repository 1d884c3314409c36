"""The tree of descent: ideas under those they came from."""

import streamlit as st

from workbench.records import Board, Idea
from workbench.ui.cards import Family, idea_card
from workbench.ui.views.opened import is_open, open_idea
from workbench.ui.words import STATUS_WORDS, label, origin_word

PER_PAGE = 60  # lines; a family stays together, so a page may hold a few more
DEEPEST = 6  # steps to the right
STEP = 24  # pixels


def tree(board: Board, ideas: list[Idea], around: Family) -> None:
    """Draw the ideas under their first parents, and name the second; a click opens one's card in its place."""
    pages = _pages(ideas)
    page = st.pagination(len(pages), key="tree_page") if len(pages) > 1 else 1
    with st.container(gap=None):
        for idea, depth in pages[page - 1]:
            _line(board, idea, around, depth)


def _pages(ideas: list[Idea]) -> list[list[tuple[Idea, int]]]:
    """Return the lines of each page: every idea with its depth, oldest first, as that reads as a story."""
    here = {idea.id for idea in ideas}
    below: dict[int | None, list[Idea]] = {}
    for idea in ideas:
        below.setdefault(idea.parent_id if idea.parent_id in here else None, []).append(idea)
    pages: list[list[tuple[Idea, int]]] = [[]]
    waiting = [(idea, 0) for idea in below.get(None, [])]
    while waiting:
        idea, depth = waiting.pop()
        if depth == 0 and len(pages[-1]) >= PER_PAGE:
            pages.append([])
        pages[-1].append((idea, depth))
        waiting += [(child, depth + 1) for child in below.get(idea.id, [])]
    return pages


def _line(board: Board, idea: Idea, around: Family, depth: int) -> None:
    opened = is_open(idea)
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        if depth:
            st.space(min(depth, DEEPEST) * STEP)
        st.button(
            label(idea.title or idea.body, 70), key=f"tree_{idea.id}", type="tertiary", wrap=True,
            icon=":material/keyboard_arrow_down:" if opened else ":material/chevron_right:",
            on_click=open_idea, args=(idea.id,),
        )  # fmt: skip
        st.caption(" · ".join(_about(idea, around)), width="content")
    if opened:
        idea_card(board, idea, around, select=True)


def _about(idea: Idea, around: Family) -> list[str]:
    told = [STATUS_WORDS[idea.status], label(origin_word(idea, around.model), 30)]
    if idea.second_parent_id is not None:
        told.append(f"and of “{label(around.titles.get(idea.second_parent_id, 'another idea'), 40)}”")
    return told
