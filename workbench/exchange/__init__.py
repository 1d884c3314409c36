"""Boards in and out: Markdown, CSV, JSON, OPML and pasted lists. Files here, rows in the store."""

from workbench.exchange.content import Content, content_of
from workbench.exchange.formats import FORMATS, READABLE, read, write
from workbench.exchange.incoming import Preview, bring_in, bring_in_new, preview

__all__ = [
    "FORMATS", "READABLE", "Content", "Preview", "bring_in", "bring_in_new", "content_of", "preview", "read", "write",
]  # fmt: skip
