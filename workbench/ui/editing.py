"""Editing an idea in place: its wording, tags and parent."""

from collections.abc import Mapping, Sequence

import streamlit as st

from workbench.records import Idea
from workbench.ui.faults import act
from workbench.ui.resources import desk
from workbench.ui.words import distinct, short

EDITING, TAGGING, CARRYING = "card_editing", "card_tagging", "card_carrying"


def start(what: str, idea: Idea) -> None:
    """Turn the idea's card into a form, or show one in it: for its tags, for where to carry it over."""
    close()
    st.session_state[what] = idea.id


def close() -> None:
    """Turn the form into a card again."""
    for what in (EDITING, TAGGING, CARRYING):
        st.session_state.pop(what, None)


def edit_form(idea: Idea, titles: Mapping[int, str], tags: Sequence[str]) -> None:
    """Draw the form; saving adds a revision, the old wording stays."""
    parents: list[int | None] = [None, *(other for other in titles if other != idea.id)]
    names = distinct({None: "nothing"} | {other: short(titles[other], 60) for other in parents if other is not None})
    with st.form(f"edit_{idea.id}", border=False):
        st.text_input("Title", idea.title, key=f"edit_title_{idea.id}")
        st.text_area("Idea", idea.body, key=f"edit_body_{idea.id}", height=120)
        _tags(idea, tags, f"edit_tags_{idea.id}")
        st.selectbox(
            "Child of", parents, index=parents.index(idea.parent_id) if idea.parent_id in parents else 0,
            format_func=lambda other: names.get(other, ""),
            key=f"edit_parent_{idea.id}",
        )  # fmt: skip
        with st.container(horizontal=True):
            st.form_submit_button("Save", key=f"edit_save_{idea.id}", type="primary", on_click=_save, args=(idea,))
            st.form_submit_button("Cancel", key=f"edit_cancel_{idea.id}", type="tertiary", on_click=close)


def tag_form(idea: Idea, tags: Sequence[str]) -> None:
    """Draw a field for the idea's tags alone."""
    with st.form(f"tag_{idea.id}", border=False):
        _tags(idea, tags, f"tag_tags_{idea.id}")
        with st.container(horizontal=True):
            st.form_submit_button("Save", key=f"tag_save_{idea.id}", type="primary", on_click=_save_tags, args=(idea,))
            st.form_submit_button("Cancel", key=f"tag_cancel_{idea.id}", type="tertiary", on_click=close)


def _tags(idea: Idea, tags: Sequence[str], key: str) -> None:
    st.multiselect(
        "Tags", list(dict.fromkeys([*idea.tags, *tags])), default=idea.tags, key=key, accept_new_options=True,
        placeholder="Pick, or write a new one and press Enter",
    )  # fmt: skip


def _save(idea: Idea) -> None:
    title, body, tags, parent = (
        st.session_state[f"edit_{name}_{idea.id}"] for name in ("title", "body", "tags", "parent")
    )
    if act(desk().store.edit_idea, idea.id, title=title, body=body, tags=tags, parent_id=parent):
        close()


def _save_tags(idea: Idea) -> None:
    if act(desk().store.set_tags, idea.id, st.session_state[f"tag_tags_{idea.id}"]):
        close()
