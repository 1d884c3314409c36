"""What the charts of a board show: each judged idea with its newest answers, the person's own taken as given."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from workbench.assist import with_own
from workbench.assist.prompts import EIGHT
from workbench.records import Board, Evaluation, Idea, Measured, Rubric
from workbench.ui.resources import desk

YOU = "you"


@dataclass(frozen=True, slots=True)
class Judged:
    """An idea with what is held of it."""

    idea: Idea
    rubric: Rubric
    found: Measured
    own: frozenset[int]  # checks that the person answered

    def said(self, at: int) -> str:
        """Return the answer to a check as a word: yes, no, unsure; the person's with `you:` before it."""
        if self.found.unsure[at]:
            return "unsure"
        word = "yes" if self.found.checks[at] > 0.5 else "no"
        return f"{YOU}: {word}" if at in self.own else word


def judged(board: Board, ideas: Sequence[Idea]) -> list[Judged]:
    """Return the ideas whose present wording was judged by the board's checks, in their order."""
    rubric = desk().store.rubric_of_board(board.id) or EIGHT
    newest = desk().store.newest_evaluations(board.id)
    answers: dict[tuple[int, int | None], dict[str, bool]] = defaultdict(dict)
    for label in desk().store.check_labels(board_id=board.id):
        answers[label.idea_id, label.revision_id][label.check] = label.answer
    found = []
    for idea in ideas:
        evaluation = newest.get(idea.id)
        if evaluation is None or evaluation.rubric.checks != rubric.checks:
            continue
        given = answers[idea.id, idea.revision_id]
        own = {at: given[check.text] for at, check in enumerate(rubric.checks) if check.text in given}
        found.append(Judged(idea, rubric, _measured(evaluation, own), frozenset(own)))
    return found


def _measured(evaluation: Evaluation, own: Mapping[int, bool]) -> Measured:
    """Return what was written down, or, with answers of the person's own or from before doubt was measured, anew."""
    if own or not evaluation.unsure:
        return with_own(evaluation, own)
    return Measured(
        evaluation.checks, evaluation.scores, evaluation.intervals, evaluation.unsure, evaluation.yes, evaluation.free
    )
