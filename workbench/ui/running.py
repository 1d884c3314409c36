"""Runs on the screen: they live in the desk, so a reload, another page or a second tab only looks at them."""

from collections.abc import Callable, Sequence

import streamlit as st

from workbench.assist import Run, RunView
from workbench.engine.interface import State
from workbench.ui import clicks
from workbench.ui.faults import show_fault
from workbench.ui.resources import desk
from workbench.ui.words import counted, plain

POLL = 0.4  # seconds between two looks at a live run
LOOK_OUT = 2.0  # seconds between two looks for runs that another tab has started


def watch(run: Run, draw: Callable[[Run, RunView], None]) -> None:
    """Draw the run, again and again while it goes on; the page runs once more when it has ended."""
    live = is_live(run)

    @st.fragment(run_every=POLL if live else None)
    def panel() -> None:
        clicks.follow()
        ended = not is_live(run)  # asked before drawing, so that the last words are drawn
        draw(run, run.view())
        show_fault()
        if live and ended:
            st.rerun()

    panel()


def notice(board_id: int, task: str, drawn: Sequence[Run]) -> None:
    """Look every other second whether another tab has started a run, and draw the page anew when one has."""
    known = {run.id for run in drawn}

    @st.fragment(run_every=LOOK_OUT)
    def watchman() -> None:
        if any(run.id not in known for run in at_hand(desk().runs(board_id=board_id, task=task))):
            st.rerun()

    watchman()


def at_hand(runs: Sequence[Run]) -> list[Run]:
    """Return the runs to show: every live one, the oldest first as the engine takes them; else the last that ended."""
    return [run for run in reversed(runs) if is_live(run)] or list(runs[:1])


def is_live(run: Run) -> bool:
    """True while something of the run is still to come or to be written down."""
    return not run.settled.is_set()


def progress(run: Run, view: RunView, *, noun: str = "idea") -> None:
    """Draw how far a live run is with its Stop, or how an ended one ended."""
    if is_live(run):
        with st.container(horizontal=True, vertical_alignment="center", key=f"progress_{run.id}"):
            total = max(1, len(view.items))
            with st.container(width="stretch"):
                st.progress(view.done / total, text=_so_far(view, total))
            st.button("Stop", key=f"stop_{run.id}", icon=":material/stop_circle:", on_click=run.stop)
        return
    if view.state is State.FAILED:
        st.error(plain(view.error or "It failed; the log says why."), icon=":material/error:")
    elif view.state is State.STOPPED:
        st.caption(":material/stop_circle: Stopped by you. What was written by then is kept.")
    else:
        seconds = max((item.seconds for item in view.items), default=0.0)
        st.caption(f"{counted(len(view.items), noun)} in {seconds:.1f} s")
    if view.notes:
        st.caption("  \n".join(plain(note) for note in view.notes))


def _so_far(view: RunView, total: int) -> str:
    if view.state is State.QUEUED:
        wait = f" · about {_time(view.wait_s)}" if view.wait_s is not None else ""
        return (f"waiting, {counted(view.position, 'run')} ahead" if view.position else "starting") + wait
    left = f" · about {_time(view.eta_s)} left" if view.eta_s is not None else ""
    return f"{view.done} of {total}{left}"


def _time(seconds: float) -> str:
    return f"{max(1, round(seconds))} s" if seconds < 90 else f"{round(seconds / 60)} min"
