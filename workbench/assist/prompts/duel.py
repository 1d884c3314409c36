"""Asking which of two ideas is the better."""

from workbench.assist.prompts.parts import Message, about, chat, clean

DUEL_SYSTEM = "You compare two ideas for a topic and say which one is better: new, workable, on the topic and specific."
A_B = ("A", "B")


def duel(topic: str, first: str, second: str) -> list[Message]:
    """Ask which of two ideas is better; the completion is `A` for the first or `B` for the second."""
    ideas = [f"A: {clean(first)}", f"B: {clean(second)}"]
    return chat(DUEL_SYSTEM, [*about(topic), *ideas, "Which is better: A or B?"])
