"""Ideas: added, decided on, tagged, hung under each other, reworded."""

import sqlite3

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.errors import InputError, NotFound
from workbench.records import Board, Origin, Status
from workbench.store import Store


def test_ideas_are_listed_newest_first_without_the_dropped_and_archived(store: Store, board: Board) -> None:
    ideas = {status: store.add_idea(board.id, status.value, status=status) for status in Status}
    assert store.list_ideas(board.id) == [ideas[Status.KEPT], ideas[Status.NEW]]
    assert store.list_ideas(board.id, statuses=[Status.DROPPED]) == [ideas[Status.DROPPED]]
    assert store.list_ideas(board.id, statuses=list(Status)) == list(ideas.values())[::-1]
    assert store.list_ideas(board.id, statuses=[]) == []


def test_an_idea_keeps_everything_it_was_given(store: Store, board: Board) -> None:
    parent = store.add_idea(board.id, "parent")
    idea = store.add_idea(
        board.id, " Night desk ", "Soup at six — für alle 🍲", parent_id=parent.id, status=Status.NEW,
        origin=Origin.LIBRARY, owner="Ana", lens="persona: nurse", tags=["soup", " soup ", "", "two  words"],
        library_id="b00001.3", source="library",
    )  # fmt: skip
    assert store.idea(idea.id) == idea
    assert (idea.title, idea.body, idea.parent_id) == ("Night desk", "Soup at six — für alle 🍲", parent.id)
    assert (idea.status, idea.origin, idea.owner, idea.lens) == (Status.NEW, Origin.LIBRARY, "Ana", "persona: nurse")
    assert (idea.tags, idea.library_id) == (("soup", "two words"), "b00001.3")
    (revision,) = store.revisions(idea.id)
    assert (revision.id, revision.title, revision.source) == (idea.revision_id, "Night desk", "library")


def test_ideas_can_be_listed_by_tag(store: Store, board: Board) -> None:
    tagged = store.add_idea(board.id, "a", tags=["quiet", "evening's"])
    store.add_idea(board.id, "b", tags=["quietly"])
    assert store.list_ideas(board.id, tag="quiet") == [tagged]
    assert store.list_ideas(board.id, tag="evening's") == [tagged]
    assert store.list_ideas(board.id, tag="%") == []


def test_an_idea_without_words_or_board_or_parent_is_refused_and_leaves_nothing(store: Store, board: Board) -> None:
    elsewhere = store.add_idea(store.create_board("Another?").id, "elsewhere")
    with pytest.raises(InputError, match="few words"):
        store.add_idea(board.id, " ", "\n")
    with pytest.raises(NotFound, match="no board"):
        store.add_idea(99, "lost")
    with pytest.raises(NotFound, match="no idea"):
        store.add_idea(board.id, "orphan", parent_id=99)
    with pytest.raises(InputError, match="another board"):
        store.add_idea(board.id, "stray", parent_id=elsewhere.id)
    with pytest.raises(NotFound, match="no model answer"):
        store.add_idea(board.id, "no source", generation_id=99)
    assert store.list_ideas(board.id) == []
    assert store.undo(board.id) is None


def test_an_idea_cannot_be_put_under_itself_or_its_own_follow_ups(store: Store, board: Board) -> None:
    a = store.add_idea(board.id, "a")
    b = store.add_idea(board.id, "b", parent_id=a.id)
    c = store.add_idea(board.id, "c", parent_id=b.id)
    for parent in (a, b, c):
        with pytest.raises(InputError, match="under itself"):
            store.set_parent(a.id, parent.id)
    assert store.set_parent(c.id, None).parent_id is None
    assert store.set_parent(a.id, c.id).parent_id == c.id


@given(st.lists(st.tuples(st.integers(0, 7), st.one_of(st.none(), st.integers(0, 7))), max_size=30))
@settings(max_examples=20, deadline=None)
def test_no_moves_ever_close_a_circle(
    tmp_path_factory: pytest.TempPathFactory, moves: list[tuple[int, int | None]]
) -> None:
    store = Store(tmp_path_factory.mktemp("tree") / "workbench.db")
    board = store.create_board("How?").id
    ideas = [store.add_idea(board, f"idea {number}").id for number in range(8)]
    for child, parent in moves:
        try:
            store.set_parent(ideas[child], None if parent is None else ideas[parent])
        except InputError:
            continue
    parents = {idea.id: idea.parent_id for idea in store.list_ideas(board)}
    store.close()
    for idea in ideas:
        above: int | None = idea
        for _ in range(len(ideas)):
            above = parents[above] if above is not None else None
        assert above is None


def test_a_new_wording_is_added_and_the_old_one_stays(store: Store, board: Board) -> None:
    idea = store.add_idea(board.id, "Night desk", "Soup")
    revised = store.revise(idea.id, "Night desk", "Lentil soup for 40", source="refine", goal="more specific")
    assert (revised.body, revised.created) == ("Lentil soup for 40", idea.created)
    first, second = store.revisions(idea.id)
    assert (first.body, second.body) == ("Soup", "Lentil soup for 40")
    assert (second.source, second.goal) == ("refine", "more specific")


def test_the_same_wording_again_is_no_new_version(store: Store, board: Board) -> None:
    idea = store.add_idea(board.id, "Night desk", "Soup")
    assert store.revise(idea.id, "Night desk ", " Soup") == idea
    assert len(store.revisions(idea.id)) == 1


def test_restoring_points_back_and_appends_nothing(store: Store, board: Board) -> None:
    idea = store.add_idea(board.id, "first")
    store.revise(idea.id, "second", "")
    first, second = store.revisions(idea.id)
    restored = store.restore(idea.id, first.id)
    assert (restored.title, restored.revision_id) == ("first", first.id)
    assert store.revisions(idea.id) == [first, second]
    assert store.undo(board.id) == "Undone: return to an earlier wording of “second”"
    assert store.idea(idea.id).title == "second"


def test_a_version_of_another_idea_cannot_be_restored(store: Store, board: Board) -> None:
    a, b = store.add_idea(board.id, "a"), store.add_idea(board.id, "b")
    with pytest.raises(InputError, match="another idea"):
        store.restore(a.id, store.revisions(b.id)[0].id)


@pytest.mark.parametrize(
    "sql",
    ["update revisions set title = 'x'", "delete from revisions", "replace into revisions select * from revisions"],
)
def test_revisions_cannot_be_changed_or_deleted(store: Store, board: Board, sql: str) -> None:
    idea = store.add_idea(board.id, "Night desk")
    with store._reading() as db, pytest.raises(sqlite3.IntegrityError, match="append-only"):
        db.execute(sql)
    assert store.idea(idea.id).title == "Night desk"


def test_text_that_sqlite_cannot_hold_is_kept_as_far_as_it_can_be(store: Store, board: Board) -> None:
    idea = store.add_idea(board.id, "half \ud83d", "a\x00b", tags=["\udc00"])
    assert (idea.title, idea.body, idea.tags) == ("half ?", "ab", ("?",))
