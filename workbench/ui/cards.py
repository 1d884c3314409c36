"""An idea on the screen: a card that shows who wrote it and what was decided, with its actions."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from workbench.assist import lens_name
from workbench.records import Board, Generation, Idea, LibraryIdea, Origin, Status
from workbench.ui import carrying, clicks, deciding, feedback, selecting
from workbench.ui.editing import CARRYING, EDITING, TAGGING, edit_form, start, tag_form
from workbench.ui.resources import desk
from workbench.ui.words import INTERRUPTED, STATUS_WORDS, counted, label, origin_word, plain, short

ORIGIN_ICONS = {
    Origin.PERSON: ":material/person:",
    Origin.MODEL: ":material/neurology:",
    Origin.LIBRARY: ":material/local_library:",
}
KEEP, DROP, ARCHIVE, REOPEN = "Keep", "Drop", "Archive", "Undecided again"
MORE, OPPOSITE, COMBINE, CARRY = "More like this", "The opposite", "Combine with another", "Carry over"
REFINE, EVALUATE, EDIT, TAG = "Refine", "Evaluate", "Edit", "Tag"
# What the menu of a card holds beside its buttons; together they are everything, whatever the status.
ANY = (OPPOSITE, COMBINE, CARRY, EDIT, TAG)
MENUS = {
    Status.NEW: (REFINE, EVALUATE, *ANY, ARCHIVE),
    Status.KEPT: (*ANY, REOPEN, ARCHIVE, DROP),
    Status.DROPPED: (MORE, REFINE, EVALUATE, *ANY, REOPEN, ARCHIVE),
    Status.ARCHIVED: (MORE, REFINE, EVALUATE, *ANY, REOPEN, DROP),
}
FORMS = {EDIT: EDITING, TAG: TAGGING, CARRY: CARRYING}
STATUS_OF = {KEEP: Status.KEPT, DROP: Status.DROPPED, ARCHIVE: Status.ARCHIVED, REOPEN: Status.NEW}
SHORT = 110  # characters of a compact card's text


@dataclass(frozen=True, slots=True)
class Family:
    """What a card says of the ideas around it; gathered once for a page of cards."""

    titles: Mapping[int, str]  # of every idea on the board
    children: Mapping[int, int]  # how many each has
    model: str  # the name of the one at work, for the ideas it wrote
    versions: Mapping[int, int]  # how many wordings, of those that have several
    tags: tuple[str, ...]  # of any idea on the board


def family(ideas: list[Idea]) -> Family:
    """Return what a board's ideas are to each other."""
    parents = [parent for idea in ideas for parent in (idea.parent_id, idea.second_parent_id) if parent is not None]
    return Family(
        {idea.id: idea.title or idea.body for idea in ideas},
        Counter(parents),
        desk().engine.status().model_for("brainstorm"),
        desk().store.version_counts(ideas[0].board_id) if ideas else {},
        tuple(sorted({tag for idea in ideas for tag in idea.tags})),
    )


def idea_card(
    board: Board, idea: Idea, around: Family, *, note: str = "", select: bool = False, compact: bool = False
) -> None:
    """Draw an idea with its actions; `select`: with a box to select it by; `compact`: its text cut short."""
    with st.container(border=True, height="content" if compact else "stretch", key=f"card_{idea.id}"):
        if st.session_state.get(EDITING) == idea.id:
            edit_form(idea, around.titles, around.tags)
            return
        with st.container(horizontal=True, horizontal_alignment="distribute", gap="xsmall", wrap=False):
            _head(idea, around.model, compact=compact)
            if select:
                selecting.box(idea)
        _wording(idea.title, idea.body if not compact else short(idea.body, SHORT))
        about = [] if compact else [*_relations(idea, around), note]
        if any(about):
            st.caption(" · ".join(part for part in about if part))
        if st.session_state.get(TAGGING) == idea.id:
            tag_form(idea, around.tags)
        if st.session_state.get(CARRYING) == idea.id:
            carrying.form([idea], idea.id)
        if not compact:
            st.space("stretch")
        with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
            (_moves if compact else _actions)(board, idea, select)
            if idea.generation_id is not None:
                feedback.thumbs(idea.generation_id, "brainstorm")


def library_card(board: Board, found: LibraryIdea, *, model: bool = True) -> None:
    """Draw an idea of the library, to keep, drop, refine or carry over like any other."""
    key = found.id
    with st.container(border=True, height="stretch", key=f"library_{key}"):
        st.markdown(f":gray-badge[:material/local_library: from the library] :gray[:small[{label(found.topic, 90)}]]")
        _wording(found.title, found.text)
        st.space("stretch")
        with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
            st.button(
                "Keep", key=f"lib_keep_{key}", on_click=clicks.decide_library, args=(board, found, Status.KEPT),
                icon=":material/check:",
            )  # fmt: skip
            st.button(
                "Drop", key=f"lib_drop_{key}", on_click=clicks.decide_library, args=(board, found, Status.DROPPED),
                type="tertiary",
            )  # fmt: skip
            st.button(
                "Refine", key=f"lib_refine_{key}", type="tertiary", on_click=clicks.take_and_refine,
                args=(board, found),
            )  # fmt: skip
            if model:
                st.button(
                    CARRY, key=f"lib_carry_{key}", type="tertiary", on_click=clicks.carry_over,
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
            feedback.thumbs(cut.id, cut.task)


def _head(idea: Idea, model: str, *, compact: bool = False) -> None:
    badges = [f":gray-badge[{ORIGIN_ICONS[idea.origin]} {label(origin_word(idea, model), 30)}]"]
    if idea.status is not Status.KEPT and not compact:
        badges.append(f":gray-badge[{STATUS_WORDS[idea.status]}]")
    badges += [f":gray-badge[\\#{label(tag, 30)}]" for tag in idea.tags]
    st.markdown(" ".join(badges) + ("" if compact else lens_words(idea.lens)))


def lens_words(lens: str) -> str:
    """Return the lens as quiet Markdown, for the end of a line of badges."""
    return f" :gray[:small[{label(lens_name(lens), 60)}]]" if lens else ""


def _wording(title: str, body: str) -> None:
    st.markdown(f"**{plain(title)}**  \n{plain(body)}" if title and body else f"**{plain(title or body)}**")


def _relations(idea: Idea, around: Family) -> list[str]:
    words = []
    parents = [
        f"“{label(around.titles.get(parent, 'another idea'), 40)}”"
        for parent in (idea.parent_id, idea.second_parent_id) if parent is not None
    ]  # fmt: skip
    if len(parents) > 1:
        words.append(f"combined of {' and '.join(parents)}")
    elif parents:
        words.append(f"child of {parents[0]}")
    if idea.id in around.versions:
        words.append(counted(around.versions[idea.id] - 1, "refinement"))
    if around.children.get(idea.id):
        words.append(counted(around.children[idea.id], "child", "children"))
    return words


def _actions(board: Board, idea: Idea, select: bool) -> None:
    if idea.status is Status.NEW:
        _button("keep", KEEP, idea, clicks.decide, idea, Status.KEPT)
        _button("drop", DROP, idea, clicks.decide, idea, Status.DROPPED, tertiary=True)
    elif idea.status is Status.KEPT:
        _button("refine", REFINE, idea, clicks.go, "refine", idea)
        _button("evaluate", EVALUATE, idea, clicks.go, "evaluate", idea, tertiary=True)
    else:
        _button("keep", "Put back", idea, clicks.decide, idea, Status.KEPT, icon=":material/undo:")
    if idea.status in (Status.NEW, Status.KEPT):
        _button("more", "More", idea, clicks.go, "brainstorm", idea, tertiary=True,
                help_="Brainstorm more ideas like this one")  # fmt: skip
    _menu(board, idea, MENUS[idea.status], select)


def _moves(board: Board, idea: Idea, select: bool) -> None:
    """Draw the ways to another status, and everything else in the menu."""
    if idea.status is not Status.KEPT:
        _button("keep", KEEP, idea, clicks.decide, idea, Status.KEPT, tertiary=True)
    if idea.status is not Status.DROPPED:
        _button("drop", DROP, idea, clicks.decide, idea, Status.DROPPED, tertiary=True)
    rest = [REOPEN] * (idea.status is not Status.NEW) + [ARCHIVE] * (idea.status is not Status.ARCHIVED)
    _menu(board, idea, (MORE, REFINE, EVALUATE, *ANY, *rest), select)


def _menu(board: Board, idea: Idea, choices: Sequence[str], select: bool) -> None:
    menu = f"menu_{idea.id}"
    st.menu_button(
        "Other", choices, key=menu, type="tertiary", on_click=_chosen,
        args=(board, idea, menu, select),
        help="The opposite, combine, carry over, edit, tag and the like",
    )  # fmt: skip


def _button(
    name: str, text: str, idea: Idea, action: Callable[..., None], *args: object,
    icon: str | None = None, tertiary: bool = False, help_: str | None = None,
) -> None:  # fmt: skip
    st.button(
        text, key=f"{name}_{idea.id}", on_click=action, args=args, icon=icon,
        type="tertiary" if tertiary else "secondary", help=help_,
    )  # fmt: skip


def _chosen(board: Board, idea: Idea, menu: str, select: bool) -> None:
    choice = st.session_state[menu]
    if choice in STATUS_OF:
        clicks.decide(idea, STATUS_OF[choice])
    elif choice in FORMS:
        start(FORMS[choice], idea)
    elif choice in (REFINE, EVALUATE):
        clicks.go(choice.lower(), idea)
    elif choice == MORE:
        clicks.go("brainstorm", idea)
    elif choice == OPPOSITE:
        deciding.opposite(board, idea)
    elif choice == COMBINE:
        selecting.start_combining(idea)
        if not select:  # the boxes are on the Ideas page
            clicks.go("ideas")
