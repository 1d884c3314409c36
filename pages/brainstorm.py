"""Many different ideas for a question: the person's first, the library's at once, the model's one by one."""

from functools import partial

import streamlit as st

from workbench.records import Origin, Status
from workbench.ui import brainstorming, empty, gridding, header, repeats, running, scoping, steering
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
    runs = running.at_hand(desk().runs(board_id=board.id, task="brainstorm"))
    ready = empty.model_ready()

    header.question(board)
    scoping.show(board, fresh=not any(idea.origin is not Origin.LIBRARY for idea in everything), ready=ready)
    how = steering.show(board, ideas, chosen_idea(ideas))
    st.button(
        f"Brainstorm {how.n}", key="brainstorm_go", type="primary", icon=":material/bolt:", disabled=not ready,
        on_click=steering.start, args=(board, how),
    )  # fmt: skip
    gridding.show(board, everything, how, ready=ready)

    for run in runs:
        running.watch(run, partial(brainstorming.run_cards, board, around, everything))
    running.notice(board.id, "brainstorm", runs)
    if repeats.dry(board) and not any(running.is_live(run) for run in runs):
        steering.offer(board, how, everything, ready=ready)

    shown = {item.idea_id for run in runs for item in run.view().items}
    waiting = [idea for idea in ideas if idea.status is Status.NEW and idea.id not in shown]
    cut = empty.interrupted(board_id=board.id, task="brainstorm")
    brainstorming.undecided(board, waiting, cut, around, everything)
    query = f"{board.question} {how.parent.title} {how.parent.body}" if how.parent else board.question
    brainstorming.from_library(board, query, {idea.library_id for idea in everything}, model=ready)
