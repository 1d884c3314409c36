"""A pasted list: one idea a line, bullets and numbers taken off."""

from workbench.assist import split_line, split_list
from workbench.errors import BadFile
from workbench.exchange.content import MOST_IDEAS, Content, entry


def read(text: str) -> Content:
    """Return the ideas of a list such as a chat or a document gives it: `- Title — sentence`."""
    lines = split_list(text)
    if len(lines) > MOST_IDEAS:
        raise BadFile(f"The list has {len(lines):,} lines, more than {MOST_IDEAS:,}. Paste it in parts.")
    words = [split_line(line) for line in lines]
    return Content(
        ideas=tuple(
            entry({"title": title, "body": body}, f"Idea {number}") for number, (title, body) in enumerate(words, 1)
        )
    )
