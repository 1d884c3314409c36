"""Folding: what repeats an idea goes under it, whatever was decided about that; nothing is lost."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.assist.difference import SAME, clusters, rouge1
from workbench.assist.folding import SAME_MEANING, BoardIndex, Repeats, runs_dry
from workbench.errors import EngineClosed
from workbench.records import Batch, Origin, Status
from workbench.store import Store

FEW = ["soup", "night", "library", "bus", "nurse", "reads", "hot", "cold", "six", "a", "the"]
FEW = ["soup", "night", "library", "bus", "nurse", "reads", "hot", "cold", "six", "a", "the"]
WORDS = st.lists(st.sampled_from(FEW), max_size=9)
LINES = st.lists(WORDS.map(" ".join), max_size=12)
SOUP = ("Homework Supper", "Two librarians serve soup at six on Tuesdays.")
AGAIN = "Homework Supper — Two librarians serve hot soup at six on Mondays."


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path / "workbench.db")
    yield store
    store.close()


def fold(lines: list[str]) -> dict[int, int | None]:
    """Return what each line is folded under as the lines come one by one."""
    said, homes = Repeats(), {}
    for number, line in enumerate(lines):
        near = said.nearest(line)
        homes[number] = near[0] if near and near[1] > SAME else None
        if homes[number] is None:
            said.put(number, line)
    return homes


@given(LINES)
def test_nothing_is_lost_and_what_stands_repeats_nothing_before_it(lines):
    homes = fold(lines)
    assert list(homes) == list(range(len(lines)))
    heads = [number for number, home in homes.items() if home is None]
    assert all(home in heads and home < number for number, home in homes.items() if home is not None)
    assert all(rouge1(lines[a], lines[b]) <= SAME for a in heads for b in heads if a < b)
    assert all(rouge1(lines[number], lines[home]) > SAME for number, home in homes.items() if home is not None)


@given(LINES)
def test_what_stands_after_folding_stands_after_folding_again(lines):
    heads = [lines[number] for number, home in fold(lines).items() if home is None]
    assert all(home is None for home in fold(heads).values())


@given(LINES)
def test_folding_counts_the_same_as_clusters_do(lines):
    assert sum(home is None for home in fold(lines).values()) == len(clusters(lines))


@given(st.lists(WORDS.filter(bool).map(" ".join), min_size=1, max_size=4), st.randoms())
def test_equal_ideas_fold_under_the_first_of_them_in_any_order(lines, random):
    repeated = [line for line in lines for _ in range(3)]
    random.shuffle(repeated)
    homes = fold(repeated)
    for line in set(repeated):
        first = repeated.index(line)
        later = [homes[number] for number, each in enumerate(repeated) if each == line and number > first]
        assert None not in later
        if homes[first] is None:
            assert set(later) == {first}


@given(LINES, WORDS.map(" ".join))
def test_the_nearest_is_the_one_that_a_full_comparison_finds(lines, asked):
    said = Repeats()
    for number, line in enumerate(lines):
        said.put(number, line)
    found = said.nearest(asked)
    best = max((rouge1(line, asked) for line in lines), default=0.0)
    assert (found[1] if found else 0.0) == pytest.approx(best)
    if found:
        assert found[0] == next(number for number, line in enumerate(lines) if rouge1(line, asked) == found[1])


@given(LINES)
def test_what_is_taken_out_is_found_no_more(lines):
    said = Repeats()
    for number, line in enumerate(lines):
        said.put(number, line)
    for number in range(len(lines)):
        said.remove(number)
    assert all(said.nearest(line) is None for line in lines)
    assert said.counts == {} and not any(said.holders.values())


@pytest.mark.parametrize("status", [Status.KEPT, Status.NEW, Status.DROPPED, Status.ARCHIVED])
def test_an_idea_of_any_status_is_repeated(store, status):
    board = store.create_board("How?")
    idea = store.add_idea(board.id, *SOUP, status=status)
    assert BoardIndex(store, board.id).like(AGAIN) == idea.id
    assert BoardIndex(store, board.id).like("Night Desk — A nurse reads aloud.") is None


def test_the_index_follows_the_board(store):
    board = store.create_board("How?")
    index = BoardIndex(store, board.id)
    assert index.like(AGAIN) is None
    idea = store.add_idea(board.id, *SOUP)
    assert index.like(AGAIN) == idea.id
    store.revise(idea.id, "Night desk", "A nurse reads aloud.")
    assert index.like(AGAIN) is None
    store.undo(board.id)
    assert index.like(AGAIN) == idea.id
    store.undo(board.id)
    assert index.like(AGAIN) is None, "its adding was undone"
    other = store.create_board("Other?")
    store.add_idea(other.id, *SOUP)
    assert index.like(AGAIN) is None


def test_a_folded_idea_takes_no_other_under_it(store):
    board = store.create_board("How?")
    head = store.add_idea(board.id, *SOUP)
    fold = store.add_idea(board.id, "Supper", AGAIN, status=Status.NEW, origin=Origin.MODEL, folded_into=head.id)
    assert BoardIndex(store, board.id).like(AGAIN) == head.id
    store.unfold(fold.id)
    assert BoardIndex(store, board.id).like(f"Supper — {AGAIN}") == fold.id


class Letters:
    """An embedder that goes by letters, so that texts without a common word can be alike."""

    name, width = "letters", 26

    def embed(self, texts):
        rows = np.array([[text.lower().count(chr(97 + i)) for i in range(26)] for text in texts], dtype=np.float32)
        return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)

    def close(self):
        pass


def test_with_an_embedder_ideas_without_a_common_word_can_be_the_same(store):
    board = store.create_board("How?")
    idea = store.add_idea(board.id, "Listen silent", "")
    store.add_idea(board.id, "Zoo", "")
    assert BoardIndex(store, board.id).like("Tinsel enlist") is None
    index = BoardIndex(store, board.id, Letters())
    assert index.like("Tinsel enlist") == idea.id
    assert index.like("Mud") is None
    store.revise(idea.id, "Mud hut", "")
    assert index.like("Tinsel enlist") is None
    assert 0.5 < SAME_MEANING < 1


class Closed(Letters):
    def embed(self, texts):
        raise EngineClosed("The embedding model was closed.")


def test_without_an_answer_of_the_embedder_the_words_decide(store):
    board = store.create_board("How?")
    idea = store.add_idea(board.id, *SOUP)
    index = BoardIndex(store, board.id, Closed())
    assert index.like(AGAIN) == idea.id
    assert index.like("Mud hut") is None


def test_a_large_board_catches_up_over_its_first_ideas(store):
    board = store.create_board("How?")
    first = store.add_idea(board.id, "Listen silent", "")
    with store.as_one("many"):
        for number in range(70):
            store.add_idea(board.id, "Zoo " + "z" * number, "")
    index = BoardIndex(store, board.id, Letters())
    assert index.like("Tinsel enlist") is None, "the oldest come last"
    assert index.like("Tinsel enlist") == first.id


def test_the_well_runs_dry_when_fewer_than_half_of_the_latest_batch_are_new():
    assert not runs_dry([])
    assert not runs_dry([Batch(8, 2), Batch(8, 4)])
    assert runs_dry([Batch(8, 8), Batch(8, 3)])
    assert runs_dry([Batch(8, 3), Batch(3, 3)]), "three ideas say nothing"
