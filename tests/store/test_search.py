"""Search over ideas: stemmed, ranked, safe for any text."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.records import Board, Status
from workbench.store import Store


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Store:
    store = Store(tmp_path_factory.mktemp("search") / "workbench.db")
    board = store.create_board("How?")
    store.add_idea(board.id, "Night desk", "Two librarians serve soup at six", tags=["evening"])
    store.add_idea(board.id, "Café 🎉", "Kaffee für alle; 图书馆晚上开放", tags=["grün"])
    return store


def titles(store: Store, query: str, **options: object) -> list[str]:
    return [idea.title for idea in store.search(query, **options)]  # type: ignore[arg-type]


@pytest.mark.parametrize("query", ["librarian", "SERVING", "served soups", "eveni", "desk night", "soup giraffe"])
def test_words_are_found_in_any_form_and_order(full: Store, query: str) -> None:
    assert titles(full, query) == ["Night desk"]


@pytest.mark.parametrize("query", ["cafe", "CAFÉ", "🎉", "图书馆", "fur", "grun"])
def test_accents_emoji_and_scripts_without_spaces_are_found(full: Store, query: str) -> None:
    assert titles(full, query) == ["Café 🎉"]


@pytest.mark.parametrize(
    "query", ['"soup', 'soup"', "soup AND", "soup*", "^soup", "(soup", "title: soup", "-soup", "soup;--"]
)
def test_signs_that_mean_something_to_fts5_are_only_signs(full: Store, query: str) -> None:
    assert titles(full, query) == ["Night desk"]


@pytest.mark.parametrize(
    "query",
    ['"', "'", '""', "NOT", "NEAR(", "title:", "*", "(", "a OR", "-", "{x} : y", "%", "_", "[", "\x00", "\ud800"],
)
def test_signs_alone_find_nothing(full: Store, query: str) -> None:
    assert full.search(query) == []


def test_a_tag_is_found_by_its_emoji(store: Store, board: Board) -> None:
    store.add_idea(board.id, "Night desk", tags=["late 🌙"])
    assert titles(store, "🌙") == ["Night desk"]


@pytest.mark.parametrize("query", ["", "   ", "\n\t"])
def test_an_empty_query_finds_nothing(full: Store, query: str) -> None:
    assert full.search(query) == []


@given(st.text(max_size=60))
@settings(max_examples=200, deadline=None)
def test_any_text_is_safe(full: Store, query: str) -> None:
    full.search(query)


def test_a_very_long_query_is_safe(full: Store) -> None:
    assert titles(full, "soup " + " ".join(f"word{number}" for number in range(5000))) == ["Night desk"]
    assert full.search("字" * 100_000) == []


def test_a_word_in_the_title_says_more_than_one_in_the_body(store: Store, board: Board) -> None:
    store.add_idea(board.id, "Soup evening", "People eat together")
    store.add_idea(board.id, "Eat together", "People bring soup")
    store.add_idea(board.id, "Walks", "People walk")
    assert titles(store, "soup") == ["Soup evening", "Eat together"]


def test_ideas_with_every_word_leave_out_those_with_some(store: Store, board: Board) -> None:
    store.add_idea(board.id, "Soup evening")
    store.add_idea(board.id, "Soup morning")
    assert titles(store, "soup evening") == ["Soup evening"]


def test_search_follows_new_wordings_tags_undo_and_restore(store: Store, board: Board) -> None:
    idea = store.add_idea(board.id, "Soup")
    first = store.revisions(idea.id)[0]
    store.revise(idea.id, "Bread", "")
    assert (titles(store, "soup"), titles(store, "bread")) == ([], ["Bread"])
    store.undo(board.id)
    assert (titles(store, "soup"), titles(store, "bread")) == (["Soup"], [])
    store.redo(board.id)
    store.restore(idea.id, first.id)
    assert titles(store, "soup") == ["Soup"]
    store.set_tags(idea.id, ["warming"])
    assert titles(store, "warmed") == ["Soup"]  # stemmed: found by the index, not as a piece of text


def test_search_keeps_to_the_board_and_to_what_is_on_the_table(store: Store, board: Board) -> None:
    other = store.create_board("Another?")
    store.add_idea(board.id, "Soup here")
    store.add_idea(other.id, "Soup there")
    dropped = store.add_idea(board.id, "Soup gone", status=Status.DROPPED)
    assert titles(store, "soup", board_id=board.id) == ["Soup here"]
    assert sorted(titles(store, "soup")) == ["Soup here", "Soup there"]
    assert store.search("soup", statuses=[Status.DROPPED]) == [dropped]
    assert len(store.search("soup", statuses=list(Status), limit=2)) == 2
    store.archive_board(other.id)
    assert titles(store, "soup") == ["Soup here"]
    assert titles(store, "soup", board_id=other.id) == ["Soup there"]
