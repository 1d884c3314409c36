"""Undo and redo: every change of an idea by the person, step by step, with nothing lost."""

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workbench.errors import InputError, NotFound
from workbench.records import Board, Origin, Status
from workbench.store import Store


def test_undo_says_in_plain_words_what_it_took_back(store: Store, board: Board) -> None:
    idea = store.add_idea(board.id, "Night desk", status=Status.NEW, origin=Origin.MODEL)
    store.set_status(idea.id, Status.KEPT)
    assert store.undo(board.id) == "Undone: keep of “Night desk”"
    assert store.idea(idea.id).status == Status.NEW
    assert store.redo(board.id) == "Redone: keep of “Night desk”"
    assert store.idea(idea.id).status == Status.KEPT
    assert store.redo(board.id) is None


def test_undoing_an_adding_hides_the_idea_and_redo_brings_it_back_with_its_history(store: Store, board: Board) -> None:
    idea = store.add_idea(board.id, "Night desk")
    assert store.undo(board.id) == "Undone: adding of “Night desk”"
    assert store.list_ideas(board.id, statuses=list(Status)) == []
    assert store.search("night") == []
    with pytest.raises(NotFound, match="redo brings it back"):
        store.idea(idea.id)
    with pytest.raises(NotFound):
        store.set_status(idea.id, Status.KEPT)
    store.redo(board.id)
    assert store.idea(idea.id).revision_id == idea.revision_id


def test_offered_ideas_are_no_actions_so_undo_takes_back_what_the_person_did(store: Store, board: Board) -> None:
    """While ideas stream in, Z must undo the last keep, not the latest card."""
    first = store.add_idea(board.id, "First", status=Status.NEW, origin=Origin.MODEL)
    store.set_status(first.id, Status.KEPT)
    second = store.add_idea(board.id, "Second", status=Status.NEW, origin=Origin.MODEL)
    assert store.undo(board.id) == "Undone: keep of “First”"
    store.add_idea(board.id, "Third", status=Status.NEW, origin=Origin.MODEL)
    assert store.redo(board.id) == "Redone: keep of “First”"
    assert second in store.list_ideas(board.id)


def test_an_offer_under_an_idea_whose_adding_is_undone_stays_at_the_top(store: Store, board: Board) -> None:
    parent = store.add_idea(board.id, "Parent")
    child = store.add_idea(board.id, "Child", parent_id=parent.id, status=Status.NEW)
    store.undo(board.id)
    assert store.idea(child.id).parent_id is None
    store.redo(board.id)
    assert store.idea(child.id).parent_id == parent.id


def test_something_new_after_an_undo_gives_up_the_redo(store: Store, board: Board) -> None:
    idea = store.add_idea(board.id, "Night desk")
    store.set_tags(idea.id, ["soup"])
    store.undo(board.id)
    store.set_status(idea.id, Status.DROPPED)
    assert store.redo(board.id) is None
    assert store.undo(board.id) == "Undone: drop of “Night desk”"
    assert store.undo(board.id) == "Undone: adding of “Night desk”"
    assert store.undo(board.id) is None


def test_a_change_that_changes_nothing_is_no_action(store: Store, board: Board) -> None:
    idea = store.add_idea(board.id, "Night desk", tags=["soup"])
    store.set_status(idea.id, Status.KEPT)
    store.set_tags(idea.id, [" soup "])
    store.set_parent(idea.id, None)
    assert store.undo(board.id) == "Undone: adding of “Night desk”"


def test_boards_have_their_own_undo(store: Store, board: Board) -> None:
    other = store.create_board("Another?")
    store.add_idea(board.id, "here")
    store.add_idea(other.id, "there")
    assert store.undo(board.id) == "Undone: adding of “here”"
    assert store.undo(board.id) is None
    assert len(store.list_ideas(other.id)) == 1


def test_undo_still_works_after_opening_again(store: Store, board: Board) -> None:
    store.add_idea(board.id, "Night desk")
    store.close()
    again = Store(store.path)
    assert again.undo(board.id) == "Undone: adding of “Night desk”"
    again.close()


def test_decisions_label_the_generation_and_undo_takes_the_label_back(
    store: Store, board: Board, ask: Callable[..., int]
) -> None:
    gid = ask(board_id=board.id)
    idea = store.add_idea(board.id, "Night desk", status=Status.NEW, origin=Origin.MODEL, generation_id=gid)
    assert store.generation(gid).label is None
    store.set_status(idea.id, Status.KEPT)
    assert store.generation(gid).label == "kept"
    store.set_status(idea.id, Status.ARCHIVED)
    assert store.generation(gid).label == "kept"
    store.set_status(idea.id, Status.DROPPED)
    assert store.generation(gid).label == "dropped"
    store.undo(board.id)
    store.undo(board.id)
    assert store.generation(gid).label == "kept"
    store.undo(board.id)
    assert store.generation(gid).label is None
    store.redo(board.id)
    assert store.generation(gid).label == "kept"


def test_accepting_a_refinement_labels_its_generation_kept_until_undone(
    store: Store, board: Board, ask: Callable[..., int]
) -> None:
    idea = store.add_idea(board.id, "Night desk")
    gid = ask(task="refine", idea_id=idea.id)
    store.revise(idea.id, "Night desk", "With soup", source="refine", generation_id=gid)
    assert store.generation(gid).label == "kept"
    store.undo(board.id)
    assert (store.generation(gid).label, store.idea(idea.id).body) == (None, "")
    assert len(store.revisions(idea.id)) == 2


ACTIONS = st.one_of(
    st.tuples(st.just("add"), st.sampled_from(list(Status)), st.integers(0, 9)),
    st.tuples(st.just("status"), st.integers(0, 9), st.sampled_from(list(Status))),
    st.tuples(st.just("tags"), st.integers(0, 9), st.lists(st.text(max_size=3), max_size=2)),
    st.tuples(st.just("parent"), st.integers(0, 9), st.one_of(st.none(), st.integers(0, 9))),
    st.tuples(st.just("revise"), st.integers(0, 9), st.text(min_size=1, max_size=5)),
    st.tuples(st.just("restore"), st.integers(0, 9), st.integers(0, 3)),
    st.tuples(st.just("several"), st.integers(0, 9), st.sampled_from(list(Status))),
)


def snapshot(store: Store, board: int) -> object:
    """Return all that a person sees: every idea in every status, and what the generations are labelled."""
    columns = ("id", "title", "body", "parent_id", "status", "tags", "revision_id")
    ideas = [tuple(getattr(idea, name) for name in columns) for idea in store.list_ideas(board, statuses=list(Status))]
    return ideas, [(each.id, each.label) for each in store.generations(limit=99)]


def perform(store: Store, board: int, action: tuple[str, object, object], gid: int) -> None:
    """Do one random action; one that the store refuses changes nothing."""
    verb, first, second = action
    ideas = [idea.id for idea in store.list_ideas(board, statuses=list(Status))][::-1]
    if verb == "add" and first != Status.NEW:
        store.add_idea(board, f"idea {second}", status=first, generation_id=gid)  # type: ignore[arg-type]
        return
    if verb == "add" or not ideas:
        return
    idea = ideas[first % len(ideas)]  # type: ignore[operator]
    if verb == "status":
        store.set_status(idea, second)  # type: ignore[arg-type]
    elif verb == "several":
        store.set_statuses(ideas[: first + 1], second)  # type: ignore[operator, arg-type]
    elif verb == "tags":
        store.set_tags(idea, second)  # type: ignore[arg-type]
    elif verb == "parent":
        store.set_parent(idea, None if second is None else ideas[second % len(ideas)])  # type: ignore[operator]
    elif verb == "revise":
        store.revise(idea, str(second), "", generation_id=gid)
    else:
        revisions = store.revisions(idea)
        store.restore(idea, revisions[second % len(revisions)].id)  # type: ignore[operator]


@given(st.lists(ACTIONS, max_size=12))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_undoing_all_leads_back_step_by_step_and_redoing_all_forward_again(
    tmp_path_factory: pytest.TempPathFactory, actions: list[tuple[str, object, object]]
) -> None:
    store = Store(tmp_path_factory.mktemp("undo") / "workbench.db")
    board = store.create_board("How?").id
    gid = store.start_generation(
        job_id="j", task="brainstorm", messages=[], model="m", model_sha256="", adapter=None, adapter_sha256=None,
        sampling={}, seed=0,
    )  # fmt: skip
    for name in ("offered", "another"):
        store.add_idea(board, name, status=Status.NEW, origin=Origin.MODEL, generation_id=gid)
    states = [snapshot(store, board)]
    for action in actions:
        try:
            perform(store, board, action, gid)
        except InputError:
            continue
        if (state := snapshot(store, board)) != states[-1]:
            states.append(state)
    for state in states[-2::-1]:
        assert store.undo(board)
        assert snapshot(store, board) == state
    assert store.undo(board) is None
    for state in states[1:]:
        assert store.redo(board)
        assert snapshot(store, board) == state
    assert store.redo(board) is None
    store.close()
