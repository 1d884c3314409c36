"""The contexts of brainstorms that go out from ideas of the board: against one, or from two of them at once."""

from workbench.assist.prompts.parts import clean


def opposite_of(idea: str, context: str = "") -> str:
    """Return the context of a brainstorm for the opposite of an idea."""
    return _after(context, f"Turning this idea into its opposite: {clean(idea)}")


def joining(first: str, second: str, context: str = "") -> str:
    """Return the context of a brainstorm for what two ideas make together."""
    return _after(context, f"Joining two ideas into one: {clean(first).rstrip('.')}; and {clean(second)}")


def _after(context: str, words: str) -> str:
    return ". ".join(part for part in (clean(context).rstrip("."), words) if part)
