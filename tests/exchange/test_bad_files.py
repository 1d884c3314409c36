"""Files that cannot be read: one sentence that names the place, and nothing half imported."""

import json

import pytest

from workbench.errors import BadFile, InputError
from workbench.exchange import Content, bring_in, preview, read, write
from workbench.records import Status
from workbench.store import Entry

BAD = {
    "a.pdf": (b"", r"must end in \.csv, \.json, \.opml, \.txt"),
    "empty.csv": (b"", "Line 1: the first row must name the columns"),
    "header only.csv": (b"title,body\n", "holds no idea"),
    "no header.csv": (b"Bread bus,The baker\n", "Line 1: the first row must name the columns.*'Bread bus, The baker'"),
    "twice.csv": (b"title,idea\nA,B\n", "Line 1: two columns have the same meaning"),
    "status.csv": (b"title,status\nA,kept\n\nB,done\n", r"Line 4: status \(it says 'done'\): input should be 'new'"),
    "wide.csv": (b"title,body\nA,b,c\n", "Line 2: 3 cells under 2 headings"),
    "quotes.csv": (b'title,body\nA,"b\nc\n', "Line 2: the quotes do not fit"),
    "after lines.csv": (b'title,status\n"A\nB",kept\nC,done\n', "Line 4: status"),
    "wordless.csv": (b"title,body,owner\nA,b,me\n,,me\n", "Line 3: an idea needs a title or a body"),
    "number.csv": (b"title,number\nA,one\n", r"Line 2: number \(it says 'one'\)"),
    "latin.csv": ("title\nA\nCafé\n".encode("latin-1"), "latin.csv, line 3: these bytes are no UTF-8 text"),
    "comma.json": (b'{"ideas": [\n  {"title": "A"},\n]}', "Line [23]: this is no JSON"),
    "other.json": (b'{"rows": []}', "this is neither"),
    "number.json": (b"7", "this is neither"),
    "later.json": (b'{"version": 2, "ideas": []}', "The file is of version 2, this workbench reads version 1"),
    "status.json": (b'{"ideas": [{"title": "A"}, {"title": "B", "status": "done"}]}', "In ideas 2 status .*'done'"),
    "untitled.json": (b'{"ideas": [{"body": "B"}]}', "In ideas 1 title: field required"),
    "wordless.json": (b'{"ideas": [{"title": " "}]}', "Idea 1: an idea needs a title or a body"),
    "long.json": (json.dumps([{"title": "A", "body": "b" * 20_001}]).encode(), "Idea 1: a text of more than 20,000"),
    "deep.json": (b"[" * 100_000, "lists in lists|no JSON"),
    "cut.opml": (b'<opml><body>\n<outline text="A">', "Line 2: this is no XML"),
    "page.opml": (b"<html><body/></html>", "this XML is no OPML"),
    "bomb.opml": (b'<!DOCTYPE x [<!ENTITY a "b">]><opml><body><outline text="&a;"/></body></opml>', "its own XML"),
    "outline.opml": (b'<opml><body><outline text="A"/><outline text=""/></body></opml>', "Outline 2: an idea needs"),
    "blank.txt": (b" \n\n", "holds no idea"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_gets_one_sentence_that_names_the_place(name: str) -> None:
    data, sentence = BAD[name]
    with pytest.raises(BadFile, match=sentence) as caught:
        read(data, name)
    assert "\n" not in str(caught.value)


def test_too_large_and_too_many_are_refused_before_anything_is_kept() -> None:
    with pytest.raises(BadFile, match="more than 20"):
        read(b"x" * 20_000_001, "large.txt")
    many = "title\n" + "A\n" * 10_001
    with pytest.raises(BadFile, match="more than 10,000 ideas"):
        read(many.encode(), "many.csv")
    with pytest.raises(BadFile, match=r"10,001 lines"):
        read(b"A\n" * 10_001, "many.txt")


@pytest.mark.parametrize(
    ("ideas", "sentence"),
    [
        ([Entry("A", number=1), Entry("B", number=1)], "Two ideas have the number 1"),
        ([Entry("A", number=1), Entry("B", number=2, parent=7)], "“B” has the parent 7, which is not in the file"),
        ([Entry("A", number=1, parent=2), Entry("B", number=2, second_parent=1)], "The ideas 1, 2 are each other's"),
        ([Entry("A", number=1), Entry(" ", number=2)], "An idea needs a few words"),
    ],
)
def test_ideas_that_do_not_fit_together_leave_the_board_as_it_was(store, board, ideas, sentence) -> None:
    with pytest.raises(InputError, match=sentence):
        store.add_entries(board.id, ideas, "import")
    assert store.list_ideas(board.id, statuses=list(Status)) == []
    assert store.undo(board.id) is None


def test_files_of_other_programs_are_understood() -> None:
    assert read("Idea;Notes;Labels\nTee;heiß;\"a, b\"\n".encode("utf-16"), "excel.csv") == Content(
        ideas=(Entry("Tee", "heiß", tags=("a", "b")),)
    )
    tree = b'<opml version="1.0"><body><outline text="A"><outline text="B" _note="b"/></outline></body></opml>'
    a, b = read(tree, "outliner.opml").ideas
    assert (a.title, b.title, b.body, b.parent == a.number) == ("A", "B", "b", True)
    assert read(b'["A", {"title": "B", "color": "red"}]', "plain.json").ideas == (Entry("A"), Entry("B"))
    pasted = read("1. Tea van — A van brings tea.\n\n- **Soup**: hot\n\u2022 Bread".encode(), "pasted.txt")
    assert [(idea.title, idea.body) for idea in pasted.ideas] == [
        ("Tea van", "A van brings tea."), ("Soup", "hot"), ("Bread", ""),
    ]  # fmt: skip


def test_the_preview_counts_what_the_board_and_the_file_already_say(store, board) -> None:
    store.add_idea(board.id, "Tea van", "A van brings hot tea to the market every morning.", status=Status.DROPPED)
    content = Content(
        ideas=(
            Entry("Tea van", "A van brings tea to the market each morning.", number=1),
            Entry("Signs", "Painted signs show the way to the baker.", number=2, parent=1),
            Entry("Sign posts", "Painted signs show the way to the bakers.", number=3),
        )
    )
    found = preview(store, content, board.id)
    assert (found.on_board, found.in_file) == ({0}, {2})
    ids = bring_in(store, found, board.id)
    assert [store.idea(each).title for each in ids] == ["Signs", "Sign posts"]
    assert store.idea(ids[0]).parent_id is None  # its parent stayed outside
    assert store.undo(board.id) == "Undone: import of 2 ideas"
    assert len(bring_in(store, found, board.id, with_repeats=True)) == 3
    assert preview(store, content).on_board == frozenset()


def test_a_board_written_here_comes_back_as_all_repeats(store, board) -> None:
    for number in range(5):
        store.add_idea(board.id, f"Idea {number}", "word " * number)
    found = preview(store, read(write(Content(ideas=tuple(store.entries(board.id))), "json"), "x.json"), board.id)
    assert found.on_board == set(range(5))
    assert bring_in(store, found, board.id) == []
