"""What a brainstorm keeps: a board's words and dimensions, folds, batches, lenses of one's own."""

import pytest

from workbench.errors import InputError
from workbench.records import Batch, Dimension, Origin, Status, Value
from workbench.store import Store


def offered(store: Store, board_id: int, title: str, job: str = "job", **more: object) -> int:
    gid = store.start_generation(
        job_id=job, task="brainstorm", messages=[], model="m", model_sha256="", adapter=None, adapter_sha256=None,
        sampling={}, seed=1, board_id=board_id,
    )  # fmt: skip
    return store.add_idea(
        board_id, title, status=Status.NEW, origin=Origin.MODEL, generation_id=gid, source="brainstorm", **more
    ).id


def test_a_new_question_keeps_the_earlier_ones_and_can_be_undone(store: Store) -> None:
    board = store.create_board("How?", audience="pupils")
    store.update_board(board.id, question="Why?", audience="teachers")
    store.update_board(board.id, question="When?")
    assert store.board(board.id).earlier == ("Why?", "How?")
    assert store.update_board(board.id, question="How?").earlier == ("When?", "Why?")
    assert store.undo(board.id) == "Undone: new question of the board"
    store.undo(board.id)
    assert (store.board(board.id).question, store.board(board.id).earlier) == ("Why?", ("How?",))
    store.undo(board.id)
    assert (store.board(board.id).question, store.board(board.id).audience) == ("How?", "pupils")
    assert store.redo(board.id) == "Redone: new question and audience of the board"
    assert store.board(board.id).audience == "teachers"


def test_the_same_words_again_are_no_action(store: Store) -> None:
    board = store.create_board("How?", context="here")
    store.update_board(board.id, question="How?", context="here", constraints="")
    assert store.undo(board.id) is None


def test_values_keep_their_key_under_a_new_name_and_no_key_is_given_twice(store: Store) -> None:
    board = store.create_board("How?")
    board = store.set_dimensions(board.id, [Dimension("Who", (Value(0, "pupils"), Value(0, "nurses")), "model")])
    assert board.dimensions == (Dimension("Who", (Value(1, "pupils"), Value(2, "nurses")), "model"),)
    store.add_idea(board.id, "Night desk", cell=(2,))
    board = store.set_dimensions(board.id, [Dimension("For whom", (Value(1, "children"), Value(0, "cooks")))])
    assert board.dimensions[0].values == (Value(1, "children"), Value(3, "cooks")), "2 is still the night desk's"
    assert store.undo(board.id) == "Undone: dimensions of the board"
    assert store.board(board.id).dimensions[0].name == "Who"


def test_dimensions_without_a_name_or_a_value_are_left_out(store: Store) -> None:
    board = store.create_board("How?")
    given = [Dimension(" ", (Value(0, "a"),)), Dimension("Where", (Value(0, " "),)), Dimension("When", ())]
    assert store.set_dimensions(board.id, given).dimensions == ()


def test_a_folded_idea_is_unfolded_and_folded_again_by_undo(store: Store) -> None:
    board = store.create_board("How?")
    head = offered(store, board.id, "Soup night")
    fold = offered(store, board.id, "Soup evening", folded_into=head)
    assert store.idea(fold).folded_into == head
    assert [(each.id, each.stands) for each in store.wordings(board.id)] == [(head, True), (fold, False)]
    assert store.unfold(fold).folded_into is None
    store.undo(board.id)
    assert store.idea(fold).folded_into == head
    other = store.create_board("Other?")
    with pytest.raises(InputError, match="another board"):
        offered(store, other.id, "Soup", folded_into=head)


def test_a_fold_stands_again_when_the_adding_of_its_head_is_undone(store: Store) -> None:
    board = store.create_board("How?")
    head = store.add_idea(board.id, "Soup night")
    fold = offered(store, board.id, "Soup evening", folded_into=head.id)
    store.undo(board.id)
    assert store.idea(fold).folded_into is None
    assert [idea.id for idea in store.list_ideas(board.id)] == [fold]


def test_batches_count_what_each_request_brought(store: Store) -> None:
    board = store.create_board("How?")
    store.add_idea(board.id, "My own")
    head = offered(store, board.id, "Soup", "first")
    offered(store, board.id, "Bus", "first")
    offered(store, board.id, "Soup again", "second", folded_into=head)
    assert store.batches(board.id) == [Batch(2, 2), Batch(1, 0)]


def test_wordings_since_a_time_hold_what_changed(store: Store) -> None:
    board = store.create_board("How?")
    first, second = store.add_idea(board.id, "Soup"), store.add_idea(board.id, "Bus")
    stamp = store.set_status(second.id, Status.DROPPED).updated
    changed = [each.id for each in store.wordings(board.id, since=stamp)]
    assert second.id in changed
    store.revise(first.id, "Stew", "")
    assert first.id in [each.id for each in store.wordings(board.id, since=stamp)]


def test_a_lens_of_ones_own_is_kept_once_and_removed(store: Store) -> None:
    lens = store.add_lens(kind="persona", label="persona: my aunt", name=" My  aunt ")
    assert lens.name == "My aunt"
    assert store.add_lens(kind="persona", label="persona: my aunt", name="Aunt").id == lens.id
    store.remove_lens(lens.id)
    assert store.own_lenses() == []
    store.add_lens(kind="persona", label="persona: my aunt", name="Aunt")
    assert [each.name for each in store.own_lenses()] == ["Aunt"]
    with pytest.raises(InputError, match="needs a name"):
        store.add_lens(kind="own", label="x", name=" ")
