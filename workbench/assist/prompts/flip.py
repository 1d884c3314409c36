"""Asking for the worst idea, which the next one then turns round."""

from workbench.assist.prompts.parts import Message, about, chat, clean

WORST_SYSTEM = (
    "You name the worst idea for a topic: what would make it worse on purpose, in two to eight words, "
    "such as: lock the doors at noon"
)


def worst_idea(topic: str, *, context: str = "", constraints: str = "") -> list[Message]:
    """Ask for the worst idea; the completion goes on from `flip:`.

    The answer begins as a question for an idea does, down to the lens: a model that learned ideas through their lenses
    has read a worst idea in that very place.
    """
    asked = chat(WORST_SYSTEM, [*about(topic, context, constraints), "The worst idea, in two to eight words."])
    return [*asked, {"role": "assistant", "content": f"Topic: {clean(topic)}\nOne idea. Lens: flip:"}]
