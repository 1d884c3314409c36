"""Votes: kept with their sides and wordings, undone and redone like every action of a person."""

from dataclasses import replace

import pytest

from workbench.errors import InputError, NotFound
from workbench.records import Board, Judge, NewVote, Outcome, VoteKind
from workbench.store import Store


@pytest.fixture
def vote(store: Store, board: Board) -> NewVote:
    left, right = store.add_idea(board.id, "Night desk"), store.add_idea(board.id, "Soup", "Librarians serve soup.")
    return NewVote(left_id=left.id, right_id=right.id, outcome=Outcome.LEFT, order_seed=7, board_id=board.id)


def test_a_vote_remembers_the_wordings_that_were_compared(store: Store, board: Board, vote: NewVote) -> None:
    kept = store.add_vote(replace(vote, reason="quicker"))
    assert (kept.left_id, kept.right_id, kept.outcome, kept.order_seed) == (vote.left_id, vote.right_id, "left", 7)
    assert (kept.judge, kept.reason, kept.kind) == (Judge.PERSON, "quicker", VoteKind.IDEA)
    before = store.idea(vote.left_id).revision_id
    store.revise(vote.left_id, "Night desk", "Open until ten.")
    (again,) = store.votes(board_id=board.id)
    assert again == kept and again.left_revision_id == before != store.idea(vote.left_id).revision_id


def test_undo_takes_a_vote_back_and_redo_brings_it_again(store: Store, board: Board, vote: NewVote) -> None:
    kept = store.add_vote(vote)
    store.add_vote(replace(vote, outcome=Outcome.TIE, order_seed=8))
    assert store.undo(board.id) == "Undone: tie of “Night desk” and “Soup”"
    assert store.votes(board_id=board.id) == [kept]
    assert store.undo(board.id) == "Undone: “Night desk” over “Soup”"
    assert store.votes(board_id=board.id) == []
    assert store.redo(board.id) == "Redone: “Night desk” over “Soup”"
    assert store.votes(board_id=board.id) == [kept]
    assert [idea.title for idea in store.list_ideas(board.id)] == ["Soup", "Night desk"]


def test_a_vote_does_not_stand_between_other_actions_and_their_undo(store: Store, board: Board, vote: NewVote) -> None:
    updated = store.idea(vote.left_id).updated
    store.add_vote(vote)
    assert store.idea(vote.left_id).updated == updated
    store.undo(board.id)
    assert store.undo(board.id) == "Undone: adding of “Soup”"


def test_a_key_pressed_twice_is_one_vote(store: Store, board: Board, vote: NewVote) -> None:
    assert store.add_vote(vote) == store.add_vote(vote)
    assert len(store.votes(board_id=board.id)) == 1
    store.undo(board.id)
    store.add_vote(vote)
    assert len(store.votes(board_id=board.id)) == 1


def test_a_models_votes_are_no_actions_and_are_asked_for_by_judge(store: Store, board: Board, vote: NewVote) -> None:
    of_model = replace(vote, judge=Judge.MODEL, judge_name="starter", judge_sha256="ab", p_first=0.7, p_second=0.6)
    store.add_votes([of_model, replace(of_model, outcome=Outcome.TIE)])
    store.add_vote(vote)
    assert len(store.votes(board_id=board.id, judge=Judge.MODEL, judge_name="starter")) == 2
    assert store.votes(board_id=board.id, judge=Judge.MODEL)[0].p_first == 0.7
    assert store.votes(judge_sha256="cd") == []
    store.undo(board.id)
    assert [kept.judge for kept in store.votes(board_id=board.id)] == [Judge.MODEL] * 2
    assert store.undo(board.id) == "Undone: adding of “Soup”"


def test_a_batch_of_votes_is_written_whole_or_not_at_all(store: Store, board: Board, vote: NewVote) -> None:
    of_model = replace(vote, judge=Judge.MODEL)
    with pytest.raises(NotFound):
        store.add_votes([of_model, replace(of_model, right_id=99)])
    assert store.votes(board_id=board.id) == []


def test_answers_of_models_can_be_voted_on_too(store: Store, ask) -> None:  # type: ignore[no-untyped-def]
    one, other = ask(), ask(job_id="j2")
    vote = NewVote(kind=VoteKind.ANSWER, left_id=one, right_id=other, outcome=Outcome.BOTH_BAD, order_seed=1)
    kept = store.add_vote(vote)
    assert store.votes(kind=VoteKind.ANSWER) == [kept] and store.votes() == []
    assert kept.board_id is None and kept.left_revision_id is None


def test_a_vote_needs_two_ideas_of_its_board(store: Store, vote: NewVote) -> None:
    other = store.create_board("Another?")
    with pytest.raises(InputError, match="two different"):
        store.add_vote(replace(vote, right_id=vote.left_id))
    with pytest.raises(InputError, match="not on this board"):
        store.add_vote(replace(vote, board_id=other.id))
    with pytest.raises(NotFound):
        store.add_vote(replace(vote, right_id=99))
