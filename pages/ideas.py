"""Boards and their ideas: write, find, decide, edit, undo."""

import streamlit as st

from workbench.records import Status
from workbench.ui import browsing, clicks, empty, header, welcome
from workbench.ui.cards import family
from workbench.ui.faults import failures
from workbench.ui.resources import desk

with failures():
    board = header.show("Ideas")
    if board is None:
        welcome.show()
        st.stop()
    ideas = desk().store.list_ideas(board.id, statuses=tuple(Status))
    around = family(ideas)

    header.question(board)
    browsing.write(board)
    st.button(
        "Brainstorm 8 more" if ideas else "Brainstorm 8 ideas", key="ideas_brainstorm", icon=":material/bolt:",
        on_click=clicks.brainstorm_and_look, args=(board,),
    )  # fmt: skip

    words, where = browsing.find()
    if words:
        browsing.results(board, words, where, around)
    elif where == browsing.LIBRARY:
        st.caption("Type a few words of what you are after; the library is searched at once.")
    elif not ideas:
        empty.no_ideas(board)
    else:
        view, shown = browsing.filters(ideas)
        if not shown:
            st.caption("Nothing with this status or tag. Choose others above.")
        elif view == browsing.TREE:
            browsing.tree(board, shown, around)
        else:
            browsing.cards(board, shown, around)
    if len(ideas) <= welcome.FROM_LIBRARY:
        welcome.about_model()
