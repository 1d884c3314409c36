"""The answers themselves, with what was said about each; to edit and to delete."""

from collections.abc import Sequence

import streamlit as st

from workbench.lab.feedback import reasons_of, served_by
from workbench.records import Feedback, Said, Thumb
from workbench.ui import feedback
from workbench.ui.faults import act
from workbench.ui.resources import desk
from workbench.ui.words import counted, label, plain, when

PER_PAGE = 10
DELETED = "feedback_deleted"  # the last one, to bring back
ICONS = {Thumb.UP: ":material/thumb_up: up", Thumb.DOWN: ":material/thumb_down: down", None: "no thumb"}


def show(rows: Sequence[Feedback]) -> None:
    """Draw the answers a page at a time, those spoken about last first."""
    deleted: Feedback | None = st.session_state.get(DELETED)
    if deleted is not None:
        st.button(
            "Bring back what was deleted last", key="feedback_back", icon=":material/undo:", type="tertiary",
            shortcut="Z", on_click=_bring_back, args=(deleted,),
        )  # fmt: skip
    page = st.pagination(-(-len(rows) // PER_PAGE), key="feedback_pages") if len(rows) > PER_PAGE else 1
    for row in rows[(page - 1) * PER_PAGE : page * PER_PAGE]:
        with st.container(border=True, key=f"feedback_row_{row.id}", gap="xsmall"):
            _answer(row)
    if not rows:
        st.caption("None with these filters.")


def _answer(row: Feedback) -> None:
    said, of = row.said, f"row_{row.id}"
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        badges = [f":gray-badge[{ICONS[said.thumb]}]", *(f":gray-badge[{label(each, 40)}]" for each in reasons_of(row))]
        st.markdown(" ".join(badges), width="content")
        st.caption(f"{plain(row.person)} · {when(row.updated)}", width="content")
    topic = f" on “{label(row.question, 80)}”" if row.question else ""
    cut = "" if row.finish == "stop" else f" · {plain(row.finish or 'still going on')}"
    st.caption(f"{plain(row.task)}{topic} · by {plain(served_by(row))}{cut}")
    st.markdown(plain(row.text.strip()) or ":gray[nothing was written]")
    if said.comment:
        st.markdown(f":material/chat_bubble: {plain(said.comment)}")
    if said.corrected:
        st.markdown(f":material/edit: **Better:** {plain(said.corrected)}")
    with st.container(horizontal=True, gap="xsmall"):
        more = st.popover("Edit", key=f"feedback_more_{of}", type="tertiary", on_change="rerun", width="content")
        if more.open:
            with more:
                feedback.form(row.generation_id, row.task, said, of, row=row.id)
        st.button(
            "Delete", key=f"feedback_delete_{row.id}", icon=":material/delete:", type="tertiary", on_click=_delete,
            args=(row,),
        )  # fmt: skip


def _delete(row: Feedback) -> None:
    if act(desk().store.change_feedback, row.id, Said()):
        st.session_state[DELETED] = row


def _bring_back(row: Feedback) -> None:
    if act(desk().store.give_feedback, row.generation_id, row.person, row.said):
        st.session_state.pop(DELETED, None)


def people() -> None:
    """Draw who said how much, each with the way to forget them."""
    found = desk().store.people()
    if not found:
        st.caption("Nobody has said anything yet.")
    for name, (given, votes) in found.items():
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.markdown(f"**{plain(name)}** · {counted(given, 'answer')} spoken about · {counted(votes, 'vote')}")
            if st.button("Forget", key=f"feedback_forget_{name}", type="tertiary", icon=":material/person_remove:"):
                _forget(name)


@st.dialog("Forget a person", icon=":material/person_remove:")
def _forget(name: str) -> None:
    given, votes = desk().store.people()[name]
    st.markdown(
        f"Everything **{plain(name)}** said is deleted from the file, for good: feedback on {counted(given, 'answer')} "
        f"and {counted(votes, 'vote')}. Ideas stay, without the name. It cannot be undone."
    )
    if st.button("Delete it for good", key="feedback_forget_sure", type="primary", on_click=_forgotten, args=(name,)):
        st.rerun()


def _forgotten(name: str) -> None:
    st.session_state.pop(DELETED, None)
    act(lambda: st.session_state.update(feedback_gone=desk().store.forget_person(name)))


def gone() -> None:
    """Say, once, what was forgotten and what may hold it still."""
    found = st.session_state.pop("feedback_gone", None)
    if found is None:
        return
    words = f"Deleted: feedback on {counted(found.feedback, 'answer')}, {counted(found.votes, 'vote')}."
    if not found.whole:
        words += " Another program has the database open, so that its file may still hold the words: close it, repeat."
    if found.copies:
        words += f" Copies made before updates may still hold it: {', '.join(map(plain, found.copies))}."
    st.info(f"{words} Data sets that were saved before are as they were.", icon=":material/person_remove:")
