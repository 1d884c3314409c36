"""Asking for other ways to put a question, and for the dimensions along which its ideas can differ."""

from workbench.assist.prompts.parts import Message, about, chat, clean

REWORD_SYSTEM = "You put a question in another way. You write one question that begins with: How might we"
DIMENSIONS_SYSTEM = (
    "You find three dimensions along which ideas for a question can differ, such as who, where and when, "
    "each with three to five short values. You answer in JSON."
)
# Ways to put a How-Might-We question, after the d.school's "How might we questions" (Stanford, 2012).
ANGLES = (
    "narrower: one part of it",
    "wider: what lies behind it",
    "the good in it, and more of that",
    "the opposite",
    "seen by one of the people concerned",
)


def for_whom(context: str, audience: str) -> str:
    """Return the context of a brainstorm for an audience; without one the context stays as it is."""
    parts = (clean(context).rstrip("."), f"It is for {clean(audience)}" if audience.strip() else "")
    return ". ".join(part for part in parts if part) if audience.strip() else context


def reword(topic: str, angle: str, *, context: str = "", constraints: str = "") -> list[Message]:
    """Ask for the question put in another way."""
    return chat(REWORD_SYSTEM, [*about(topic, context, constraints), f"Another way to ask it, {angle}."])


def dimensions(topic: str, *, context: str = "", constraints: str = "") -> list[Message]:
    """Ask for three dimensions with their values, as `{"dimensions": [{"name": ..., "values": [...]}]}`."""
    form = '{"dimensions": [{"name": "...", "values": ["...", "...", "..."]}]}'
    return chat(DIMENSIONS_SYSTEM, [*about(topic, context, constraints), f"Three dimensions as JSON: {form}"])
