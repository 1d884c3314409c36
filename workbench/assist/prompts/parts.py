"""What all prompts are put together from."""

from collections.abc import Sequence

Message = dict[str, str]


def clean(text: str) -> str:
    """Return the person's text on one line, with nothing in it that the tokenizer reads as a control token."""
    return " ".join(text.replace("<|", "< |").split())


def chat(system: str, lines: Sequence[str]) -> list[Message]:
    """Return a chat of a system and a user message."""
    return [{"role": "system", "content": system}, {"role": "user", "content": "\n".join(lines)}]


def about(topic: str, context: str = "", constraints: str = "") -> list[str]:
    """Return the lines that say what it is about; empty parts are left out."""
    parts = (("Topic", topic), ("Context", context), ("Constraints", constraints))
    return [f"{name}: {clean(text)}" for name, text in parts if text.strip()]


def idea_line(title: str, text: str) -> str:
    """Return an idea the way every prompt and completion writes it: `Title — sentence`."""
    return f"{clean(title)} — {clean(text)}" if text.strip() else clean(title)
