"""What the model says, asked through the desk once and kept in a file: a run that was stopped goes on where it was."""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from statistics import median
from time import monotonic
from typing import Any

from workbench import assist
from workbench.assist import Desk, Run
from workbench.assist.stimulus import Stimulus
from workbench.engine.interface import FOCUSED, Sampling, State
from workbench.errors import EngineError

Answer = Any  # what JSON can hold


class Answers:
    """The model's answers. What the same code asked the same model before, now or in another run, is kept."""

    def __init__(self, desk: Desk, kept: Path | None = None) -> None:
        """`kept`: JSON Lines, read first and added to; None keeps the answers in memory only."""
        status = desk.engine.status()
        self.desk, self._file = desk, kept
        models = [status.sha256[:16], *sorted(f"{one.name} {one.sha256[:16]}" for one in status.adapters)]
        self._from = [*models, _code()]
        self._known = _read(kept) if kept else {}
        self._seconds: dict[str, list[float]] = {}

    def ideas(
        self, topic: str, n: int, sampling: Sampling, *, plain: bool = False, lenses: Sequence[str] = ()
    ) -> list[str]:
        """Return `n` idea lines on a topic, as the Brainstorm page asks for them unless told.

        Args:
            plain: without lenses.
            lenses: these in turn, in place of the page's spread; "" is a free one.
        """
        asked = {"topic": topic, "n": n, "plain": plain, "sampling": asdict(sampling)}
        if lenses:
            asked["lenses"] = list(lenses)

        def start() -> Run:
            if plain:
                return self.desk.brainstorm(topic, n=n, lenses=("",), stimulus=Stimulus.NONE, sampling=sampling)
            return self.desk.brainstorm(topic, n=n, lenses=lenses, sampling=sampling)

        return self._texts("brainstorm", asked, start)

    def rewrite(self, topic: str, idea: str, goal: str, seed: int) -> str:
        """Return the idea rewritten toward the goal."""
        sampling = _seeded(FOCUSED, seed)
        asked = {"topic": topic, "idea": idea, "goal": goal, "sampling": asdict(sampling)}
        return self._texts("refine", asked, lambda: self.desk.refine(topic, idea, goal, sampling=sampling))[0]

    def judgement(self, topic: str, idea: str, seed: int) -> str:
        """Return the whole judgement as the Evaluate page gives it: the checks, then the words."""
        sampling = _seeded(FOCUSED, seed)
        asked = {"topic": topic, "idea": idea, "sampling": asdict(sampling)}
        return self._texts("judgement", asked, lambda: self.desk.evaluate(topic, idea, sampling=sampling))[0]

    def seconds(self, verb: str) -> float | None:
        """Return the median time of a verb, of the answers asked for so far; None when there are none."""
        return median(self._seconds[verb]) if self._seconds.get(verb) else None

    def keep(self, verb: str, asked: dict[str, Any], ask: Callable[[], Answer]) -> Answer:
        """Return the kept answer to a question, or ask now, time it and keep the answer."""
        key = json.dumps([self._from, verb, asked], ensure_ascii=False, sort_keys=True)
        if key not in self._known:
            began = monotonic()
            self._known[key] = (ask(), round(monotonic() - began, 4))
            if self._file:
                answer, seconds = self._known[key]
                line = {"key": key, "answer": answer, "seconds": seconds}
                with self._file.open("a", encoding="utf-8") as out:
                    out.write(json.dumps(line, ensure_ascii=False) + "\n")
        answer, seconds = self._known[key]
        self._seconds.setdefault(verb, []).append(seconds)
        return answer

    def _texts(self, verb: str, asked: dict[str, Any], start: Callable[[], Run]) -> list[str]:
        texts: list[str] = self.keep(verb, asked, lambda: _said(start()))
        return texts


def _said(run: Run) -> list[str]:
    view = run.wait()
    if view.state is not State.DONE:
        raise EngineError(view.error or f"The {run.task} run on {run.topic!r} was stopped before its end.")
    return [item.text.strip() for item in view.items]


def _seeded(sampling: Sampling, seed: int) -> Sampling:
    return replace(sampling, seed=seed)


def _code() -> str:
    """Return a hash of the code that asks: other prompts, lenses or rules have other answers."""
    folder = Path(assist.__file__).parent
    files = sorted(path for path in folder.rglob("*") if path.suffix in (".py", ".json", ".txt"))
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:16]


def _read(path: Path) -> dict[str, tuple[Answer, float]]:
    """Return what an earlier run kept; a last line that was cut off is left out, and asked for again."""
    if not path.is_file():
        return {}
    found = {}
    text = path.read_text(encoding="utf-8")
    whole = text[: text.rfind("\n") + 1]
    if len(whole) < len(text):
        path.write_text(whole, encoding="utf-8")  # or the next answer would be written onto the cut-off one
    for line in whole.splitlines():
        row = json.loads(line)
        found[row["key"]] = (row["answer"], row["seconds"])
    return found
