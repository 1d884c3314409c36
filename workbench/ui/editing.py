"""Editing an idea in place: its wording, tags and parent."""

from collections.abc import Mapping

import streamlit as st

from workbench.records import Idea
from workbench.ui.faults import act
from workbench.ui.resources import desk
from workbench.ui.words import short

EDITING = "card_editing"


def start_editing(idea: Idea) -> None:
    """Turn the idea's card into a form."""
    st.session_state[EDITING] = idea.id


def edit_form(idea: Idea, titles: Mapping[int, str]) -> None:
    """Draw the form; saving adds a revision, the old wording stays."""
    parents: list[int | None] = [None, *(other for other in titles if other != idea.id)]
    with st.form(f"edit_{idea.id}", border=False):
        st.text_input("Title", idea.title, key=f"edit_title_{idea.id}")
        st.text_area("Idea", idea.body, key=f"edit_body_{idea.id}", height=120)
        st.text_input("Tags", ", ".join(idea.tags), key=f"edit_tags_{idea.id}", placeholder="cheap, spring")
        st.selectbox(
            "Child of", parents, index=parents.index(idea.parent_id) if idea.parent_id in parents else 0,
            format_func=lambda other: "nothing" if other is None else short(titles.get(other, ""), 60),
            key=f"edit_parent_{idea.id}",
        )  # fmt: skip
        with st.container(horizontal=True):
            st.form_submit_button("Save", key=f"edit_save_{idea.id}", type="primary", on_click=_save, args=(idea,))
            st.form_submit_button("Cancel", key=f"edit_cancel_{idea.id}", type="tertiary", on_click=_close)


def _save(idea: Idea) -> None:
    title, body, tags, parent = (
        st.session_state[f"edit_{name}_{idea.id}"] for name in ("title", "body", "tags", "parent")
    )
    if act(_write, idea, title, body, tuple(tag.strip() for tag in tags.split(",")), parent):
        _close()


def _write(idea: Idea, title: str, body: str, tags: tuple[str, ...], parent: int | None) -> None:
    store = desk().store
    store.revise(idea.id, title, body)
    store.set_tags(idea.id, tags)
    store.set_parent(idea.id, parent)


def _close() -> None:
    st.session_state.pop(EDITING, None)
