"""What a click on the board does that is more than one idea's: each function is one action on the desk."""

from collections.abc import Sequence

import streamlit as st

from workbench.records import Board, Idea, Status
from workbench.ui import clicks
from workbench.ui.faults import act
from workbench.ui.resources import desk
from workbench.ui.words import counted

FEW = 4  # ideas at once where the way is narrow


def opposite(board: Board, idea: Idea) -> None:
    """Brainstorm the opposite of an idea and open the page where it appears."""
    if act(desk().opposite, board, idea, n=FEW):
        clicks.open_board(board.id)  # it may have been found by a search on all boards
        clicks.go("brainstorm")


def combine(board: Board, ideas: Sequence[Idea]) -> None:
    """Brainstorm ideas that join these two, and open the page where they appear."""
    if act(desk().combine, board, ideas[0], ideas[1], n=FEW):
        clicks.go("brainstorm")


def decide(ideas: Sequence[Idea], status: Status) -> bool:
    """Keep, drop or archive all of them; return whether it worked."""
    done = act(desk().store.set_statuses, [idea.id for idea in ideas], status)
    if done:
        word, icon = clicks.DECIDED[status]
        st.toast(f"{word}: {counted(len(ideas), 'idea')}. Undo takes all of it back.", icon=icon)
    return done


def tag(ideas: Sequence[Idea], tags: Sequence[str]) -> bool:
    """Give all of them the tags; return whether it worked."""
    done = act(desk().store.add_tags, [idea.id for idea in ideas], tags)
    if done:
        st.toast(f"Tagged: {counted(len(ideas), 'idea')}.", icon=":material/label:")
    return done
