"""Evaluate on the command line: each check's answer with its doubt, scores with intervals, three sentences."""

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from pydantic import Field, PrivateAttr

from workbench.cli.ask import Ask, Record
from workbench.engine.interface import FOCUSED
from workbench.errors import InputError

if TYPE_CHECKING:  # --help need not wait for the store
    from workbench.assist import Desk, Run, RunView
    from workbench.records import Rubric


class Evaluate(Ask):
    """An idea judged by eight checks, or by your own, and in words."""

    verb = "evaluate"
    example = '{"topic": "Keep the library open on Sundays", "idea": "Key Club — Readers take turns at the desk."}'
    sampling = FOCUSED
    out: ClassVar = {
        "topic, idea": "as they were given",
        "rubric": "the name of the checks",
        "checks": "numbers 0-1, the model's P(yes) to each check, all ways of asking together:\n{checks}",
        "answers": "yes, no, or unsure where the wordings disagree or the model guesses",
        "scores": "novelty, workability, relevance, specificity, 1-5: each from its two checks",
        "intervals": "the score's [low, high]: one standard deviation over the ways of asking",
        "ways": "P(yes) as measured: of each check by wording (number, statement, question), of that by order "
        "(yes or no, no or yes)",
        "bias": "the same for ideas that say nothing, taken off; empty when the model was taught these checks",
        "strength, risk": "one sentence each",
        "next_step": "one sentence",
    }

    topic: str = Field(default="", description="the topic or question the idea answers")
    idea: str = Field(default="", description="the idea, as `Title — sentence`")
    of: int | None = Field(
        default=None,
        description="the number of an idea of a board, instead of topic and idea; the judgement then stands on the "
        "Evaluate page too",
    )
    rubric: str = Field(
        default="", description="your own checks: the name of a saved rubric, or a rubric's .json file; none: the eight"
    )

    _topic: str = PrivateAttr("")  # as they were used: given, or those of the board
    _line: str = PrivateAttr("")

    def start(self, desk: "Desk") -> "Run":
        """Start the checks and the judgement in words."""
        from workbench.assist import idea_line

        self._topic, self._line, board_id = self.topic, self.idea, None
        if self.of is not None:
            if self.idea.strip():
                raise InputError("The idea was given twice: once in words and once with --of; give it once.")
            idea = desk.store.idea(self.of)
            self._line, board_id = idea_line(idea.title, idea.body), idea.board_id
            self._topic = self.topic or desk.store.board(idea.board_id).question
        return desk.evaluate(
            self._topic, self._line, idea_id=self.of, board_id=board_id, sampling=self.drawing(),
            rubric=_rubric(desk, self.rubric, board_id),
        )  # fmt: skip

    def answer(self, view: "RunView") -> Record:
        """Return the judgement as far as it has come."""
        found = view.measured
        return {
            "topic": self._topic, "idea": self._line, "rubric": view.rubric.name if view.rubric else "",
            "checks": [round(check, 4) for check in view.checks],
            "answers": list(map(_word, found.checks, found.unsure)) if found else [],
            "scores": view.scores, "intervals": found.intervals if found else {},
            "ways": found.yes if found else [], "bias": found.free if found else [],
            "strength": view.strength, "risk": view.risk, "next_step": view.next_step,
        }  # fmt: skip


def _word(p: float, unsure: bool) -> str:
    return "unsure" if unsure else "yes" if p > 0.5 else "no"


def _rubric(desk: "Desk", name: str, board_id: int | None) -> "Rubric":
    """Return the rubric that was asked for; of a board's idea, without a name, the board's."""
    from workbench.assist.prompts import EIGHT
    from workbench.assist.rubrics import from_file

    if not name:
        return (desk.store.rubric_of_board(board_id) if board_id is not None else None) or EIGHT
    saved = {rubric.name: rubric for rubric in desk.store.rubrics()}
    if name in saved:
        return saved[name]
    file = Path(name)
    if not file.is_file():
        known = ", ".join(saved) or "none"
        raise InputError(f"There is no rubric {name!r}, saved or as a file. The saved ones: {known}.")
    return from_file(file.read_bytes(), file.name)
