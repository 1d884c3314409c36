"""The Evaluate page's checks: which rubric the board is judged by, and the person's own, written and shared."""

import streamlit as st

from workbench.assist.judgement import dimensions
from workbench.assist.prompts import DIMENSIONS, EIGHT
from workbench.assist.rubrics import MOST, from_file, from_lines, to_file, to_lines
from workbench.records import Board, Rubric
from workbench.ui.faults import act, show_fault
from workbench.ui.resources import desk
from workbench.ui.words import counted, distinct, plain

HELP = {
    "novelty": "Is it new?", "workability": "Can it be done?", "relevance": "Does it answer the question?",
    "specificity": "Is it clear what to do?",
}  # fmt: skip
ABOUT = (
    f"Write checks as statements that are true of a good idea, one on each line, {MOST} at most. The model answers "
    "each yes or no. The models that come along were taught the eight built-in ones only: of yours they know no more "
    "than the words."
)
EDITED = "rubric_edited"  # the number of the rubric in the form
BUILT_IN = 0  # no rubric of the person's has this number
NAME, FILE = "rubric_name", "rubric_file"


def show(board: Board) -> None:
    """Draw the whole part."""
    show_fault()
    own = {rubric.id: rubric for rubric in desk().store.rubrics() if rubric.id is not None}
    current = _pick(board, own)
    for dimension, members in dimensions(current).items():
        listed = "\n".join(f"- {plain(current.checks[at].text)}" for at in members)
        st.markdown(f"**{dimension.capitalize()}**\n{listed}")
    with st.container(horizontal=True):
        st.download_button(
            "Save as a file", to_file(current), f"{'-'.join(current.name.lower().split())}.json", "application/json",
            key="rubric_save_file", icon=":material/download:", on_click="ignore",
        )  # fmt: skip
        st.button(
            "Change a copy", key="rubric_copy", icon=":material/content_copy:", on_click=_fill, args=(current, True)
        )
        if current.id is not None:
            st.button("Edit", key="rubric_edit", icon=":material/edit:", on_click=_fill, args=(current, False))
            st.button("Delete", key="rubric_delete", icon=":material/delete:", on_click=_delete, args=(board, current))
        st.button("New checks", key="rubric_new", icon=":material/add:", on_click=_fill, args=(None, True))
    if NAME in st.session_state:
        _form(board, own)
    with st.expander("Take checks from a file", icon=":material/upload:"):
        st.file_uploader(
            "A rubric's JSON file", type="json", key=FILE, max_upload_size=1, on_change=_take, args=(board,)
        )


def _pick(board: Board, own: dict[int, Rubric]) -> Rubric:
    """Draw the choice of the board's rubric and return it."""
    mine = {row_id: f"{rubric.name} · yours" for row_id, rubric in own.items()}
    names = distinct({BUILT_IN: f"{EIGHT.name} · built in"} | mine)
    current = desk().store.rubric_of_board(board.id)
    st.session_state["rubric_pick"] = current.id if current else BUILT_IN
    st.selectbox(
        "This board is judged by", list(names), key="rubric_pick", on_change=_use, args=(board,),
        format_func=lambda row_id: names.get(row_id, ""),
    )  # fmt: skip
    return current or EIGHT


def _form(board: Board, own: dict[int, Rubric]) -> None:
    """Draw the text fields of the rubric being written."""
    edited = own.get(st.session_state.get(EDITED, BUILT_IN))
    with st.form("rubric_form"):
        st.subheader(f"Change “{plain(edited.name)}”" if edited else "New checks", anchor=False)
        st.caption(ABOUT)
        st.text_input("Name", key=NAME, placeholder="For the school garden")
        with st.grid(2, min_column_width=280):
            for dimension in DIMENSIONS:
                st.text_area(f"{dimension.capitalize()} · {HELP[dimension]}", key=_field(dimension), height=110)
        with st.container(horizontal=True):
            st.form_submit_button(
                "Save", key="rubric_save", type="primary", icon=":material/check:", on_click=_save, args=(board, edited)
            )
            st.form_submit_button("Cancel", key="rubric_cancel", on_click=_clear)


def _field(dimension: str) -> str:
    return f"rubric_{dimension}"


def _fill(rubric: Rubric | None, copy: bool) -> None:
    """Open the form on a rubric, on a copy of one, or empty."""
    st.session_state[EDITED] = BUILT_IN if copy or rubric is None else rubric.id
    st.session_state[NAME] = "" if rubric is None or copy else rubric.name
    lines = to_lines(rubric) if rubric else dict.fromkeys(DIMENSIONS, "")
    for dimension, text in lines.items():
        st.session_state[_field(dimension)] = text


def _clear() -> None:
    for key in (NAME, EDITED, *map(_field, DIMENSIONS)):
        st.session_state.pop(key, None)


def _save(board: Board, edited: Rubric | None) -> None:
    """Keep what the form holds, judge the board by it, and close the form; what is wrong leaves it open."""
    lines = {dimension: st.session_state[_field(dimension)] for dimension in DIMENSIONS}

    def save() -> None:
        _keep(board, from_lines(st.session_state[NAME], lines, of=edited))

    if act(save):
        _clear()


def _take(board: Board) -> None:
    """Add the rubric of the file that was just picked, and judge the board by it."""
    picked = st.session_state[FILE]
    if picked is not None:
        act(lambda: _keep(board, from_file(picked.getvalue(), picked.name)))


def _keep(board: Board, rubric: Rubric) -> None:
    saved = desk().store.save_rubric(rubric)
    desk().store.use_rubric(board.id, saved.id)
    st.toast(f"{plain(saved.name)}: {counted(len(saved.checks), 'check')}.", icon=":material/check:")


def _use(board: Board) -> None:
    act(desk().store.use_rubric, board.id, st.session_state["rubric_pick"] or None)


def _delete(board: Board, rubric: Rubric) -> None:
    if rubric.id is not None and act(desk().store.remove_rubric, rubric.id, board.id):
        st.toast(f"Deleted: {plain(rubric.name)}. Judgements made by it stay.", icon=":material/delete:")
