"""Decisions about the changes of a rewrite."""

import pytest

from workbench.errors import NotFound
from workbench.records import Decision

CHANGES = [
    Decision("title", "Soup", "Soup é 🎉", True),
    Decision("body", "", " for 40", False),
    Decision("body", "x", "y"),
]


@pytest.fixture
def idea(store, board):
    return store.add_idea(board.id, "Soup", "Cooks serve x.")


def test_decisions_come_back_as_they_were_made(store, idea, ask):
    gid = ask(task="refine", idea_id=idea.id)
    assert store.review(gid) is None
    saved = store.save_review(gid, idea.revision_id, CHANGES)
    assert store.review(gid) == saved
    assert (saved.revision_id, saved.changes) == (idea.revision_id, tuple(CHANGES))


def test_a_later_decision_takes_the_place_of_the_earlier(store, idea, ask):
    gid = ask(task="refine", idea_id=idea.id)
    store.save_review(gid, idea.revision_id, CHANGES)
    store.save_review(gid, idea.revision_id, CHANGES[:1])
    assert store.review(gid).changes == tuple(CHANGES[:1])


def test_undo_of_the_new_wording_leaves_the_decisions(store, idea, ask):
    gid = ask(task="refine", idea_id=idea.id)
    store.save_review(gid, idea.revision_id, CHANGES)
    store.revise(idea.id, "Soup", "Cooks serve y.", source="refine", generation_id=gid)
    store.undo(idea.board_id)
    assert store.generation(gid).label is None
    assert store.review(gid).changes == tuple(CHANGES)


def test_a_review_needs_its_rewrite_and_its_wording(store, idea, ask):
    with pytest.raises(NotFound):
        store.save_review(99, idea.revision_id, CHANGES)
    with pytest.raises(NotFound):
        store.save_review(ask(), 99, CHANGES)
