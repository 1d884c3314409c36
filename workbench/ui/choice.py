"""What the person is working on: a board and perhaps an idea, kept over page switches and, in the address, reloads."""

from collections.abc import Sequence

import streamlit as st

from workbench.records import Board, Idea

BOARD, IDEA = "board_id", "idea_id"
IN_ADDRESS = {BOARD: "board", IDEA: "idea"}


def choose(name: str, row_id: int | None) -> None:
    """Remember the choice in the session."""
    st.session_state[name] = row_id


def chosen_board(boards: Sequence[Board]) -> Board | None:
    """Return the board in use: the chosen one, else the newest."""
    wanted = _wanted(BOARD)
    board = next((board for board in boards if board.id == wanted), boards[0] if boards else None)
    _keep(BOARD, board.id if board else None)
    return board


def chosen_idea(ideas: Sequence[Idea]) -> Idea | None:
    """Return the idea in use, if one of these is."""
    wanted = _wanted(IDEA)
    idea = next((idea for idea in ideas if idea.id == wanted), None)
    _keep(IDEA, idea.id if idea else None)
    return idea


def _wanted(name: str) -> int | None:
    """Return the session's choice; a fresh session (a reload, a link) begins with the address."""
    if name in st.session_state:
        found: int | None = st.session_state[name]
        return found
    text = st.query_params.get(IN_ADDRESS[name], "")
    return int(text) if text.isdecimal() else None


def _keep(name: str, row_id: int | None) -> None:
    st.session_state[name] = row_id
    param = IN_ADDRESS[name]
    if row_id is None:
        st.query_params.pop(param, None)
    elif st.query_params.get(param) != str(row_id):
        st.query_params[param] = str(row_id)
