"""Out and in again: the same board, whatever its texts hold. What a format cannot carry is named in the test."""

import string
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.exchange import Content, bring_in, content_of, preview, read, write
from workbench.exchange.opml_file import NOT_IN_XML
from workbench.records import Dimension, Origin, Status, Value
from workbench.store import Entry, Store, Version

AWKWARD = ["=1+1", "+A1", "-", "@x", "'=1", "''", '"', '""', ",", ";", "\\", "\r", "a\r\nb", "\t=", "<b>&amp;", "]]>",
           "🎉", "é", "ש", "# x", "null", "'", "＝1", "\x0b", "\x85", "\u2028", "- a", "1. b"]  # fmt: skip
CHARACTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\x00")
PIECES = st.lists(st.sampled_from(AWKWARD) | st.text(CHARACTERS, max_size=8), max_size=4)
TEXT = PIECES.map(lambda pieces: " ".join(pieces).strip())
TAG = TEXT.map(lambda text: " ".join(text.split())).filter(bool)
STAMP = st.datetimes().map(lambda moment: moment.isoformat(timespec="milliseconds") + "+00:00")
WORDS = st.tuples(TEXT, TEXT).filter(any)
GRID = (
    Dimension("Who", (Value(1, "pupils"), Value(2, "nurses"))), Dimension("When", (Value(3, "at night"),), "model"),
)  # fmt: skip


@st.composite
def entries(draw: st.DrawFn, number: int) -> Entry:
    """An idea as the store would hold it, under earlier ones."""
    title, body = draw(WORDS)
    history = [Version(*draw(WORDS), draw(TEXT), draw(TEXT), draw(STAMP)) for _ in range(draw(st.integers(0, 2)))]
    parents = st.none() | st.integers(1, number - 1) if number > 1 else st.none()
    return Entry(
        title, body, draw(st.sampled_from(Status)), tuple(dict.fromkeys(draw(st.lists(TAG, max_size=3)))), draw(TEXT),
        draw(st.sampled_from(Origin)), draw(TEXT), number, draw(parents), draw(parents),
        draw(st.none() | st.text(string.ascii_letters, min_size=1, max_size=5)), draw(STAMP),
        (*history, Version(title, body, "person", "", draw(STAMP))),
        1 if number > 2 and draw(st.booleans()) else None, draw(st.sampled_from([(), (1,), (2, 3)])),
    )  # fmt: skip


@st.composite
def contents(draw: st.DrawFn) -> Content:
    ideas = tuple(draw(entries(number)) for number in range(1, draw(st.integers(1, 4)) + 1))
    return Content(draw(TEXT.filter(bool)), draw(TEXT), draw(TEXT), draw(TEXT), ideas, GRID)


def without_history(content: Content) -> Content:
    """Take away what only JSON carries."""
    ideas = tuple(replace(idea, revisions=(), folded_into=None, cell=()) for idea in content.ideas)
    return replace(content, ideas=ideas, dimensions=())


@given(contents())
@settings(max_examples=150, deadline=None)
def test_json_brings_everything_back(content: Content) -> None:
    assert read(write(content, "json"), "board.json") == content


@given(contents())
@settings(max_examples=300, deadline=None)
def test_csv_brings_the_ideas_back_without_histories_and_without_the_board(content: Content) -> None:
    assert read(write(content, "csv"), "board.csv") == Content(ideas=without_history(content).ideas)


def fit_for_xml(content: Content) -> Content:
    """Take the control characters away, which XML has no place for."""

    def fit(text: str) -> str:
        return NOT_IN_XML.sub("", text)

    ideas = [
        replace(
            idea, title=fit(idea.title), body=fit(idea.body), lens=fit(idea.lens), owner=fit(idea.owner),
            tags=tuple(filter(None, (fit(tag).strip() for tag in idea.tags))),
        )
        for idea in without_history(content).ideas
    ]  # fmt: skip
    words = [fit(text) for text in (content.question, content.context, content.constraints, content.audience)]
    return Content(*words, ideas=tuple(ideas))


@given(contents().filter(lambda content: all(i.title.strip() or i.body.strip() for i in fit_for_xml(content).ideas)))
@settings(max_examples=300, deadline=None)
def test_opml_brings_the_board_back_without_histories_and_control_characters(content: Content) -> None:
    found = read(write(content, "opml"), "board.opml")
    expected = fit_for_xml(content)
    assert found.ideas == expected.ideas
    # Element text, unlike attributes, has its line ends made one kind by every XML reader.
    assert found.question == expected.question.replace("\r\n", "\n").replace("\r", "\n")


def test_a_very_deep_tree_survives_opml() -> None:
    ideas = tuple(Entry(f"idea {n}", number=n, parent=n - 1 or None, created="2026") for n in range(1, 3001))
    assert read(write(Content("Why?", ideas=ideas), "opml"), "deep.opml").ideas == ideas


@given(contents(), st.sampled_from(["json", "csv", "opml"]))
@settings(max_examples=40, deadline=None)
def test_a_board_that_went_through_a_file_is_the_same_in_the_store(
    tmp_path_factory: pytest.TempPathFactory, content: Content, kind: str
) -> None:
    store = Store(tmp_path_factory.mktemp("trip") / "workbench.db")
    content = fit_for_xml(content) if kind != "json" else content
    if not all(idea.title.strip() or idea.body.strip() for idea in content.ideas):
        store.close()
        return
    first = store.create_board("Before?").id
    bring_in(store, preview(store, replace(content, question="")), first)
    out = content_of(store, first)
    for one, other in zip(out.ideas, content.ideas, strict=True):
        assert (one.folded_into, one.cell) == (other.folded_into, other.cell)
    assert out.dimensions == content.dimensions
    second = store.create_board("After?").id
    ids = bring_in(store, preview(store, read(write(out, kind), f"x.{kind}")), second)
    again = content_of(store, second)
    if kind != "json":
        out, again = without_history(out), without_history(again)
    assert again.ideas == out.ideas
    assert store.undo(second) == f"Undone: import of {len(ids)} ideas".replace("1 ideas", "an idea")
    assert store.list_ideas(second, statuses=list(Status)) == []
    assert store.undo(second) is None
    store.close()


def test_a_spreadsheet_sees_text_where_a_formula_was_written() -> None:
    content = Content(ideas=(Entry("=HYPERLINK(0)", "+1", owner="@me", tags=("-x",), number=1, created="2026"),))
    cells = write(content, "csv").decode("utf-8-sig").splitlines()[1].split(",")
    assert not [cell for cell in cells if cell[:1] in ("=", "+", "-", "@")]
    assert read(write(content, "csv"), "x.csv") == content


def test_a_selection_goes_out_without_the_parents_that_stay(store: Store, board) -> None:
    parent = store.add_idea(board.id, "Parent")
    child = store.add_idea(board.id, "Child", parent_id=parent.id)
    (alone,) = content_of(store, board.id, {child.id}).ideas
    assert (alone.title, alone.number, alone.parent) == ("Child", 1, None)


def test_markdown_reads_well(store: Store, board) -> None:
    first = store.add_idea(board.id, "Bread bus", "The baker drives *round*.", tags=["cheap"])
    store.add_idea(board.id, "Toast", parent_id=first.id, status=Status.NEW, origin=Origin.MODEL, lens="flip")
    assert write(content_of(store, board.id), "md").decode() == (
        "# How might we waste less bread?\n\n**Context:** a village\n\n**Constraints:** no money\n\n"
        "## Kept\n\n- **Bread bus** — The baker drives \\*round\\*.\n  \\#cheap\n\n"
        "## Undecided\n\n- **Toast**\n  by the model · flip · from “Bread bus”\n"
    )


def test_cells_stay_out_of_a_grid_that_is_another_one_and_folds_out_of_nothing(store: Store, board) -> None:
    own = store.set_dimensions(board.id, [Dimension("Where", (Value(0, "here"), Value(0, "there")))]).dimensions
    ideas = (Entry("Head", number=1), Entry("Same", number=2, folded_into=1, cell=(1,)), Entry("Odd", folded_into=9))
    bring_in(store, preview(store, Content(ideas=ideas, dimensions=GRID)), board.id)
    assert store.board(board.id).dimensions == own
    found = {each.title: each for each in store.list_ideas(board.id, statuses=list(Status))}
    assert {title: (each.folded_into, each.cell) for title, each in found.items()} == {
        "Head": (None, ()), "Same": (found["Head"].id, ()), "Odd": (None, ())
    }  # fmt: skip
