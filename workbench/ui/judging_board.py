"""The Evaluate page's look at a whole board: judge what is not judged yet, then two charts of all judgements."""

import streamlit as st

from workbench.assist.batches import Batch
from workbench.records import Board, Idea
from workbench.ui import empty, judging_charts, judging_clicks
from workbench.ui.faults import show_fault
from workbench.ui.judged import judged
from workbench.ui.resources import desk
from workbench.ui.running import POLL
from workbench.ui.words import counted, plain


def show(board: Board) -> None:
    """Draw the whole part."""
    ideas = desk().store.list_ideas(board.id)
    _batch(board, ideas)
    found = judged(board, ideas)
    if not found:
        st.caption("Charts of novelty, workability and every check appear here once ideas have been judged.")
        return
    judging_charts.map_of(board, found)
    judging_charts.checks_of(board, found)


def _batch(board: Board, ideas: list[Idea]) -> None:
    """Draw how many ideas are judged, and the batch at work or the button that starts one."""
    batch = desk().batch(board.id)
    live = batch is not None and not batch.settled.is_set()

    @st.fragment(run_every=POLL if live else None)
    def panel() -> None:
        show_fault()
        at_work = desk().batch(board.id)
        if at_work is not None:
            _progress(at_work)
            if live and at_work.settled.is_set():
                st.rerun()

    if not live:
        left = len(desk().unjudged(board))
        ready = empty.model_ready()
        done = f"{len(ideas) - left} of {counted(len(ideas), 'idea')} judged as now worded."
        st.caption(f"{done} Only the checks are asked here; strength, risk and next step come idea by idea.")
        all_of_them = "Evaluate all" if left == len(ideas) else "Evaluate the others"
        st.button(
            f"{all_of_them}: {counted(left, 'idea')}" if left else "All are judged",
            key="evaluate_all", type="primary", icon=":material/balance:", disabled=not (left and ready),
            on_click=judging_clicks.evaluate_board, args=(board,),
        )  # fmt: skip
    panel()


def _progress(batch: Batch) -> None:
    view = batch.view()
    if not batch.settled.is_set():
        with st.container(horizontal=True, vertical_alignment="center", key=f"batch_{batch.id}"):
            with st.container(width="stretch"):
                left = f" · about {max(1, round(view.eta_s))} s left" if view.eta_s is not None else ""
                st.progress(view.done / max(1, view.total), text=f"{view.done} of {view.total}{left}")
            st.button("Stop", key=f"stop_{batch.id}", icon=":material/stop_circle:", on_click=batch.stop)
        return
    if view.stopped:
        st.caption(":material/stop_circle: Stopped by you. What was judged by then is kept.")
    if view.error:
        failed = f"{counted(view.failed, 'idea')} could not be judged. " if view.failed else ""
        st.error(failed + plain(view.error), icon=":material/error:")
