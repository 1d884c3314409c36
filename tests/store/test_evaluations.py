"""Evaluations: judgements of the wording that held at the time."""

import pytest

from workbench.errors import NotFound
from workbench.records import Board
from workbench.store import Store

CHECKS = (0.9, 0.1, 0.5, 0.25, 1.0, 0.0, 0.75, 0.6)


def test_a_judgement_belongs_to_the_wording_of_its_time(store: Store, board: Board) -> None:
    idea = store.add_idea(board.id, "Night desk")
    first = store.add_evaluation(idea.id, checks=CHECKS, scores={"novelty": 3.0}, model="starter", adapter="refine")
    revised = store.revise(idea.id, "Night desk", "With soup")
    second = store.add_evaluation(idea.id, checks=(), scores={})
    assert store.evaluations(idea.id) == [second, first]
    assert (first.checks, first.scores, first.adapter) == (CHECKS, {"novelty": 3.0}, "refine")
    assert (first.revision_id, second.revision_id) == (idea.revision_id, revised.revision_id)


def test_the_sentences_can_come_later(store: Store, board: Board) -> None:
    idea = store.add_idea(board.id, "Night desk")
    made = store.add_evaluation(idea.id, checks=CHECKS, scores={})
    store.update_evaluation(made.id, strength="Warm.", risk="Who cooks?", next_step="Ask the cook.")
    (found,) = store.evaluations(idea.id)
    assert (found.strength, found.risk, found.next_step) == ("Warm.", "Who cooks?", "Ask the cook.")
    assert found.checks == CHECKS


def test_judging_what_is_not_there_is_refused(store: Store) -> None:
    with pytest.raises(NotFound, match="no idea"):
        store.add_evaluation(5, checks=CHECKS, scores={})
    with pytest.raises(NotFound, match="no evaluation"):
        store.update_evaluation(5, strength="", risk="", next_step="")
