"""Asking which of two answers to a request is the better."""

from workbench.assist.prompts.parts import Message, chat, clean

ANSWERS_SYSTEM = (
    "You compare two answers to one request and say which one is better: it does what was asked, is right, clear and "
    "useful. Length alone is no merit."
)


def better_answer(request: str, first: str, second: str) -> list[Message]:
    """Ask which of two answers is better; the completion is `A` for the first or `B` for the second."""
    lines = [f"Request: {clean(request)}", f"A: {clean(first)}", f"B: {clean(second)}", "Which is better: A or B?"]
    return chat(ANSWERS_SYSTEM, lines)
