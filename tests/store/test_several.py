"""Several ideas at once, and ideas of two parents: one action, one undo."""

import pytest

from workbench.errors import InputError, NotFound
from workbench.records import Board, Measured, Origin, Rubric, Status
from workbench.store import Store


@pytest.fixture
def ideas(store: Store, board: Board) -> list[int]:
    return [store.add_idea(board.id, title, status=Status.NEW, origin=Origin.MODEL).id for title in "ABC"]


def statuses(store: Store, ideas: list[int]) -> list[str]:
    return [store.idea(idea).status.value for idea in ideas]


def test_one_undo_takes_back_what_was_done_to_several_and_redo_does_it_again(
    store: Store, board: Board, ideas: list[int]
) -> None:
    store.set_status(ideas[0], Status.DROPPED)
    store.set_statuses(ideas, Status.KEPT)
    assert statuses(store, ideas) == ["kept"] * 3
    assert store.undo(board.id) == "Undone: keep of 3 ideas"
    assert statuses(store, ideas) == ["dropped", "new", "new"]
    assert store.redo(board.id) == "Redone: keep of 3 ideas"
    assert statuses(store, ideas) == ["kept"] * 3
    assert (store.undo(board.id), store.undo(board.id)) == ("Undone: keep of 3 ideas", "Undone: drop of “A”")
    assert store.undo(board.id) is None


def test_tags_are_added_to_those_each_has(store: Store, board: Board, ideas: list[int]) -> None:
    store.set_tags(ideas[0], ["cheap"])
    store.add_tags(ideas, ["soup", "cheap"])
    assert [store.idea(idea).tags for idea in ideas] == [("cheap", "soup"), ("soup", "cheap"), ("soup", "cheap")]
    assert store.undo(board.id) == "Undone: tagging of 3 ideas"
    assert [store.idea(idea).tags for idea in ideas] == [("cheap",), (), ()]


def test_an_edit_is_one_action_whatever_it_changed(store: Store, board: Board, ideas: list[int]) -> None:
    first, second, _ = ideas
    store.edit_idea(first, title="A2", body="more", tags=["x"], parent_id=second)
    edited = store.idea(first)
    assert (edited.title, edited.body, edited.tags, edited.parent_id) == ("A2", "more", ("x",), second)
    assert store.undo(board.id) == "Undone: edit of “A”"
    assert (store.idea(first).title, store.idea(first).tags, store.idea(first).parent_id) == ("A", (), None)


def test_an_edit_that_fails_half_way_changes_nothing(store: Store, board: Board, ideas: list[int]) -> None:
    first, second, _ = ideas
    store.set_parent(second, first)
    with pytest.raises(InputError, match="cannot be put under itself"):
        store.edit_idea(first, title="A2", body="", tags=["x"], parent_id=second)
    assert (store.idea(first).title, store.idea(first).tags) == ("A", ())
    assert store.undo(board.id) == "Undone: move of “B”"


def test_one_that_is_gone_stops_the_whole(store: Store, ideas: list[int]) -> None:
    with pytest.raises(NotFound):
        store.set_statuses([*ideas, 999], Status.KEPT)
    assert statuses(store, ideas) == ["new"] * 3


def test_nothing_selected_is_refused_with_a_sentence(store: Store) -> None:
    with pytest.raises(InputError, match="Select some first"):
        store.set_statuses([], Status.KEPT)


def test_an_idea_remembers_both_it_was_combined_of(store: Store, board: Board, ideas: list[int]) -> None:
    first, second, _ = ideas
    both = store.add_idea(board.id, "AB", parent_id=first, second_parent_id=second, status=Status.NEW)
    assert (both.parent_id, both.second_parent_id) == (first, second)
    with pytest.raises(InputError, match="cannot be put under itself"):
        store.set_parent(second, both.id)  # it comes from `second` too
    other = store.create_board("Another?")
    with pytest.raises(InputError, match="another board"):
        store.add_idea(other.id, "AB", second_parent_id=second)


def test_what_a_list_shows_comes_in_one_query_each(store: Store, board: Board, ideas: list[int]) -> None:
    store.revise(ideas[0], "A2", "")
    store.add_evaluation(ideas[1], rubric=Rubric(None, "", ()), measured=Measured((), {"novelty": 2.0}))
    store.add_evaluation(ideas[1], rubric=Rubric(None, "", ()), measured=Measured((), {"novelty": 4.0}))
    assert store.version_counts(board.id) == {ideas[0]: 2}
    assert store.latest_scores(board.id) == {ideas[1]: {"novelty": 4.0}}
