"""Boards and their ideas: write, find, look, decide, edit, undo, in and out."""

import streamlit as st

from workbench.records import Status
from workbench.ui import browsing, empty, header, repeats, selecting, welcome
from workbench.ui.cards import family
from workbench.ui.faults import failures
from workbench.ui.resources import desk
from workbench.ui.views import VIEWS, get_ready

with failures():
    board = header.show("Ideas")
    if board is None:
        welcome.show()
        st.stop()
    ideas = desk().store.list_ideas(board.id, statuses=tuple(Status))
    around = family(ideas)

    header.question(board)
    browsing.write(board, started=bool(ideas))
    words, where = browsing.find(board, started=bool(ideas))
    if where != browsing.BOARD:
        browsing.elsewhere(board, words, where, around)
    elif not ideas:
        empty.no_ideas(board)
    else:
        standing = [idea for idea in ideas if idea.folded_into is None]
        view, shown = browsing.filters(board, standing, words, around.tags)
        if shown:
            VIEWS[view](board, shown, around)
            get_ready()
        repeats.of_board(ideas)
    selecting.bar(board, ideas, around.tags)
    if len(ideas) <= welcome.FROM_LIBRARY:
        welcome.about_model()
