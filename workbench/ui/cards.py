"""An idea on the screen: a card that shows who wrote it and what was decided, with its actions."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import streamlit as st

from workbench.assist import lens_name
from workbench.records import Board, Generation, Idea, LibraryIdea, Origin, Status
from workbench.ui import clicks
from workbench.ui.editing import EDITING, edit_form, start_editing
from workbench.ui.resources import desk
from workbench.ui.words import INTERRUPTED, STATUS_WORDS, counted, label, origin_word, plain

ORIGIN_ICONS = {
    Origin.PERSON: ":material/person:",
    Origin.MODEL: ":material/neurology:",
    Origin.LIBRARY: ":material/local_library:",
}
EDIT, KEEP, DROP, ARCHIVE = "Edit, tag, move", "Keep", "Drop", "Archive"
REFINE, EVALUATE, REOPEN = "Refine", "Evaluate", "Undecided again"
OTHERS = {
    Status.NEW: (REFINE, EVALUATE, EDIT, ARCHIVE),
    Status.KEPT: (EDIT, REOPEN, ARCHIVE, DROP),
    Status.DROPPED: (EDIT, ARCHIVE),
    Status.ARCHIVED: (EDIT, DROP),
}
STATUS_OF = {KEEP: Status.KEPT, DROP: Status.DROPPED, ARCHIVE: Status.ARCHIVED, REOPEN: Status.NEW}


@dataclass(frozen=True, slots=True)
class Family:
    """What a card says of the ideas around it; gathered once for a page of cards."""

    titles: Mapping[int, str]  # of every idea on the board
    children: Mapping[int, int]  # how many each has
    model: str  # the name of the one at work, for the ideas it wrote


def family(ideas: list[Idea]) -> Family:
    """Return the titles and the numbers of children of a board's ideas."""
    children: dict[int, int] = {}
    for idea in ideas:
        if idea.parent_id is not None:
            children[idea.parent_id] = children.get(idea.parent_id, 0) + 1
    return Family({idea.id: idea.title or idea.body for idea in ideas}, children, desk().engine.status().model)


def idea_card(board: Board, idea: Idea, around: Family, *, focus: bool = False, note: str = "") -> None:
    """Draw an idea with its actions; the card in `focus` hears the keys."""
    with st.container(border=True, height="stretch", key=f"card_{idea.id}"):
        if st.session_state.get(EDITING) == idea.id:
            edit_form(idea, around.titles)
            return
        _head(idea, around.model)
        _wording(idea.title, idea.body)
        about = [*_relations(idea, around), note]
        if any(about):
            st.caption(" · ".join(part for part in about if part))
        st.space("stretch")
        with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
            _actions(board, idea, focus)


def library_card(board: Board, found: LibraryIdea, *, focus: bool = False, model: bool = True) -> None:
    """Draw an idea of the library, to keep, drop, refine or carry over like any other."""
    key = found.id
    with st.container(border=True, height="stretch", key=f"library_{key}"):
        st.markdown(f":gray-badge[:material/local_library: from the library] :gray[:small[{label(found.topic, 90)}]]")
        _wording(found.title, found.text)
        st.space("stretch")
        with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
            st.button(
                "Keep", key=f"lib_keep_{key}", on_click=clicks.decide_library, args=(board, found, Status.KEPT),
                icon=":material/check:", shortcut="K" if focus else None,
            )  # fmt: skip
            st.button(
                "Drop", key=f"lib_drop_{key}", on_click=clicks.decide_library, args=(board, found, Status.DROPPED),
                type="tertiary", shortcut="D" if focus else None,
            )  # fmt: skip
            st.button(
                "Refine", key=f"key_refine_lib_{key}" if focus else f"lib_refine_{key}", type="tertiary",
                on_click=clicks.take_and_refine, args=(board, found),
            )  # fmt: skip
            if model:
                st.button(
                    "Carry over", key=f"lib_carry_{key}", type="tertiary", on_click=clicks.carry_over,
                    args=(board, found), help="The model writes it anew for your question.",
                )  # fmt: skip


def partial_card(board: Board, cut: Generation) -> None:
    """Draw what a model had written when the app was ended."""
    with st.container(border=True, height="stretch", key=f"partial_{cut.id}"):
        st.markdown(INTERRUPTED)
        st.markdown(plain(cut.text))
        st.space("stretch")
        with st.container(horizontal=True, gap="xsmall"):
            st.button(
                "Keep as it is", key=f"partial_keep_{cut.id}", on_click=clicks.keep_partial, args=(board, cut),
                icon=":material/check:",
            )  # fmt: skip
            st.button(
                "Drop", key=f"partial_drop_{cut.id}", type="tertiary", on_click=clicks.label_generation,
                args=(cut, "dropped"),
            )  # fmt: skip


def _head(idea: Idea, model: str) -> None:
    badges = [f":gray-badge[{ORIGIN_ICONS[idea.origin]} {label(origin_word(idea, model), 30)}]"]
    if idea.status is not Status.KEPT:
        badges.append(f":gray-badge[{STATUS_WORDS[idea.status]}]")
    badges += [f":primary-badge[{label(tag, 30)}]" for tag in idea.tags]
    st.markdown(" ".join(badges) + lens_words(idea.lens))


def lens_words(lens: str) -> str:
    """Return the lens as quiet Markdown, for the end of a line of badges."""
    return f" :gray[:small[{label(lens_name(lens), 60)}]]" if lens else ""


def _wording(title: str, body: str) -> None:
    st.markdown(f"**{plain(title)}**  \n{plain(body)}" if title and body else f"**{plain(title or body)}**")


def _relations(idea: Idea, around: Family) -> list[str]:
    words = []
    if idea.parent_id is not None:
        words.append(f"child of “{label(around.titles.get(idea.parent_id, 'another idea'), 40)}”")
    refined = len(desk().store.revisions(idea.id)) - 1
    if refined:
        words.append(counted(refined, "refinement"))
    if around.children.get(idea.id):
        words.append(counted(around.children[idea.id], "child", "children"))
    return words


def _actions(board: Board, idea: Idea, focus: bool) -> None:
    if idea.status is Status.NEW:
        _button("keep", "Keep", idea, clicks.decide, idea, Status.KEPT, key="K" * focus)
        _button("drop", "Drop", idea, clicks.decide, idea, Status.DROPPED, tertiary=True, key="D" * focus)
    elif idea.status is Status.KEPT:
        _button("key_refine" if focus else "refine", "Refine", idea, clicks.go, "refine", idea)
        _button("evaluate", "Evaluate", idea, clicks.go, "evaluate", idea, tertiary=True, key="E" * focus)
    else:
        _button("keep", "Put back", idea, clicks.decide, idea, Status.KEPT, icon=":material/undo:")
    _button("key_more" if focus else "more", "More", idea, clicks.go, "brainstorm", idea, tertiary=True,
            help_="Brainstorm more ideas like this one")  # fmt: skip
    menu = f"menu_{idea.id}"
    st.menu_button(
        "Other", OTHERS[idea.status], key=menu, type="tertiary", on_click=_chosen, args=(board, idea, menu),
        help="Edit, tag, archive and the like",
    )  # fmt: skip


def _button(
    name: str, text: str, idea: Idea, action: Callable[..., None], *args: object,
    icon: str | None = None, tertiary: bool = False, key: str = "", help_: str | None = None,
) -> None:  # fmt: skip
    st.button(
        text, key=f"{name}_{idea.id}", on_click=action, args=args, icon=icon, shortcut=key or None,
        type="tertiary" if tertiary else "secondary", help=help_,
    )  # fmt: skip


def _chosen(board: Board, idea: Idea, menu: str) -> None:
    choice = st.session_state[menu]
    if choice in STATUS_OF:
        clicks.decide(idea, STATUS_OF[choice])
    elif choice == EDIT:
        start_editing(idea)
    elif choice in (REFINE, EVALUATE):
        clicks.go(choice.lower(), idea)
