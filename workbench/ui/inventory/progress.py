"""What is on its way, as it goes on: bytes, speed, time left, Cancel."""

import streamlit as st

from workbench.models.background import BackgroundStep
from workbench.models.downloads import Download, Step
from workbench.ui.faults import show_fault
from workbench.ui.inventory.shelf import Work, shelf
from workbench.ui.words import plain, size

POLL = 0.5  # seconds between two looks


def show() -> None:
    """Draw what is on its way, again and again until it ends; the page runs once more then."""
    work = shelf().work
    if work is None:
        return
    live = not work.step().ended

    @st.fragment(run_every=POLL if live else None)
    def panel() -> None:
        ended = work.step().ended
        _draw(work)
        show_fault()
        if live and ended:
            st.rerun()

    panel()


def _draw(work: Work) -> None:
    with st.container(border=True, key="on_its_way"):
        step = work.step()
        if not step.ended:
            with st.container(horizontal=True, vertical_alignment="center"):
                with st.container(width="stretch"):
                    st.progress(_share(step), text=f"**{plain(title(work))}** · {_so_far(step)}")
                st.button("Cancel", key="fetch_cancel", icon=":material/stop_circle:", on_click=work.stop)
            return
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            _outcome(work, step)
            st.button("Close", key="fetch_close", icon=":material/close:", type="tertiary", on_click=shelf().put_away)


def title(work: Work) -> str:
    """Return what is on its way, in words."""
    return f"{work.offer.entry.title} {work.offer.quantisation}" if isinstance(work, Download) else work.title


def _outcome(work: Work, step: Step | BackgroundStep) -> None:
    if step.words == "done":
        installed = f"{title(work)} is installed. It is not in use yet: choose it below."
        st.markdown(f":material/check: {plain(step.outcome if isinstance(step, BackgroundStep) else installed)}")
    elif step.words == "stopped" and isinstance(work, Download):
        st.markdown(f":material/stop_circle: **{plain(title(work))}** was cancelled. What came by then is kept.")
    elif step.words == "stopped":
        st.markdown(f":material/stop_circle: **{plain(title(work))}** was cancelled; nothing of it is left.")
    else:
        st.error(plain(step.error), icon=":material/error:")


def _share(step: Step | BackgroundStep) -> float:
    share = step.share if isinstance(step, BackgroundStep) else step.bytes / max(step.total, 1)
    return min(1.0, max(0.0, share))


def _so_far(step: Step | BackgroundStep) -> str:
    if isinstance(step, BackgroundStep) or step.words != "downloading":
        return f"{step.words} …"
    said = [f"{size(step.bytes)} of {size(step.total)}"]
    if step.rate > 0:
        said.append(f"{size(int(step.rate))} a second")
    if step.seconds_left is not None:
        said.append(f"about {_time(step.seconds_left)} left")
    return " · ".join(said)


def _time(seconds: float) -> str:
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{round(seconds / 60)} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"

