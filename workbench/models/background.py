"""Adding a file in a thread: the copy takes as long as the disk does, the trial some seconds."""

import threading
from dataclasses import dataclass, replace
from pathlib import Path

from workbench.errors import InputError, WorkbenchError
from workbench.models.adding import add


@dataclass(frozen=True, slots=True)
class AddingStep:
    """How far it is."""

    words: str = "looking at the file"  # what it is doing; done | stopped | failed in the end
    share: float = 0.0
    error: str = ""
    name: str = ""  # of the model, once it is done

    @property
    def ended(self) -> bool:
        """True when nothing more will come."""
        return self.words in ("done", "stopped", "failed")


class Adding:
    """One file on its way into the models folder."""

    def __init__(
        self, models: Path, path: Path, *, base: str | None = None, own: bool = False, more: tuple[Path, ...] = ()
    ) -> None:
        """See `adding.add`; `own`: the file is a copy that may be moved, and is deleted when it is refused."""
        self.title = path.name
        self._models, self._path, self._base, self._own, self._more = models, path, base, own, more
        self._lock, self._stop = threading.Lock(), threading.Event()
        self._step = AddingStep()
        self._thread = threading.Thread(target=self._run, name="model-adding", daemon=True)

    def start(self) -> None:
        """Begin; the outcome is in `step`."""
        self._thread.start()

    def stop(self) -> None:
        """Ask it to end; nothing of it is left then."""
        self._stop.set()

    def step(self) -> AddingStep:
        """Return how far it is."""
        with self._lock:
            return self._step

    def wait(self, timeout: float | None = None) -> AddingStep:
        """Block until it ended or `timeout` seconds passed."""
        self._thread.join(timeout)
        return self.step()

    def _run(self) -> None:
        try:
            made = add(
                self._models, self._path, base=self._base, own=self._own, more=self._more, progress=self._progress
            )
            self._note(words="done", share=1.0, name=made.name)
        except WorkbenchError as error:
            self._note(words="stopped" if self._stop.is_set() else "failed", error=str(error))
        except OSError as error:
            self._note(words="failed", error=f"{self.title} could not be added: {error}. Try again.")
        finally:
            if self._own:
                self._path.unlink(missing_ok=True)

    def _progress(self, words: str, share: float) -> None:
        if self._stop.is_set():
            raise InputError("It was stopped; nothing was added.")
        self._note(words=words, share=share)

    def _note(self, **changes: object) -> None:
        with self._lock:
            self._step = replace(self._step, **changes)  # type: ignore[arg-type]
