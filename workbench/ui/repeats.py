"""What repeats an idea: folded away quietly, shown at a click, and counted."""

from collections.abc import Sequence

import streamlit as st

from workbench.assist.folding import runs_dry
from workbench.records import Board, Idea, Origin, Status
from workbench.ui import feedback
from workbench.ui.cards import lens_words
from workbench.ui.faults import act
from workbench.ui.resources import desk
from workbench.ui.words import label, plain

ON_BOARD = "an idea on the board"
DROPPED = "an idea you dropped"
MOST = 40  # lines under one fold


def count(ideas: Sequence[Idea], here: Sequence[Idea] = ()) -> None:
    """Draw how many of the run's ideas, and of all that a model brought to the board, are really different."""
    by_model = [idea for idea in ideas if idea.origin is Origin.MODEL]
    parts = [f"**{_different(here)} of {len(here)}** in this run"] if here else []
    if len(by_model) > len(here):
        parts.append(f"**{_different(by_model)} of {len(by_model)}** on this board")
    if parts:
        st.markdown(f":material/bubble_chart: Really different: {', '.join(parts)}")


def of_board(ideas: Sequence[Idea]) -> None:
    """Draw what of a board is folded away, and how many of its ideas are really different."""
    away = [idea for idea in ideas if idea.folded_into is not None]
    if away:
        count(ideas)
        folded(away, ideas, "board")


def _different(ideas: Sequence[Idea]) -> int:
    return sum(idea.folded_into is None for idea in ideas)


def dry(board: Board) -> bool:
    """Return whether the well runs dry on this board."""
    return runs_dry(desk().store.batches(board.id))


def folded(ideas: Sequence[Idea], everything: Sequence[Idea], key: str) -> None:
    """Draw one quiet line for the ideas that repeat one on the board, one for those that repeat a dropped one."""
    heads = {idea.id: idea for idea in everything}
    groups: dict[str, list[Idea]] = {ON_BOARD: [], DROPPED: []}
    for idea in ideas:
        if idea.folded_into in heads:
            groups[DROPPED if heads[idea.folded_into].status is Status.DROPPED else ON_BOARD].append(idea)
    for number, (what, group) in enumerate(groups.items()):
        if group:
            with st.expander(
                f"{len(group)} said the same as {what}", type="compact", key=f"folded_{key}_{number}",
                icon=":material/stacks:",
            ):  # fmt: skip
                for idea in group[:MOST]:
                    line(idea, heads[idea.folded_into or 0])
                if len(group) > MOST:
                    st.caption(f"and {len(group) - MOST} more, older ones")


def line(idea: Idea, head: Idea) -> None:
    """Draw a folded idea, what it repeats, and the way to let it stand by itself."""
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(
            f"**{plain(idea.title)}** {plain(idea.body)}  \n"
            f":gray[:small[says the same as “{label(head.title or head.body, 60)}”{' ·' if idea.lens else ''}]]"
            f"{lens_words(idea.lens)}",
            width="stretch",
        )
        if idea.generation_id is not None:
            feedback.thumbs(idea.generation_id, "brainstorm")
        st.button("Let it stand", key=f"unfold_{idea.id}", type="tertiary", on_click=_unfold, args=(idea,))


def _unfold(idea: Idea) -> None:
    if act(desk().store.unfold, idea.id):
        st.toast(f"Stands by itself: {label(idea.title or idea.body, 50)}", icon=":material/check:")
