"""Several ideas at once: the boxes on the cards, and the bar with what can be done to all that are selected."""

from collections.abc import Callable, Collection, Iterable, Sequence

import streamlit as st

from workbench.records import Board, Idea, Status
from workbench.ui import carrying, deciding, exchanging
from workbench.ui.words import counted, short

SELECTED = "ideas_selected"  # ids; in the session, so that they stay over pages of cards and views
ROUND = "ideas_selected_round"
TAGS = "several_tags"


def chosen() -> set[int]:
    """Return the ids that are selected."""
    found: set[int] = st.session_state.setdefault(SELECTED, set())
    return found


def clear() -> None:
    """Select none."""
    choose(())
    st.session_state[ROUND] = rounds() + 1


def rounds() -> int:
    """Return how often the selection was cleared: a table, which keeps its own, begins anew with each."""
    return int(st.session_state.get(ROUND, 0))


def choose(idea_ids: Iterable[int]) -> None:
    """Select these and no others."""
    st.session_state[SELECTED] = set(idea_ids)


def start_combining(idea: Idea) -> None:
    """Select an idea, and say how to go on."""
    chosen().add(idea.id)
    if len(chosen()) != 2:
        st.toast("Now select the other one (X), then combine them (C).", icon=":material/merge:")


def box(idea: Idea) -> None:
    """Draw the box that selects an idea."""
    key = f"pick_{idea.id}"
    st.session_state[key] = idea.id in chosen()
    st.checkbox(
        f"Select “{short(idea.title or idea.body, 40)}”", key=key, label_visibility="collapsed", on_change=_toggle,
        args=(idea.id,),
    )  # fmt: skip


def bar(board: Board, ideas: Sequence[Idea], tags: Collection[str]) -> None:
    """Draw what can be done to the selected ones, at the bottom of the window; nothing without any."""
    picked = [idea for idea in ideas if idea.id in chosen()]
    choose(idea.id for idea in picked)  # those of another board, or undone meanwhile, are let go
    if not picked:
        return
    with st.bottom, st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key="several"):
        st.markdown(f"**{counted(len(picked), 'idea')} selected**", width="content")
        _button("keep", "Keep", ":material/check:", _decide, picked, Status.KEPT)
        _button("drop", "Drop", ":material/close:", _decide, picked, Status.DROPPED)
        _button("archive", "Archive", ":material/archive:", _decide, picked, Status.ARCHIVED)
        with st.popover("Tag", icon=":material/label:", type="tertiary", key="several_tag"):
            _tagging(picked, tags)
        _button(
            "combine", "Combine", ":material/merge:", deciding.combine, board, picked, disabled=len(picked) != 2,
            help_="New ideas that join these two" if len(picked) == 2 else "Select exactly two ideas to combine them",
        )  # fmt: skip
        with st.popover("Carry over", icon=":material/arrow_outward:", type="tertiary", key="several_carry"):
            carrying.form(picked, carrying.SEVERAL)
        exchanging.export(board, picked)
        _button("clear", "Select none", ":material/deselect:", clear)


def _button(
    name: str, text: str, icon: str, action: Callable[..., None], *args: object,
    disabled: bool = False, help_: str | None = None,
) -> None:  # fmt: skip
    st.button(
        text, key=f"several_{name}", icon=icon, type="tertiary", on_click=action, args=args, disabled=disabled,
        help=help_,
    )  # fmt: skip


def _tagging(picked: list[Idea], tags: Collection[str]) -> None:
    with st.form("several_tagging", border=False, clear_on_submit=True):
        st.multiselect(
            "Tags to add", tags, key=TAGS, accept_new_options=True,
            placeholder="Pick, or write a new one and press Enter",
        )  # fmt: skip
        st.form_submit_button("Add tags", key="several_tag_add", type="primary", on_click=_tag, args=(picked,))


def _decide(picked: list[Idea], status: Status) -> None:
    if deciding.decide(picked, status):
        clear()


def _tag(picked: list[Idea]) -> None:
    deciding.tag(picked, st.session_state[TAGS])


def _toggle(idea_id: int) -> None:
    if st.session_state[f"pick_{idea_id}"]:
        chosen().add(idea_id)
    else:
        chosen().discard(idea_id)
