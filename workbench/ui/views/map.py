"""The idea map: alike ideas near each other, named groups, and the empty places between them."""

from threading import Thread
from typing import Any

import streamlit as st

from workbench.assist.map import LEAST, Gap, IdeaMap, load
from workbench.assist.map import idea_map as laid_out
from workbench.errors import InputError
from workbench.records import Board, Idea
from workbench.ui import deciding
from workbench.ui.cards import Family
from workbench.ui.resources import desk
from workbench.ui.views import opened
from workbench.ui.views.map_chart import GAP, HEIGHT, POINT, chart
from workbench.ui.words import counted, label, plain

CHART = "ideas_map"
ASKED = "ideas_gap"  # the number of the empty place that was clicked
LISTED = 6  # titles of a group in words


def idea_map(board: Board, ideas: list[Idea], around: Family) -> None:
    """Draw the map; a click on a point opens its idea, one on an empty place offers to fill it."""
    if len(ideas) < LEAST:
        st.caption(f"A map needs {LEAST} ideas or more; there are {len(ideas)}. Add some, or choose more above.")
        return
    try:
        found = _map(board, ideas)
    except InputError as error:
        st.caption(plain(str(error)))
        return
    open_id = st.session_state.get(opened.OPEN)
    st.altair_chart(
        chart(found, around.titles, open_id, dark=st.context.theme.type == "dark"), key=CHART, on_select=_clicked,
        selection_mode=[POINT, GAP], height=HEIGHT, alt=_in_words(found),
    )  # fmt: skip
    how = "what they mean" if found.by_meaning else "the words they share"
    st.caption(
        f"Near each other: ideas alike by {how}. Click a point to open its idea, a dashed circle to think into it. "
        "Directions and long distances mean nothing."
    )
    _gap(board, found, around)
    opened.card(board, ideas, around)
    _groups(found, around)


@st.cache_resource
def get_ready() -> None:
    """Load the map's libraries beside the page, once in a process, so that the first map is as quick as the next."""
    Thread(target=load, name="map-libraries").start()


def _map(board: Board, ideas: list[Idea]) -> IdeaMap:
    """Return the map, made once for these ideas in these words."""
    wordings = hash(tuple((idea.id, idea.revision_id) for idea in ideas))
    return _made(board.id, board.question, wordings, ideas)


@st.cache_data(max_entries=16, show_spinner="Laying out the map")
def _made(_board_id: int, question: str, wordings: int, _ideas: list[Idea]) -> IdeaMap:
    return laid_out(_ideas, question, desk().embedder)


def _clicked() -> None:
    picked: dict[str, list[dict[str, Any]]] = st.session_state[CHART].selection
    # Layers share one view: a click on a circle reaches the points' selection too, with nothing in it.
    points = [each["idea"] for each in picked.get(POINT) or [] if each.get("idea") is not None]
    gaps = [each["gap"] for each in picked.get(GAP) or [] if each.get("gap") is not None]
    st.session_state[opened.OPEN] = int(points[0]) if points else None
    st.session_state[ASKED] = int(gaps[0]) if gaps else None


def _gap(board: Board, found: IdeaMap, around: Family) -> None:
    """Draw the offer to fill the empty place that was clicked."""
    asked = st.session_state.get(ASKED)
    if asked is None or asked >= len(found.gaps):
        return
    gap = found.gaps[asked]
    near = [label(around.titles.get(idea_id, ""), 60) for idea_id in gap.idea_ids]
    with st.container(border=True, key="map_gap"):
        st.markdown(f"**An empty place** between {_between(found, gap)}.  \nNearest: “{near[0]}” and “{near[1]}”.")
        st.button(
            "Brainstorm toward here", key="map_toward", type="primary", icon=":material/bolt:",
            on_click=_toward, args=(board, found, gap),
            help="New ideas that join the two nearest ones; where they end up on the map shows afterwards.",
        )  # fmt: skip


def _toward(board: Board, found: IdeaMap, gap: Gap) -> None:
    deciding.combine(board, [desk().store.idea(idea_id) for idea_id in gap.idea_ids])


def _between(found: IdeaMap, gap: Gap) -> str:
    return " and ".join(f"*{_name(found, number)}*" for number in gap.groups)


def _name(found: IdeaMap, number: int) -> str:
    return plain(", ".join(found.groups[number].terms) or f"group {number + 1}")


def _groups(found: IdeaMap, around: Family) -> None:
    """Draw the map in words, for whoever cannot see it or cannot hit a point."""
    members: dict[int, list[int]] = {}
    for idea_id, home in zip(found.idea_ids, found.group_of, strict=True):
        members.setdefault(home, []).append(idea_id)
    with st.expander("The map in words", icon=":material/list:"), st.grid(min_column_width=270):
        for number, group in enumerate(found.groups):
            with st.container(gap="xsmall"):
                st.markdown(f"**{_name(found, number)}** :gray[{counted(group.size, 'idea')}]")
                for idea_id in members.get(number, [])[:LISTED]:
                    st.button(
                        label(around.titles.get(idea_id, ""), 50), key=f"map_open_{idea_id}", type="tertiary",
                        on_click=opened.open_idea, args=(idea_id,),
                    )  # fmt: skip
                if group.size > LISTED:
                    st.caption(f"and {group.size - LISTED:,} more")


def _in_words(found: IdeaMap) -> str:
    groups = "; ".join(f"{', '.join(group.terms)} ({group.size})" for group in found.groups)
    return f"Map of {len(found.idea_ids)} ideas in {len(found.groups)} groups: {groups}. The same in words below."
