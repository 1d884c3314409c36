"""Boards: made, changed, archived."""

import pytest

from workbench.errors import InputError, NotFound
from workbench.records import Status
from workbench.store import Store, actions, boards, generations, ideas


def test_boards_are_listed_newest_first(store: Store) -> None:
    boards = [store.create_board(question) for question in ("one", "two", "three")]
    assert store.list_boards() == boards[::-1]


def test_the_board_that_was_worked_on_last_comes_first(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    times = (f"2026-01-01T00:00:{second:02}.000+00:00" for second in range(60))  # two changes in one millisecond tie
    for module in (boards, ideas, actions, generations):
        monkeypatch.setattr(module, "now", lambda: next(times))
    one, two, three, gone = (store.create_board(question) for question in ("one", "two", "three", "gone"))
    store.archive_board(gone.id)
    assert store.recent_boards() == [three, two, one]
    idea = store.add_idea(one.id, "A")
    assert store.recent_boards() == [one, three, two]
    store.start_generation(
        job_id="j", task="evaluate", messages=[], model="m", model_sha256="", adapter=None, adapter_sha256=None,
        sampling={}, seed=1, board_id=two.id,
    )  # fmt: skip
    assert store.recent_boards() == [two, one, three]
    store.set_status(idea.id, Status.DROPPED)
    assert store.recent_boards() == [one, two, three]


def test_a_board_keeps_its_words_as_typed(store: Store) -> None:
    made = store.create_board("  Wie wäre es? 🎉 ", context="a'b\"c; drop table boards", constraints="λ\n2")
    assert store.board(made.id) == made
    assert made.question == "Wie wäre es? 🎉"
    assert (made.context, made.constraints) == ("a'b\"c; drop table boards", "λ\n2")


def test_an_update_changes_only_what_is_given(store: Store) -> None:
    board = store.create_board("How?", context="a school", constraints="no money")
    assert store.update_board(board.id, context="").context == ""
    assert store.board(board.id).constraints == "no money"
    assert store.update_board(board.id, question="Why?").question == "Why?"


def test_an_archived_board_leaves_the_list_and_can_come_back(store: Store) -> None:
    board = store.create_board("How?")
    assert store.archive_board(board.id).archived
    assert store.list_boards() == []
    assert [each.id for each in store.list_boards(archived=True)] == [board.id]
    store.archive_board(board.id, False)
    assert store.list_boards() == [board]


@pytest.mark.parametrize("question", ["", "  \n", "\x00"])
def test_a_board_without_a_question_is_refused(store: Store, question: str) -> None:
    with pytest.raises(InputError, match="needs a question"):
        store.create_board(question)
    assert store.list_boards() == []


def test_an_unknown_board_is_named_in_a_sentence(store: Store) -> None:
    for ask in (store.board, store.archive_board, store.update_board):
        with pytest.raises(NotFound, match="no board with the number 7"):
            ask(7)
