"""The Brainstorm page's parts: how to look, the cards that fill, what is still to decide."""

from collections.abc import Collection

import streamlit as st

from workbench.assist import LENSES, Item, Run, RunView, lens_name
from workbench.engine.interface import PRESETS, Finish, State
from workbench.errors import NotFound
from workbench.records import Board, Generation, Idea, LibraryIdea, Status
from workbench.ui import clicks
from workbench.ui.cards import Family, idea_card, lens_words, library_card, partial_card
from workbench.ui.choice import IDEA, choose
from workbench.ui.resources import desk
from workbench.ui.running import is_live, progress
from workbench.ui.words import counted, plain, short

MOST = 16
WILD = "brainstorm_wild"
CARRIED = "carried over from"  # how the desk labels such a run; it has no lenses to use again
QUESTION = 0  # in place of an idea to start from
WILDNESS = {"focused": "Focused", "balanced": "Balanced", "wild": "Wild"}
CARD_WIDTH = 270
LIBRARY_SHOWN = 6


def seed(ideas: list[Idea], chosen: Idea | None) -> Idea | None:
    """Draw what to start from: the board's question, or one of its ideas."""
    by_id = {idea.id: idea for idea in ideas}
    options = [QUESTION, *by_id]
    st.session_state["brainstorm_seed"] = chosen.id if chosen else QUESTION
    st.selectbox(
        "Start from", options, key="brainstorm_seed",
        format_func=lambda row_id: "the question itself" if row_id == QUESTION else short(by_id[row_id].title, 70),
        on_change=lambda: choose(IDEA, st.session_state["brainstorm_seed"] or None),
    )  # fmt: skip
    return chosen


def settings_row() -> tuple[int, list[str], str]:
    """Draw how many, how wild and through which lenses; return the three."""
    st.session_state.setdefault("brainstorm_n", 8)
    left, right = st.columns(2, vertical_alignment="bottom")
    with left:
        n = st.slider("How many", 1, MOST, key="brainstorm_n", persist_state="session")
    with right:
        wild = st.segmented_control(
            "How wild", list(PRESETS), default="balanced", required=True, format_func=lambda name: WILDNESS[name],
            key=WILD, persist_state="session",
        )  # fmt: skip
    return n, _lenses(), wild or "balanced"


def _lenses() -> list[str]:
    with st.expander("Lenses: a different way of looking for each idea", icon=":material/filter_alt:"):
        picked = st.pills(
            "Lenses", [lens.label for lens in LENSES], selection_mode="multi", format_func=lens_name,
            key="brainstorm_lenses", persist_state="session", label_visibility="collapsed",
        )  # fmt: skip
        own = st.text_input(
            "A lens of your own", key="brainstorm_own_lens", placeholder="persona: my grandmother",
            persist_state="session",
        )  # fmt: skip
        st.caption("None picked: a mix of all kinds, two in eight without any.")
    return [*picked, *([own.strip()] if own and own.strip() else [])]


def run_cards(board: Board, around: Family, run: Run, view: RunView) -> None:
    """Draw a brainstorm: its progress, and a card for each idea that fills as its text comes."""
    progress(run, view)
    if view.state is State.QUEUED:
        return
    first = True
    with st.grid(min_column_width=CARD_WIDTH):
        for number, item in enumerate(view.items):
            idea = _on_board(item)
            focus = first and idea is not None and idea.status is Status.NEW
            first = first and not focus
            if idea is not None:
                idea_card(board, idea, around, focus=focus, note=_note(idea, item))
            else:
                _growing(run, number, item)
    lenses = [item.lens for item in view.items]
    if not is_live(run) and not lenses[0].startswith(CARRIED):
        st.button(
            "Again, with the same lenses", key=f"again_{run.id}", icon=":material/refresh:", on_click=clicks.brainstorm,
            args=(board, len(lenses), lenses, st.session_state.get(WILD) or "balanced", _parent(run)),
        )  # fmt: skip


def _on_board(item: Item) -> Idea | None:
    try:
        return desk().store.idea(item.idea_id) if item.idea_id is not None else None
    except NotFound:  # its adding was undone
        return None


def _parent(run: Run) -> Idea | None:
    try:
        return desk().store.idea(run.idea_id) if run.idea_id is not None else None
    except NotFound:
        return None


def _note(idea: Idea, item: Item) -> str:
    cut = "cut short" if item.finish and item.finish is not Finish.STOP else ""
    return " · ".join(part for part in ("kept" if idea.status is Status.KEPT else "", cut) if part)


def _growing(run: Run, number: int, item: Item) -> None:
    with st.container(border=True, height="stretch", key=f"growing_{run.id}_{number}"):
        writing = ":shimmer[writing]" if item.finish is None else "nothing came"
        badge = f":gray-badge[{writing}]" if item.text or item.finish else ":gray-badge[waiting]"
        st.markdown(badge + lens_words(item.lens))
        if item.text:
            body = f"  \n{plain(item.body)}" if item.body else ""
            st.markdown(f"**{plain(item.title)}**{body}")
        elif item.finish is None:
            st.skeleton(height=72)
        st.space("stretch")
        st.space(40)  # where the buttons will be


def undecided(board: Board, ideas: list[Idea], cut: list[Generation], around: Family, *, focus: bool) -> None:
    """Draw the ideas of earlier runs that wait for a decision, and the texts that were cut off."""
    if not ideas and not cut:
        return
    st.subheader(f"Still to decide: {len(ideas) + len(cut)}", anchor=False)
    with st.grid(min_column_width=CARD_WIDTH):
        for generation in cut:
            partial_card(board, generation)
        for number, idea in enumerate(ideas):
            idea_card(board, idea, around, focus=focus and number == 0)


def from_library(board: Board, query: str, taken: Collection[str | None], *, focus: bool, model: bool) -> None:
    """Draw the library's best matches, which need no model and are there at once."""
    found = matches(query, taken)
    if not found:
        return
    st.subheader("From the library", anchor=False)
    st.caption(
        f"Written ideas on other topics, found among {counted(len(desk().library), 'idea')} without any model. "
        "Take one as it is, or carry it over to your question."
    )
    with st.grid(min_column_width=CARD_WIDTH):
        for number, idea in enumerate(found):
            library_card(board, idea, focus=focus and number == 0, model=model)


def matches(query: str, taken: Collection[str | None]) -> list[LibraryIdea]:
    """Return the best matches that are not on the board yet, dropped ones left out too."""
    found = desk().library.search(query, LIBRARY_SHOWN + len(taken))
    return [idea for idea in found if idea.id not in taken][:LIBRARY_SHOWN]
