"""Asking for a rewrite."""

from workbench.assist.prompts.parts import Message, about, chat, clean

REFINE_SYSTEM = "You rewrite an idea toward one goal. Keep its core and every name and number in it."


def refine(topic: str, idea: str, goal: str) -> list[Message]:
    """Ask for `idea` (as `idea_line` writes it) rewritten toward `goal`."""
    return chat(REFINE_SYSTEM, [*about(topic), f"Idea: {clean(idea)}", f"Goal: {clean(goal)}"])


def goal_of(messages: list[Message]) -> str:
    """Return the goal that a prompt of `refine` carries."""
    return messages[-1]["content"].rsplit("\n", 1)[-1].removeprefix("Goal: ")
