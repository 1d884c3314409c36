"""One idea, rewritten toward one goal; nothing is applied until it is accepted."""

from functools import partial

from workbench.ui import clicks, empty, goals, history, opening, refining, reviewing, running
from workbench.ui.faults import failures
from workbench.ui.resources import desk

with failures():
    board, idea = opening.board_and_idea("Refine")
    goals.ask(board, idea, clicks.refine, ready=empty.model_ready())
    for run in running.at_hand(desk().runs(idea_id=idea.id, task="refine")):
        running.watch(run, partial(refining.live, board, idea))
    reviewing.waiting(board, idea)
    history.versions(idea)
    history.discarded(idea)
