"""Asking for ideas: through a lens, as a list, carried over from elsewhere."""

from workbench.assist.prompts.parts import Message, about, chat, clean

BRAINSTORM_SYSTEM = (
    "You think of ideas. An idea is one line: Title — a sentence that says who does what and why it helps."
)


def one_idea(topic: str, lens: str = "", *, context: str = "", constraints: str = "") -> list[Message]:
    """Ask for one idea, through a lens such as `persona: nurse`, or freely when `lens` is empty."""
    return chat(BRAINSTORM_SYSTEM, [*about(topic, context, constraints), f"One idea. Lens: {clean(lens) or 'free'}"])


def idea_list(topic: str, n: int, *, context: str = "", constraints: str = "") -> list[Message]:
    """Ask for `n` ideas at once, one a line."""
    return chat(BRAINSTORM_SYSTEM, [*about(topic, context, constraints), f"{n} ideas, one on each line."])


def transfer(topic: str, idea: str, *, context: str = "", constraints: str = "") -> list[Message]:
    """Ask for `idea`, written for some other topic, carried over to this one: same mechanism, new world."""
    lines = [f"Idea from elsewhere: {clean(idea)}", *about(topic, context, constraints), "Carry the idea over."]
    return chat(BRAINSTORM_SYSTEM, lines)


def spurred(topic: str, lens: str, stimulus: str, *, context: str = "", constraints: str = "") -> list[Message]:
    """Ask for one idea through a lens, with an idea for some other topic to be set off by."""
    lines = [f"Idea from elsewhere: {clean(stimulus)}", *about(topic, context, constraints)]
    return chat(BRAINSTORM_SYSTEM, [*lines, f"One idea. Lens: {clean(lens) or 'free'}"])


def starting_from(idea: str, context: str = "") -> str:
    """Return the context of a brainstorm that starts from an idea instead of from the bare topic."""
    return ". ".join(part for part in (clean(context).rstrip("."), f"Starting from the idea: {clean(idea)}") if part)
