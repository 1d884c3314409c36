"""The Brainstorm page's parts: the cards that fill, what is still to decide, the library."""

from collections.abc import Collection, Sequence

import streamlit as st

from workbench.assist import Item, Run, RunView
from workbench.assist.brainstorming import CARRIED, unfinished
from workbench.engine.interface import PRESETS, Finish, State
from workbench.errors import NotFound
from workbench.records import Board, Generation, Idea, LibraryIdea, Status
from workbench.ui import feedback, repeats
from workbench.ui.cards import Family, idea_card, lens_words, library_card, partial_card
from workbench.ui.faults import act
from workbench.ui.resources import desk
from workbench.ui.running import is_live, progress
from workbench.ui.steering import WILD
from workbench.ui.words import counted, label, plain

CARD_WIDTH = 270
LIBRARY_SHOWN = 6
PER_PAGE = 24


def run_cards(board: Board, around: Family, everything: Sequence[Idea], run: Run, view: RunView) -> None:
    """Draw a brainstorm: its progress, and a card for each idea that fills as its text comes.

    While it goes on, every card keeps its place; once it has ended, those that repeat an idea lie folded under a line.
    """
    # One element, live or ended: the cards below keep their place in the page, and with it what is typed in them.
    head = st.container(key=f"run_head_{run.id}")
    with head:
        progress(run, view)
    if view.state is State.QUEUED:
        return
    live = is_live(run)
    pairs = [(number, item, _on_board(item)) for number, item in enumerate(view.items)]
    ideas = [idea for _, _, idea in pairs if idea is not None]
    if not live:
        with head:
            repeats.count(everything, ideas)
    with st.grid(min_column_width=CARD_WIDTH):
        for number, item, idea in pairs:
            if idea is None:
                _growing(run, number, item)
            elif idea.folded_into is None:
                idea_card(board, idea, around, note=_note(idea, item))
            elif live:
                _repeating(run, number, idea, around)
    if not live:
        repeats.folded(ideas, everything, run.id)
        _next(board, run, view)


def _next(board: Board, run: Run, view: RunView) -> None:
    """Draw how to go on after a run that has ended."""
    lenses = [item.lens for item in view.items]
    left = len(unfinished(run)) if view.state in (State.STOPPED, State.FAILED) else 0
    with st.container(horizontal=True):
        if left:
            st.button(
                f"Continue: {counted(left, 'more idea')}", key=f"continue_{run.id}", icon=":material/play_arrow:",
                on_click=_go_on, args=(run,),
            )  # fmt: skip
        if lenses and lenses[0].startswith(CARRIED):
            st.button(
                "Carry over again", key=f"again_{run.id}", icon=":material/refresh:", on_click=_carry_again, args=(run,)
            )
        elif lenses and not any(_cells(view)):
            st.button(
                "Again, with the same lenses", key=f"again_{run.id}", icon=":material/refresh:", on_click=_again,
                args=(board, run, lenses),
            )  # fmt: skip


def _go_on(run: Run) -> None:
    act(desk().go_on, run)


def _carry_again(run: Run) -> None:
    act(desk().again, run)


def _again(board: Board, run: Run, lenses: list[str]) -> None:
    act(
        desk().brainstorm, board.question, n=len(lenses), lenses=lenses, board_id=board.id, parent=_parent(run),
        context=board.context, constraints=board.constraints, audience=board.audience,
        sampling=PRESETS[st.session_state.get(WILD) or "balanced"],
    )  # fmt: skip


def _cells(view: RunView) -> list[tuple[int, ...]]:
    return [idea.cell for idea in map(_on_board, view.items) if idea is not None]


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
    return " · ".join(part for part in ("kept" if idea.status is Status.KEPT else "", cut, _spur(idea)) if part)


def _spur(idea: Idea) -> str:
    carried = idea.lens.startswith(CARRIED)  # the lens says it already
    return f"set off by “{label(idea.stimulus.partition(' — ')[0], 50)}”" if idea.stimulus and not carried else ""


def _growing(run: Run, number: int, item: Item) -> None:
    with st.container(border=True, height="stretch", key=f"growing_{run.id}_{number}"):
        st.markdown(f":gray-badge[{_stage(item)}]" + lens_words(f"flip: {item.draft}" if item.draft else item.lens))
        if item.text:
            body = f"  \n{plain(item.body)}" if item.body else ""
            st.markdown(f"**{plain(item.title)}**{body}")
        elif item.finish is None:
            st.skeleton(height=72)
        st.space("stretch")
        if item.text and item.generation_id is not None:
            feedback.thumbs(item.generation_id, run.task, growing=True)
        else:
            st.space(40)  # where the buttons will be


def _stage(item: Item) -> str:
    if item.finish is not None:
        return "nothing came"
    if item.draft:
        return ":shimmer[the worst idea first]"
    return ":shimmer[writing]" if item.text else "waiting"


def _repeating(run: Run, number: int, idea: Idea, around: Family) -> None:
    with st.container(border=True, height="stretch", key=f"repeating_{run.id}_{number}"):
        st.markdown(":gray-badge[:material/stacks: said before]" + lens_words(idea.lens))
        said = label(around.titles.get(idea.folded_into or 0, "another of these ideas"), 60)
        st.markdown(f":gray[{plain(idea.title)}]  \n:gray[:small[says the same as “{said}”]]")
        st.space("stretch")
        st.space(40)


def undecided(
    board: Board, ideas: list[Idea], cut: list[Generation], around: Family, everything: Sequence[Idea]
) -> None:
    """Draw the ideas of earlier runs that wait for a decision, and the texts that were cut off."""
    standing = [idea for idea in ideas if idea.folded_into is None]
    if ideas or cut:
        st.subheader(f"Still to decide: {len(standing) + len(cut)}", anchor=False)
    page = st.pagination(-(-len(standing) // PER_PAGE), key="undecided_page") if len(standing) > PER_PAGE else 1
    with st.grid(min_column_width=CARD_WIDTH):
        for generation in cut if page == 1 else ():
            partial_card(board, generation)
        for idea in standing[(page - 1) * PER_PAGE : page * PER_PAGE]:
            idea_card(board, idea, around, note=_spur(idea))
    repeats.folded(ideas, everything, "earlier")


def from_library(board: Board, query: str, taken: Collection[str | None], *, model: bool) -> None:
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
        for idea in found:
            library_card(board, idea, model=model)


def matches(query: str, taken: Collection[str | None]) -> list[LibraryIdea]:
    """Return the best matches that are not on the board yet, dropped ones left out too."""
    found = desk().library.search(query, LIBRARY_SHOWN + len(taken))
    return [idea for idea in found if idea.id not in taken][:LIBRARY_SHOWN]
