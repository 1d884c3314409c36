"""What a comparison asks beside its own prompts: a judge's question, and the prompt that only warms a model up."""

from collections.abc import Sequence

from workbench.assist.prompts.answers import better_answer
from workbench.assist.prompts.parts import Message

WARM_UP: tuple[Message, ...] = ({"role": "user", "content": "Say hello to the person who opened this page."},)
LONGEST = 3000  # letters of a request or an answer that a judge is shown: all three fit into 4,096 tokens


def which_answer(asked: Sequence[Message], first: str, second: str) -> list[Message]:
    """Ask which of two answers to a chat is better, each cut to what a small context holds."""
    request = " ".join(message["content"] for message in asked)[:LONGEST]
    return better_answer(request, first[:LONGEST].strip() or "(nothing)", second[:LONGEST].strip() or "(nothing)")
