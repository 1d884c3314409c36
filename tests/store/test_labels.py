"""The person's own answers to checks: of one wording, taken back by undo, beside the model's."""

import pytest

from workbench.errors import NotFound
from workbench.records import Board, Check, Idea, Measured, Rubric
from workbench.store import Store

CHEAP, NEW = Check("It is cheap.", "workability"), Check("It is new.", "novelty")
RUBRIC = Rubric(None, "Two", (CHEAP, NEW))


@pytest.fixture
def idea(store: Store, board: Board) -> Idea:
    return store.add_idea(board.id, "Night desk")


def answers(store: Store, idea: Idea) -> list[tuple[int, str, bool]]:
    return [(label.revision_id, label.check, label.answer) for label in store.check_labels(idea_id=idea.id)]


def test_an_answer_is_kept_changed_and_taken_away(store: Store, idea: Idea) -> None:
    store.label_check(idea.id, CHEAP, True)
    store.label_check(idea.id, NEW, False)
    assert answers(store, idea) == [(idea.revision_id, CHEAP.text, True), (idea.revision_id, NEW.text, False)]
    store.label_check(idea.id, CHEAP, False)
    store.label_check(idea.id, NEW, None)
    assert answers(store, idea) == [(idea.revision_id, CHEAP.text, False)]


def test_an_answer_belongs_to_the_wording_it_was_given_to(store: Store, idea: Idea) -> None:
    store.label_check(idea.id, CHEAP, True)
    revised = store.revise(idea.id, "Night desk", "With golden chairs")
    store.label_check(idea.id, CHEAP, False)
    store.label_check(idea.id, NEW, True, revision_id=idea.revision_id)
    assert answers(store, idea) == [
        (idea.revision_id, CHEAP.text, True), (revised.revision_id, CHEAP.text, False),
        (idea.revision_id, NEW.text, True),
    ]  # fmt: skip


def test_each_answer_is_undone_and_redone_by_itself(store: Store, board: Board, idea: Idea) -> None:
    store.label_check(idea.id, CHEAP, True)
    store.label_check(idea.id, CHEAP, False)
    assert store.undo(board.id) == "Undone: your answer to “It is cheap.” of “Night desk”"
    assert answers(store, idea) == [(idea.revision_id, CHEAP.text, True)]
    store.undo(board.id)
    assert answers(store, idea) == []
    store.redo(board.id)
    assert answers(store, idea) == [(idea.revision_id, CHEAP.text, True)]


def test_an_answer_stands_beside_the_models_newest_to_the_same_wording(store: Store, board: Board, idea: Idea) -> None:
    store.add_evaluation(idea.id, rubric=RUBRIC, measured=Measured((0.2, 0.5), unsure=(False, True)), model="old")
    store.add_evaluation(idea.id, rubric=RUBRIC, measured=Measured((0.8, 0.5), unsure=(False, True)), model="new")
    store.label_check(idea.id, CHEAP, True)
    store.label_check(idea.id, NEW, True)
    store.revise(idea.id, "Night desk", "With soup")
    store.label_check(idea.id, CHEAP, True)
    cheap, new, unjudged = store.check_labels(board_id=board.id)
    assert (cheap.p, cheap.unsure, cheap.model, cheap.dimension) == (0.8, False, "new", "workability")
    assert (new.p, new.unsure) == (0.5, True)
    assert (unjudged.p, unjudged.model) == (None, "")
    assert store.check_labels() == [cheap, new, unjudged]


def test_an_idea_that_is_not_there_cannot_be_answered_for(store: Store, board: Board) -> None:
    with pytest.raises(NotFound):
        store.label_check(7, CHEAP, True)
    gone = store.add_idea(board.id, "Gone")
    store.label_check(gone.id, CHEAP, True)
    store.undo(board.id)
    store.undo(board.id)  # the adding
    assert store.check_labels() == []
