"""Forms of an answer: what is refused before any model is asked. python -m pytest tests/engine/test_grammar.py"""

from typing import Any

import pytest

from workbench.engine.grammar import DEEPEST, idea_lines, to_gbnf
from workbench.errors import InputError

IDEA = {
    "type": "object",
    "properties": {
        "title": {"type": "string", "maxLength": 40},
        "tags": {"type": "array", "maxItems": 3, "items": {"type": "string", "maxLength": 10}},
        "cost": {"type": "integer"},
        "kind": {"enum": ["bus", "van"]},
        "day": {"type": "string", "format": "date"},
        "open": {"type": "boolean"},
    },
    "required": ["title", "tags"],
}
BOUNDED = [
    'root ::= "yes" | "no"',
    'root ::= a{2} b{1,3} # not c*\na ::= [*+]\nb ::= "\\"+*" ("x" | "y")?',
    idea_lines(1),
    idea_lines(16),
]
UNBOUNDED = [
    "root ::= [a-z]+",
    'root ::= "a"*',
    'root ::= "a"{3,}',
    'root ::= "a"{0,5000}',
    'root ::= "a" root | "b"',
    'root ::= a\na ::= "x" b?\nb ::= "y" a',
]


def obj(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


@pytest.mark.parametrize("gbnf", BOUNDED)
def test_bounded_text_is_taken_as_it_is(gbnf: str) -> None:
    assert to_gbnf(gbnf) == gbnf


@pytest.mark.parametrize("gbnf", UNBOUNDED)
def test_what_may_go_on_for_ever_is_refused(gbnf: str) -> None:
    with pytest.raises(InputError, match=r"may go on for ever.*upper bound"):
        to_gbnf(gbnf)


def test_a_bounded_schema_becomes_a_grammar() -> None:
    gbnf = to_gbnf(IDEA)
    assert "root ::=" in gbnf and "title-kv" in gbnf
    assert r"\x00-\x1F" in gbnf  # no line breaks inside strings


@pytest.mark.parametrize(
    "schema",
    [
        obj(title={"type": "string"}),
        obj(tags={"type": "array", "items": {"type": "boolean"}}),
        obj(tags={"type": "array"}),
        obj(note={"type": "string", "minLength": 3}),
        obj(note={"type": "string", "pattern": "^[a-z]+$"}),
        obj(anything={}),
        {"type": "object"},
        {"type": "object", "properties": {"a": {"type": "boolean"}}, "additionalProperties": {"type": "boolean"}},
    ],
)
def test_a_schema_with_an_unbounded_part_is_refused(schema: dict[str, Any]) -> None:
    with pytest.raises(InputError, match="for ever"):
        to_gbnf(schema)


@pytest.mark.parametrize(
    ("grammar", "words"),
    [
        ("", "no rule 'root'"),
        ('answer ::= "yes"', "no rule 'root'"),
        ("root ::= a b\na ::= [x]", "no rule 'b'"),
        ('root ::= "yes', "cannot be read at"),
        ("root ::= " + "(" * (DEEPEST + 1) + ")" * (DEEPEST + 1), "nested too deep"),
        ("root ::= " + '"a" | ' * 20_000 + '"b"', "at most 100,000"),
        ({"type": "wish"}, "cannot be turned into a grammar"),
        ({"type": object()}, "is not JSON"),
        ({"$ref": "#/$defs/node", "$defs": {"node": obj(next={"$ref": "#/$defs/node"})}}, "cannot be turned"),
        ({"$ref": "https://example.org/schema.json"}, "cannot be turned into a grammar"),
    ],
)
def test_what_is_no_grammar_is_refused_with_a_sentence(grammar: str | dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=words):
        to_gbnf(grammar)
