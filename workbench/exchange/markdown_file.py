"""Markdown, for people to read: out only."""

import re

from workbench.exchange.content import Content
from workbench.records import Origin, Status
from workbench.store import Entry

HEADINGS = {
    Status.KEPT: "Kept", Status.NEW: "Undecided", Status.DROPPED: "Dropped", Status.ARCHIVED: "Archived",
}  # fmt: skip
SPECIAL = re.compile(r"([\\`*_\[\]<>#|~&])")


def write(content: Content) -> bytes:
    """Return the board as a document: its words, then the ideas under what was decided of them."""
    parts = [f"# {_line(content.question)}"]
    words = (("Context", content.context), ("Constraints", content.constraints), ("Audience", content.audience))
    parts += [f"**{name}:** {_line(text)}" for name, text in words if text.strip()]
    titles = {idea.number: idea.title or idea.body for idea in content.ideas}
    for status, heading in HEADINGS.items():
        ideas = [idea for idea in content.ideas if idea.status is status]
        if ideas:
            parts += [f"## {heading}", "\n".join(_item(idea, titles) for idea in ideas)]
    return ("\n\n".join(parts) + "\n").encode("utf-8")


def _item(idea: Entry, titles: dict[int | None, str]) -> str:
    words = " — ".join(f"**{_line(text)}**" if first else _line(text) for first, text in _wording(idea))
    origin = {Origin.PERSON: idea.owner, Origin.MODEL: "by the model", Origin.LIBRARY: "from the library"}[idea.origin]
    parents = [titles[number] for number in (idea.parent, idea.second_parent) if number in titles]
    about = [origin, idea.lens, f"from “{'” and “'.join(parents)}”" if parents else "", *(f"#{t}" for t in idea.tags)]
    line = " · ".join(_line(each) for each in about if each)
    return f"- {words}" + (f"\n  {line}" if line else "")


def _wording(idea: Entry) -> list[tuple[bool, str]]:
    return [(number == 0, text) for number, text in enumerate(filter(None, (idea.title, idea.body)))]


def _line(text: str) -> str:
    return SPECIAL.sub(r"\\\1", " ".join(text.split()))
