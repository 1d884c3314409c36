"""JSON: a board with its grid, folds and histories, to move to another machine; no votes, judgements or feedback."""

import json
from dataclasses import asdict

from pydantic import TypeAdapter, ValidationError

from workbench.errors import BadFile
from workbench.exchange.content import MOST_IDEAS, Content, checked, sentence

FORMAT = "brainstorming-workbench"
VERSION = 1
_CONTENT = TypeAdapter(Content)


def write(content: Content) -> bytes:
    """Return the whole content as JSON."""
    body = {"format": FORMAT, "version": VERSION} | asdict(content)
    return json.dumps(body, ensure_ascii=False, indent=1).encode("utf-8")


def read(text: str) -> Content:
    """Return the content of such a file, or of a plain JSON list of ideas (texts, or objects with a title)."""
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        raise BadFile(f"Line {error.lineno}: this is no JSON ({error.msg}). Correct it and try again.") from error
    except RecursionError as error:
        raise BadFile("Line 1: lists in lists without end are no board. Export the board again.") from error
    if isinstance(found, list):
        found = {"ideas": [{"title": idea} if isinstance(idea, str) else idea for idea in found]}
    if not isinstance(found, dict) or "ideas" not in found:
        raise BadFile("Line 1: a board is an object with a list of “ideas”, or that list alone; this is neither.")
    version = found.get("version", VERSION)
    if not isinstance(version, int) or version > VERSION:
        raise BadFile(f"The file is of version {version}, this workbench reads version {VERSION}. Update it first.")
    if isinstance(found["ideas"], list) and len(found["ideas"]) > MOST_IDEAS:
        raise BadFile(f"The file holds more than {MOST_IDEAS:,} ideas. Split it and bring in the parts.")
    try:
        content = _CONTENT.validate_python({name: found[name] for name in Content.__slots__ if name in found})
    except ValidationError as error:
        raise BadFile(f"In {sentence(error)}") from error
    for number, idea in enumerate(content.ideas, 1):
        checked(idea, f"Idea {number}")
    return content
