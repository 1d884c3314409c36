"""Rewrites that wait on the Refine page: their changes to accept or reject, what to watch for, and the new wording."""

import streamlit as st

from workbench.assist.guards import Guards
from workbench.assist.reviewing import Reviewed
from workbench.records import Board, Generation, Idea
from workbench.ui import clicks, feedback, tracked
from workbench.ui.empty import INTERRUPTED
from workbench.ui.faults import act, show_fault
from workbench.ui.resources import desk
from workbench.ui.words import counted, label, plain, when

OPEN, EDITING = "refine_open", "refine_editing"
MOST = 12  # rewrites that are shown
CUT_OFF = {"stopped": "Stopped by you before its end.", INTERRUPTED: "Interrupted: the app was ended while this came.",
           "length": "Cut off: it grew too long.", "time": "Cut off: it took too long.",
           "failed": "Cut off: the model failed."}  # fmt: skip


def waiting(board: Board, idea: Idea) -> None:
    """Draw every rewrite that is neither accepted nor discarded: one to work on, the others to look at."""
    found = desk().store.generations(idea_id=idea.id, task="refine", unlabelled=True, limit=MOST)
    newest = {each.job_id: each.id for each in reversed(found)}  # of each request; within one the careful one first
    found.sort(key=lambda each: (-newest[each.job_id], each.id))
    rewrites = [each for each in found if each.finish and each.text.strip()]
    chosen = st.session_state.get(OPEN)
    one = next((each for each in rewrites if each.id == chosen), rewrites[0] if len(rewrites) == 1 else None)
    if one:
        _review(board, idea, one.id)
    others = [each for each in rewrites if each is not one]
    if not others:
        return
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        heading = "Other rewrites" if one else f"{counted(len(others), 'rewrite')} to choose from"
        st.subheader(heading, anchor=False, width="content")
        st.button(
            "Discard these", key="discard_all", type="tertiary", icon=":material/close:", on_click=_discard_all,
            args=(others,),
        )  # fmt: skip
    with st.grid(2, min_column_width=320):
        for each in others:
            _candidate(desk().reviewed(each.id))


@st.fragment
def _review(board: Board, idea: Idea, generation_id: int) -> None:
    """Draw the rewrite in the open; a decision draws this part anew, and nothing else of the page."""
    found = desk().reviewed(generation_id)
    if found.generation.label or not found.generation.finish:  # decided on, or going on: the whole page changes
        st.rerun()
    with st.container(border=True, key=f"rewrite_{generation_id}"):
        _head(found)
        if st.session_state.get(EDITING) == generation_id:
            _form(found)
            return
        key = _key(generation_id)
        tracked.choices(found.tracked, found.decisions, key=key, on_change=lambda: _save(generation_id))
        with st.container(horizontal=True, gap="xsmall"):
            # Never disabled: the browser may have accepted a change that the page does not know of yet.
            st.button(
                "Keep as new version", key=f"accept_{generation_id}", type="primary", icon=":material/check:",
                shortcut="K", on_click=_keep, args=(generation_id,),
            )  # fmt: skip
            st.button(
                "Edit", key=f"edit_{generation_id}", icon=":material/edit:", type="tertiary",
                on_click=_start_editing, args=(generation_id,),
            )  # fmt: skip
            st.button(
                "Try again", key=f"retry_{generation_id}", type="tertiary", icon=":material/refresh:",
                on_click=_again, args=(board, idea, found),
            )  # fmt: skip
            _discard(found.generation)
    show_fault()


def _candidate(found: Reviewed) -> None:
    gid = found.generation.id
    with st.container(border=True, height="stretch", key=f"candidate_{gid}"):
        _head(found)
        tracked.marks(found.tracked, key=f"marks_{gid}")
        st.space("stretch")
        with st.container(horizontal=True, gap="xsmall"):
            st.button("Review", key=f"review_{gid}", icon=":material/rule:", on_click=_open, args=(gid,))
            st.button(
                "Take it whole", key=f"whole_{gid}", type="tertiary", icon=":material/check:",
                on_click=_keep_whole, args=(gid,), disabled=found.guards.unchanged,
            )  # fmt: skip
            _discard(found.generation)


def _head(found: Reviewed) -> None:
    generation = found.generation
    st.caption(f"Toward: {label(found.goal, 100)} · {plain(generation.model)} · {when(generation.created)}")
    cut = CUT_OFF.get(generation.finish or "")
    if cut:
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="left"):
            st.markdown(f":material/content_cut: {plain(cut)}", width="content")
            st.button(
                "Continue", key=f"continue_{generation.id}", icon=":material/play_arrow:", type="tertiary",
                on_click=_go_on, args=(generation.id,),
            )  # fmt: skip
    for note in notes(found.guards, found.goal):
        st.caption(note)


def notes(guards: Guards, goal: str) -> list[str]:
    """Return what there is to watch for, as Markdown."""
    if guards.unchanged:
        return [":material/info: The rewrite says the same as before. Another goal, or another try, may help."]
    said = []
    if guards.lost:
        said.append(f":material/info: No longer in it: {', '.join(plain(fact) for fact in guards.lost)}.")
    if guards.longer and goal == "shorter":
        said.append(":material/info: Longer than before, though shorter was asked for.")
    elif guards.longer:
        said.append(f":material/info: Much longer: {guards.length_ratio:.1f} times as many words.")
    if guards.drifted:
        said.append(f":material/info: It may be another idea by now: {guards.drift:.0%} of its words are gone.")
    return said


def _form(found: Reviewed) -> None:
    """Draw the text that results, to write on; before the first decision that is the whole rewrite."""
    gid = found.generation.id
    title, body = found.result if found.decisions else found.after
    with st.form(f"rewrite_form_{gid}", border=False):
        st.text_input("Title", title, key=f"rewrite_title_{gid}")
        st.text_area("Idea", body, key=f"rewrite_body_{gid}", height=160)
        with st.container(horizontal=True):
            st.form_submit_button(
                "Keep as new version", key=f"rewrite_save_{gid}", type="primary", icon=":material/check:",
                on_click=_keep_edited, args=(gid,),
            )  # fmt: skip
            st.form_submit_button("Back", key=f"rewrite_back_{gid}", type="tertiary", on_click=_stop_editing)


def _discard(generation: Generation) -> None:
    """Draw the way to put a rewrite aside, and the thumbs, which do not."""
    st.button(
        "Discard", key=f"discard_{generation.id}", type="tertiary", icon=":material/close:",
        on_click=clicks.label_generation, args=(generation, "dropped"),
    )  # fmt: skip
    feedback.thumbs(generation.id, generation.task)


def _discard_all(generations: list[Generation]) -> None:
    def discard() -> None:
        with desk().store.as_one(f"discarding of {counted(len(generations), 'rewrite')}"):
            for each in generations:
                desk().store.label_generation(each.id, "dropped")

    act(discard)


def _key(generation_id: int) -> str:
    return f"changes_{generation_id}"


def _save(generation_id: int) -> None:
    decisions = tracked.chosen(_key(generation_id))
    if decisions is not None:
        act(desk().decide, generation_id, decisions)


def _keep(generation_id: int) -> None:
    _save(generation_id)  # the browser may be one click ahead of what was written down
    if act(desk().accept, generation_id):
        _kept()


def _keep_whole(generation_id: int) -> None:
    if act(desk().accept_all, generation_id):
        _kept()


def _keep_edited(generation_id: int) -> None:
    title, body = (st.session_state[f"rewrite_{part}_{generation_id}"] for part in ("title", "body"))
    if act(desk().accept, generation_id, (title, body)):
        _stop_editing()
        _kept()


def _kept() -> None:
    st.session_state.pop(OPEN, None)
    st.toast("A new version; the earlier one is in the history.", icon=":material/check:")


def _open(generation_id: int) -> None:
    st.session_state[OPEN] = generation_id


def _start_editing(generation_id: int) -> None:
    _save(generation_id)
    st.session_state[EDITING] = generation_id


def _stop_editing() -> None:
    st.session_state.pop(EDITING, None)


def _go_on(generation_id: int) -> None:
    act(desk().resume, generation_id)


def _again(board: Board, idea: Idea, found: Reviewed) -> None:
    clicks.label_generation(found.generation, "dropped")
    clicks.refine(board, idea, found.goal)
