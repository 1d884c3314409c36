"""What this app process is fetching, adding or measuring: one thing at a time, shared by every tab."""

import threading
from dataclasses import dataclass, field

import streamlit as st

from workbench.errors import InputError
from workbench.models.background import Background
from workbench.models.downloads import Download

Work = Download | Background


@dataclass
class Shelf:
    """The work at hand, or the last one that ended until somebody has put it away."""

    work: Work | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self, work: Work) -> None:
        """Start it. Raises InputError while another one is at work."""
        with self._lock:
            if self.work is not None and not self.work.step().ended:
                raise InputError("Another model is on its way. Wait for it, or cancel it first.")
            self.work = work
            work.start()

    def put_away(self) -> None:
        """Forget what has ended."""
        with self._lock:
            if self.work is not None and self.work.step().ended:
                self.work = None

    def end(self) -> None:
        """Stop what is at work; what was downloaded is kept."""
        if self.work is not None:
            self.work.stop()

    @property
    def busy(self) -> bool:
        """True while something is on its way."""
        return self.work is not None and not self.work.step().ended


@st.cache_resource(max_entries=1, show_spinner=False, on_release=lambda it: it.end())
def shelf() -> Shelf:
    """Return the one of this process."""
    return Shelf()
