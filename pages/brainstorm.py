"""Many different ideas for a question: the library's at once, the model's one by one."""

from functools import partial

import streamlit as st

from workbench.records import Status
from workbench.ui import brainstorming, clicks, empty, header, running
from workbench.ui.cards import family
from workbench.ui.choice import chosen_idea
from workbench.ui.faults import failures
from workbench.ui.resources import desk

with failures():
    board = header.show("Brainstorm")
    if board is None:
        empty.no_board()
        st.stop()
    everything = desk().store.list_ideas(board.id, statuses=tuple(Status))
    ideas = [idea for idea in everything if idea.status in (Status.NEW, Status.KEPT)]
    around = family(everything)

    header.question(board)
    parent = brainstorming.seed(ideas, chosen_idea(ideas))
    n, lenses, wild = brainstorming.settings_row()
    ready = empty.model_ready()
    st.button(
        f"Brainstorm {n}", key="brainstorm_go", type="primary", icon=":material/bolt:", disabled=not ready,
        on_click=clicks.brainstorm, args=(board, n, lenses, wild, parent),
    )  # fmt: skip

    runs = running.at_hand(desk().runs(board_id=board.id, task="brainstorm"))
    for run in runs:
        running.watch(run, partial(brainstorming.run_cards, board, around))

    shown = {item.idea_id for run in runs for item in run.view().items}
    waiting = [idea for idea in ideas if idea.status is Status.NEW and idea.id not in shown]
    cut = empty.interrupted(board_id=board.id, task="brainstorm")
    brainstorming.undecided(board, waiting, cut, around, focus=not runs)
    query = f"{board.question} {parent.title} {parent.body}" if parent else board.question
    brainstorming.from_library(
        board, query, {idea.library_id for idea in everything}, focus=not runs and not waiting, model=ready
    )
