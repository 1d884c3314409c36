"""How model text is read: the right form, and everything a small model does instead."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.assist.reading import read_json, read_judgement, split_line, split_list, valid_form


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Night Desk — A librarian stays until ten.", ("Night Desk", "A librarian stays until ten.")),
        ("1. **Night Desk** - A librarian stays.", ("Night Desk", "A librarian stays.")),
        ("- Night Desk: a librarian stays", ("Night Desk", "a librarian stays")),
        ("Night Desk", ("Night Desk", "")),
        ('"Night Desk — A quiet room."', ("Night Desk", "A quiet room.")),
        ('Night Desk — A room called "Quiet"', ("Night Desk", 'A room called "Quiet"')),
        ("“Night Desk” — stays – late", ("Night Desk", "stays – late")),
        ("", ("", "")),
    ],
)
def test_an_idea_line_is_split_at_its_first_dash(text, expected):
    assert split_line(text) == expected


def test_a_long_line_without_a_dash_keeps_every_word_in_the_body():
    text = "A librarian stays until ten every evening so that people who work late can borrow books too"
    title, body = split_line(text)
    assert body == text
    assert title.endswith("…") and len(title) <= 62


@given(st.text(max_size=300))
def test_any_text_splits_without_a_crash_and_with_a_short_title(text):
    title, _ = split_line(text)
    assert len(title) <= 62


@pytest.mark.parametrize(
    ("text", "valid"),
    [
        ("Night Desk — A librarian stays until ten.", True),
        ("Night Desk - A librarian stays until ten.", False),
        ("Night Desk — A librarian stays until ten", False),
        ("Night Desk — Late.", False),
        ("Night Desk — A — librarian stays until ten.", False),
        ("Night Desk — A librarian stays until ten.\nMore", False),
        ("— A librarian stays until ten.", False),
        ("", False),
    ],
)
def test_the_form_is_valid_only_for_title_dash_sentence(text, valid):
    assert valid_form(text) is valid


def test_a_list_loses_its_bullets_and_empty_lines():
    assert split_list("1. One — a.\n\n* Two — b.\n3) Three — c.") == ["One — a.", "Two — b.", "Three — c."]


def test_a_judgement_is_read_by_its_labels():
    text = "Strength: cheap.\nRisk: nobody comes.\nNext step: ask ten people."
    assert read_judgement(text) == {"strength": "cheap.", "risk": "nobody comes.", "next_step": "ask ten people."}


def test_a_half_written_judgement_leaves_the_rest_empty():
    assert read_judgement("**Strength**: cheap\nand quick.\nWeakness: nob") == {
        "strength": "cheap and quick.", "risk": "nob", "next_step": "",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"title": "Bread bus", "n": 3}', {"title": "Bread bus", "n": 3}),
        ('{"title": "Bread bus", "tags": ["a", "b', {"title": "Bread bus", "tags": ["a", "b"]}),
        ('Sure! Here it is:\n```json\n{"a": 1,}\n``` Anything else?', {"a": 1}),
        ("{'a': True, b: None}", {"a": True, "b": None}),
        ('{"a": "two\nlines"}', {"a": "two\nlines"}),
        ('["one", "two"', ["one", "two"]),
        ("no braces at all", None),
        ("", None),
    ],
)
def test_json_is_read_however_dirty_or_cut_off(text, expected):
    assert read_json(text) == expected


def test_a_schema_gives_values_their_types_and_refuses_what_cannot_fit():
    schema = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}
    assert read_json('{"n": "3"', schema) == {"n": 3}
    assert read_json("[1, 2]", schema) is None


@given(st.text(max_size=60))
def test_no_text_breaks_the_reader_of_json(text):
    assert isinstance(read_json(text), dict | list | None)
