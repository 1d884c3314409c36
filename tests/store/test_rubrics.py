"""Rubrics: the person's own checks, and which one a board is judged by."""

from dataclasses import replace

import pytest

from workbench.errors import InputError, NotFound
from workbench.records import Board, Check, Measured, Rubric
from workbench.store import Store

CHECKS = (Check("Pupils would join.", "relevance", "Would pupils join?"), Check("It costs nothing.", "workability"))
SCHOOL = Rubric(None, "School", CHECKS)


def test_rubrics_are_saved_changed_and_listed_by_name(store: Store) -> None:
    school = store.save_rubric(replace(SCHOOL, name="  School \n"))
    club = store.save_rubric(replace(SCHOOL, name="Club"))
    assert store.rubrics() == [club, school] and school == replace(SCHOOL, id=school.id)
    changed = store.save_rubric(replace(school, checks=CHECKS[:1]))
    assert store.rubrics() == [club, changed] and changed.checks == CHECKS[:1]


def test_a_name_is_needed_and_used_once(store: Store) -> None:
    with pytest.raises(InputError, match="needs a name"):
        store.save_rubric(replace(SCHOOL, name=" "))
    saved = store.save_rubric(SCHOOL)
    store.save_rubric(saved)
    with pytest.raises(InputError, match="already"):
        store.save_rubric(SCHOOL)


def test_a_board_is_judged_by_the_rubric_picked_for_it_and_undo_takes_that_back(store: Store, board: Board) -> None:
    school = store.save_rubric(SCHOOL)
    assert store.rubric_of_board(board.id) is None
    store.use_rubric(board.id, school.id)
    assert store.rubric_of_board(board.id) == school and store.board(board.id).rubric_id == school.id
    assert store.undo(board.id) == "Undone: choice of checks"
    assert store.rubric_of_board(board.id) is None
    with pytest.raises(NotFound):
        store.use_rubric(board.id, 99)


def test_a_removed_rubric_leaves_its_boards_to_the_built_in_one_and_its_judgements_as_they_are(
    store: Store, board: Board
) -> None:
    school = store.save_rubric(SCHOOL)
    store.use_rubric(board.id, school.id)
    idea = store.add_idea(board.id, "Night desk")
    store.add_evaluation(idea.id, rubric=school, measured=Measured((0.5, 0.5)))
    store.remove_rubric(school.id, board.id)
    assert store.rubrics() == [] and store.rubric_of_board(board.id) is None
    assert store.evaluations(idea.id)[0].rubric == school
    assert store.save_rubric(SCHOOL).name == "School"  # its name is free again


def test_a_deletion_is_undone_and_redone_on_the_board_where_it_was_made(store: Store, board: Board) -> None:
    school = store.save_rubric(SCHOOL)
    store.use_rubric(board.id, school.id)
    store.remove_rubric(school.id, board.id)
    assert store.undo(board.id) == "Undone: deletion of the checks “School”"
    assert store.rubrics() == [school] and store.rubric_of_board(board.id) == school
    assert store.redo(board.id) == "Redone: deletion of the checks “School”"
    assert store.rubrics() == []
