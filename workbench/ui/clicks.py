"""What a click does: each function is one action on the desk, safe to use as a widget's callback."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from workbench.assist import idea_line, split_line
from workbench.engine.interface import PRESETS
from workbench.records import Board, Generation, Idea, LibraryIdea, Origin, Revision, Status
from workbench.settings import settings
from workbench.ui import goals
from workbench.ui.choice import BOARD, IDEA, choose
from workbench.ui.faults import act
from workbench.ui.resources import desk
from workbench.ui.words import label

GO_TO = "go_to"
DECIDED = {
    Status.KEPT: ("Kept", ":material/check:"),
    Status.DROPPED: ("Dropped", ":material/close:"),
    Status.ARCHIVED: ("Archived", ":material/archive:"),
    Status.NEW: ("Open again", ":material/undo:"),
}


def decide(idea: Idea, status: Status) -> None:
    """Keep, drop, archive or reopen an idea."""
    if act(desk().store.set_status, idea.id, status):
        word, icon = DECIDED[status]
        st.toast(f"{word}: {label(idea.title or idea.body, 50)}", icon=icon)


def undo(board: Board) -> None:
    """Take the board's last action back and say which it was."""
    act(_say, partial(desk().store.undo, board.id), "There is nothing to undo on this board.")


def redo(board: Board) -> None:
    """Do again what was undone last and say what it was."""
    act(_say, partial(desk().store.redo, board.id), "There is nothing to redo.")


def write_idea(board: Board, key: str) -> None:
    """Add the line in the text field `key` as the person's own idea."""
    title, body = split_line(st.session_state[key])
    act(desk().store.add_idea, board.id, title, body, owner=settings().owner)


def decide_library(board: Board, found: LibraryIdea, status: Status) -> None:
    """Keep or drop a library idea; dropped ones are remembered on the board and not offered again."""
    if take(board, found, status):
        st.toast(f"{DECIDED[status][0]}: {label(found.title, 50)}", icon=DECIDED[status][1])


def take(board: Board, found: LibraryIdea, status: Status) -> Idea | None:
    """Put a library idea on the board, marked as what it is."""
    added: list[Idea] = []
    act(
        lambda: added.append(
            desk().store.add_idea(
                board.id, found.title, found.text, status=status, origin=Origin.LIBRARY, lens=found.lens,
                library_id=found.id, source="library",
            )
        )
    )  # fmt: skip
    return added[0] if added else None


def take_and_refine(board: Board, found: LibraryIdea) -> None:
    """Put a library idea on the board and open it on Refine."""
    idea = take(board, found, Status.KEPT)
    if idea:
        go("refine", idea)


def carry_over(board: Board, found: LibraryIdea) -> None:
    """Have the model write a library idea anew for this board's question."""
    if act(desk().carry, [idea_line(found.title, found.text)], board):
        go("brainstorm")


def brainstorm(board: Board, n: int, lenses: Sequence[str], wild: str, parent: Idea | None = None) -> None:
    """Start a brainstorm on the board, or from one of its ideas."""
    act(
        desk().brainstorm, board.question, n=n, lenses=lenses, board_id=board.id, parent=parent,
        context=board.context, constraints=board.constraints, audience=board.audience, sampling=PRESETS[wild],
    )  # fmt: skip


def brainstorm_and_look(board: Board) -> None:
    """Start eight ideas for the board's question and open the page where they appear."""
    brainstorm(board, 8, (), "balanced")
    go("brainstorm")


def refine(board: Board, idea: Idea, goal: str, n: int = 1) -> None:
    """Start `n` rewrites of the idea."""
    line = idea_line(idea.title, idea.body)
    act(desk().refine, board.question, line, goal, idea_id=idea.id, board_id=board.id, n=n)


def restore(idea: Idea, revision: Revision) -> None:
    """Let an earlier wording hold again."""
    act(desk().store.restore, idea.id, revision.id)


def label_generation(generation: Generation, mark: str | None) -> None:
    """Mark a rewrite or a cut-off idea as kept or dropped, or take the mark away."""
    act(desk().store.label_generation, generation.id, mark)


def keep_partial(board: Board, generation: Generation) -> None:
    """Make an idea of a text that was cut off."""
    title, body = split_line(generation.text)
    act(
        desk().store.add_idea, board.id, title, body, origin=Origin.MODEL, lens=generation.lens,
        generation_id=generation.id, parent_id=generation.idea_id, source="brainstorm",
    )  # fmt: skip


def fix(idea: Idea, weakness: str) -> None:
    """Open Refine with a weakness of the idea as the goal."""
    st.session_state[goals.PICK] = goals.FIX
    st.session_state[f"{goals.WEAKNESS}_{idea.id}"] = weakness
    go("refine", idea)


def open_board(board_id: int | None) -> None:
    """Make a board the current one."""
    choose(BOARD, board_id)
    choose(IDEA, None)


def go(page: str, idea: Idea | None = None) -> None:
    """Have a page opened, on an idea if one is given; `follow` does it, as callbacks run before st.navigation."""
    choose(IDEA, idea.id if idea else None)
    st.session_state[GO_TO] = page


def follow() -> None:
    """Open the page that the click before asked for, if it did."""
    page = st.session_state.pop(GO_TO, None)
    if page:
        st.switch_page(f"pages/{page}.py")


def _say(action: "partial[str | None]", otherwise: str) -> None:
    st.toast(label(action() or otherwise, 120), icon=":material/history:")
