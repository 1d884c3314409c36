"""Evaluations: judgements of the wording that held at the time, with everything that was measured."""

import pytest

from workbench.errors import NotFound
from workbench.records import Board, Check, Measured, Rubric
from workbench.store import Store

RUBRIC = Rubric(None, "Two", (Check("It is cheap.", "workability", "Is it cheap?"), Check("It is new.", "novelty")))
YES = (((0.9, 0.8), (0.7, None)), ((0.1, 0.2), (0.3, None)))
MEASURED = Measured((0.9, 0.1), {"novelty": 1.4}, {"novelty": (1.0, 2.0)}, (False, True), YES, (((0.5, 0.5),),))


def test_a_judgement_belongs_to_the_wording_of_its_time(store: Store, board: Board) -> None:
    idea = store.add_idea(board.id, "Night desk")
    first = store.add_evaluation(idea.id, rubric=RUBRIC, measured=MEASURED, model="starter", adapter="refine")
    revised = store.revise(idea.id, "Night desk", "With soup")
    second = store.add_evaluation(idea.id, rubric=RUBRIC, measured=Measured((0.5, 0.5)))
    assert store.evaluations(idea.id) == [second, first]
    assert (first.revision_id, second.revision_id) == (idea.revision_id, revised.revision_id)
    assert store.newest_evaluations(board.id) == {idea.id: second}
    assert store.judged_by(board.id) == {idea.id: RUBRIC}
    third = store.add_evaluation(idea.id, rubric=RUBRIC, measured=MEASURED, revision_id=idea.revision_id)
    assert third.revision_id == idea.revision_id
    assert store.newest_evaluations(board.id) == {idea.id: second}


def test_nothing_that_was_measured_is_lost(store: Store, board: Board) -> None:
    idea = store.add_idea(board.id, "Night desk")
    store.add_evaluation(idea.id, rubric=RUBRIC, measured=MEASURED, adapter="refine")
    (found,) = store.evaluations(idea.id)
    assert found.rubric == RUBRIC
    assert Measured(found.checks, found.scores, found.intervals, found.unsure, found.yes, found.free) == MEASURED


def test_what_comes_later_is_added_and_the_rest_stays(store: Store, board: Board) -> None:
    idea = store.add_idea(board.id, "Night desk")
    made = store.add_evaluation(idea.id, rubric=RUBRIC, measured=Measured((0.5, 0.5)))
    store.update_evaluation(made.id, strength="Warm.", risk="Who cooks?", next_step="Ask the cook.")
    store.update_evaluation(made.id, measured=MEASURED)
    (found,) = store.evaluations(idea.id)
    assert (found.strength, found.risk, found.next_step) == ("Warm.", "Who cooks?", "Ask the cook.")
    assert found.checks == MEASURED.checks and found.yes == YES


def test_judging_what_is_not_there_is_refused(store: Store) -> None:
    with pytest.raises(NotFound, match="no idea"):
        store.add_evaluation(5, rubric=RUBRIC, measured=MEASURED)
    with pytest.raises(NotFound, match="no evaluation"):
        store.update_evaluation(5, strength="")


def test_what_a_model_answers_to_nothing_is_kept_for_these_very_prompts(store: Store) -> None:
    assert store.calibration("model", "adapter", "prompts") is None
    store.save_calibration("model", "adapter", "prompts", YES)
    store.save_calibration("model", "adapter", "prompts", ())  # another tab was slower
    assert store.calibration("model", "adapter", "prompts") == YES
    assert store.calibration("model", "another", "prompts") is None
