"""OPML 2.0, the outliners' format: ideas as outlines, children inside their parents. No histories.

XML has no place for control characters; they are left out.
"""

import re
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element, ParseError, SubElement, TreeBuilder, tostring

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from workbench.errors import BadFile
from workbench.exchange.content import MOST_IDEAS, Content, entry
from workbench.exchange.csv_file import join_tags, split_tags
from workbench.store import Entry

NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
DEEPEST = 50  # levels of outlines; what lies deeper is named by its parent's number, as Python writes XML by recursion
KEPT = ("status", "lens", "origin", "owner", "number", "second_parent", "library_id", "created")  # attributes
BOARD = ("context", "constraints", "audience")  # in the head, beside the title


def write(content: Content) -> bytes:
    """Return the board as OPML."""
    root = Element("opml", version="2.0")
    head = SubElement(root, "head")
    SubElement(head, "title").text = _allowed(content.question)
    for name in BOARD:
        if getattr(content, name):
            SubElement(head, name).text = _allowed(getattr(content, name))
    body = SubElement(root, "body")
    places: dict[int | None, tuple[Element, int]] = {}
    for idea in _parents_first(content.ideas):
        above, depth = places.get(idea.parent, (body, 0))
        if depth >= DEEPEST:
            above, depth = body, 0
        outline = SubElement(above, "outline", _attributes(idea, inside=above is not body))
        places[idea.number] = (outline, depth + 1)
    text: str = tostring(root, encoding="unicode")
    return f"<?xml version='1.0' encoding='utf-8'?>\n{text}".encode()


def read(text: str) -> Content:
    """Return the ideas of an OPML file; one of another outliner gives titles, notes and the tree."""
    root = _parsed(text)
    body = root.find("body")
    if root.tag != "opml" or body is None:
        raise BadFile("Line 1: this XML is no OPML: it lacks <opml> with a <body>. Export it as OPML and try again.")
    words = {name: root.findtext(f"head/{name}", "") for name in ("title", *BOARD)}
    ideas = [_entry(outline, number, above) for number, (outline, above) in enumerate(_outlines(body), 1)]
    ideas.sort(key=lambda idea: idea.number or 0)  # oldest first, as they were before the tree was made of them
    return Content(words["title"], words["context"], words["constraints"], words["audience"], tuple(ideas))


def _attributes(idea: Entry, *, inside: bool) -> dict[str, str]:
    given: dict[str, Any] = {"text": idea.title, "_note": idea.body, "tags": join_tags(idea.tags)}
    given |= {name: getattr(idea, name) for name in KEPT}
    if not inside:
        given["parent"] = idea.parent
    return {name: _allowed(str(value)) for name, value in given.items() if name == "text" or value not in ("", None)}


def _parents_first(ideas: tuple[Entry, ...]) -> Iterator[Entry]:
    below: dict[int | None, list[Entry]] = {}
    for idea in ideas:
        below.setdefault(idea.parent, []).append(idea)
    waiting = below.pop(None, [])[::-1]
    while waiting:
        idea = waiting.pop()
        yield idea
        waiting += below.pop(idea.number, [])[::-1]


def _parsed(text: str) -> Element:
    parser = DefusedXMLParser(target=TreeBuilder(), forbid_dtd=True)
    try:
        # As bytes, and without the declaration: the text has been decoded already, whatever encoding that names.
        parser.feed(re.sub(r"^\s*<\?xml[^>]*\?>", lambda found: "\n" * found[0].count("\n"), text).encode("utf-8"))
        root: Element = parser.close()
    except ParseError as error:
        raise BadFile(f"Line {error.position[0]}: this is no XML ({error}). Correct it and try again.") from error
    except DefusedXmlException as error:
        raise BadFile("The file defines its own XML entities or document type, which no outline needs.") from error
    return root


def _outlines(body: Element) -> Iterator[tuple[Element, Element | None]]:
    """Yield every outline with the one it lies in, in the order of the file."""
    waiting: list[tuple[Element, Element | None]] = []
    waiting.extend((each, None) for each in reversed(body.findall("outline")))
    seen = 0
    while waiting:
        outline, above = waiting.pop()
        seen += 1
        if seen > MOST_IDEAS:
            raise BadFile(f"The file holds more than {MOST_IDEAS:,} outlines. Split it and bring in the parts.")
        outline.attrib.setdefault("number", str(seen))
        yield outline, above
        waiting.extend((each, outline) for each in reversed(outline.findall("outline")))


def _entry(outline: Element, place: int, above: Element | None) -> Entry:
    given = {name: value for name, value in outline.attrib.items() if name in KEPT}
    given |= {"title": outline.get("text", outline.get("title", "")), "body": outline.get("_note", "")}
    parent = above.get("number") if above is not None else outline.get("parent")
    return entry(given | {"parent": parent, "tags": split_tags(outline.get("tags", ""))}, f"Outline {place}")


def _allowed(text: str) -> str:
    return NOT_IN_XML.sub("", text)
