"""Work in a thread of the app that takes a while: adding a file, measuring the machine."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from workbench.errors import InputError, WorkbenchError
from workbench.models import machine
from workbench.models.adding import Progress, add


@dataclass(frozen=True, slots=True)
class BackgroundStep:
    """How far it is."""

    words: str = "starting"  # what it is doing; done | stopped | failed in the end
    share: float = 0.0
    error: str = ""
    outcome: str = ""  # one sentence, once it is done

    @property
    def ended(self) -> bool:
        """True when nothing more will come."""
        return self.words in ("done", "stopped", "failed")


class Background:
    """One piece of work. `wait` and `step` may be called from any thread."""

    def __init__(self, title: str, work: Callable[[Progress], str]) -> None:
        """`work` reports to what it is given, which raises when it is to stop; it returns the outcome's sentence."""
        self.title = title
        self._work = work
        self._lock, self._stop = threading.Lock(), threading.Event()
        self._step = BackgroundStep()
        self._thread = threading.Thread(target=self._run, name="model-background", daemon=True)

    def start(self) -> None:
        """Begin; the outcome is in `step`."""
        self._thread.start()

    def stop(self) -> None:
        """Ask it to end; nothing of it is left then."""
        self._stop.set()

    def step(self) -> BackgroundStep:
        """Return how far it is."""
        with self._lock:
            return self._step

    def wait(self, timeout: float | None = None) -> BackgroundStep:
        """Block until it ended or `timeout` seconds passed."""
        self._thread.join(timeout)
        return self.step()

    def _run(self) -> None:
        try:
            self._note(words="done", share=1.0, outcome=self._work(self._progress))
        except WorkbenchError as error:
            self._note(words="stopped" if self._stop.is_set() else "failed", error=str(error))
        except OSError as error:
            self._note(words="failed", error=f"{self.title}: {error}. Try again.")

    def _progress(self, words: str, share: float) -> None:
        if self._stop.is_set():
            raise InputError("It was stopped; nothing of it is left.")
        self._note(words=words, share=share)

    def _note(self, **changes: object) -> None:
        with self._lock:
            self._step = replace(self._step, **changes)  # type: ignore[arg-type]


def adding(
    models: Path, path: Path, *, base: str | None = None, own: bool = False, more: tuple[Path, ...] = ()
) -> Background:
    """Add a file, see `adding.add`; `own`: it is a copy, which may be moved, and is deleted when it is refused."""

    def work(progress: Progress) -> str:
        try:
            made = add(models, path, base=base, own=own, more=more, progress=progress)
        finally:
            if own:
                path.unlink(missing_ok=True)
        return f"{made.title} is installed. It is not in use yet: choose it below."

    return Background(path.name, work)


def measuring(models: Path) -> Background:
    """Measure how quick this machine is, see models/machine.py."""

    def work(progress: Progress) -> str:
        def go_on() -> bool:
            progress("reading and writing with a stand-in, some seconds", 0.5)
            return True

        found = machine.measure(models, go_on)
        return f"This machine writes {found.decode_per_s:,.0f} tokens a second with {found.name}."

    return Background("Measuring this machine", work)
