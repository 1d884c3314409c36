"""The top of every page: its title, the board in use, new and edit, undo and redo, the keys."""

from pathlib import Path

import streamlit as st

from workbench.records import Board
from workbench.store import Store
from workbench.ui import clicks, entry, keys, place
from workbench.ui.choice import chosen_board
from workbench.ui.faults import act, show_fault
from workbench.ui.resources import desk
from workbench.ui.words import distinct, label, plain, short

PICK = "board_pick"
STYLE = Path(__file__).with_name("style.css")
EXAMPLE = "How might we bring people into the library on weekday evenings?"


def show(title: str) -> Board | None:
    """Draw the header and return the board in use; None when there is none yet."""
    entry.through_app()
    clicks.follow()
    store = desk().store
    boards = store.list_boards()
    board = chosen_board(boards)
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute", key="header"):
        st.title(title, anchor=False, width="content")
        with st.container(horizontal=True, vertical_alignment="center", width="content", gap="xsmall"):
            if board:
                _boards(store, boards, board)
            keys.listing()
    keys.listen()
    st.html(STYLE)
    place.show()
    show_fault()
    return board


def question(board: Board) -> None:
    """Draw the board's question and what else is known about it, with undo and redo."""
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.subheader(plain(board.question), anchor=False, width="content")
        with st.container(horizontal=True, width="content", gap="small"):
            _undo(board)
    known = [f"**{name}** {label(text, 600)}" for name, text in _details(board) if text.strip()]
    if known:
        st.caption("  \n".join(known))


def _details(board: Board) -> tuple[tuple[str, str], ...]:
    return ("Context:", board.context), ("Constraints:", board.constraints), ("For:", board.audience)


def _undo(board: Board) -> None:
    st.button(
        "Undo", key="undo", icon=":material/undo:", type="tertiary", shortcut="Z", on_click=clicks.undo, args=(board,)
    )
    st.button(
        "Redo", key="redo", icon=":material/redo:", type="tertiary", shortcut="Shift+Z", on_click=clicks.redo,
        args=(board,),
    )  # fmt: skip


def _boards(store: Store, boards: list[Board], board: Board) -> None:
    names = distinct({each.id: short(each.question, 60) for each in boards})
    st.session_state[PICK] = board.id
    st.selectbox(
        "Board", list(names), format_func=lambda row_id: names.get(row_id, ""), key=PICK, width=300,
        label_visibility="collapsed", on_change=lambda: clicks.open_board(st.session_state[PICK]),
    )  # fmt: skip
    if st.button("New board", key="board_new", icon=":material/add:"):
        _new_board()
    with st.popover("Board", icon=":material/tune:", key="board_menu", help="Edit or archive this board"):
        if st.button("Edit question and context", key="board_edit", icon=":material/edit:", type="tertiary"):
            _edit_board(board)
        st.button(
            "Archive this board", key="board_archive", icon=":material/archive:", type="tertiary",
            on_click=_archive, args=(board,),
        )  # fmt: skip
        _archived(store)


def _archive(board: Board) -> None:
    if act(desk().store.archive_board, board.id):
        clicks.open_board(None)
        st.toast("Archived; bring it back from the board menu.", icon=":material/archive:")


def _archived(store: Store) -> None:
    for board in store.list_boards(archived=True)[:10]:
        st.button(
            f"Bring back: {label(board.question, 40)}", key=f"board_back_{board.id}", icon=":material/unarchive:",
            type="tertiary", on_click=_bring_back, args=(board.id,),
        )  # fmt: skip


def _bring_back(board_id: int) -> None:
    if act(desk().store.archive_board, board_id, False):
        clicks.open_board(board_id)


@st.dialog("New board", icon=":material/add:")
def _new_board() -> None:
    _fields("new", Board(0, ""))
    if st.button("Create", key="new_save", type="primary", on_click=_create) and not show_fault_here():
        st.rerun()


@st.dialog("Edit board", icon=":material/edit:")
def _edit_board(board: Board) -> None:
    _fields("edit", board)
    if st.button("Save", key="edit_save", type="primary", on_click=_save, args=(board.id,)) and not show_fault_here():
        st.rerun()


def _fields(prefix: str, board: Board) -> None:
    st.text_area("Question", board.question, key=f"{prefix}_question", placeholder=EXAMPLE, height=80)
    st.text_area(
        "Context", board.context, key=f"{prefix}_context", height=80,
        placeholder="What should anyone know who thinks about it? (optional)",
    )  # fmt: skip
    st.text_area(
        "Constraints", board.constraints, key=f"{prefix}_constraints", height=80,
        placeholder="What must an idea respect? (optional)",
    )  # fmt: skip
    st.text_input(
        "For whom", board.audience, key=f"{prefix}_audience", placeholder="Whom is it for? (optional)", max_chars=200
    )


def _read(prefix: str) -> dict[str, str]:
    return {name: st.session_state[f"{prefix}_{name}"] for name in ("question", "context", "constraints", "audience")}


def _create() -> None:
    act(lambda: clicks.open_board(desk().store.create_board(**_read("new")).id))


def _save(board_id: int) -> None:
    act(desk().store.update_board, board_id, **_read("edit"))


def show_fault_here() -> bool:
    """Show the click's failure, if it had one, and return whether it had."""
    failed = "ui_fault" in st.session_state
    show_fault()
    return failed
