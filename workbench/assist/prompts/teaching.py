"""What a larger model that never saw our prompts is told beside them, so that its answers have their form."""

from collections.abc import Sequence

from workbench.assist.prompts.parts import Message

LINE = "a title of one to five words, an em dash, one sentence of at most 35 words"
EXAMPLE = (
    "Night Shelf — The library puts a locked shelf of ordered books in the bus station, so that late workers can pick "
    "theirs up with a code."
)
FORMS = {
    "one_idea": (
        f"Answer with that one line and nothing else: {LINE}. Take the lens as the angle; `free` is any angle. "
        f"Be concrete: who does what, with what, and why it helps.\nExample: {EXAMPLE}"
    ),
    "idea_list": (
        "Answer with exactly as many lines as asked for and nothing else, no numbers and no bullets. "
        f"Each line: {LINE}. No two ideas may work in the same way.\nExample of a line: {EXAMPLE}"
    ),
    "refine": (
        "Answer with the rewritten idea on one line and nothing else: its title, an em dash, one or two sentences of "
        "at most 40 words together. Change what the goal asks for and nothing more."
    ),
    "judgement": (
        "Answer with exactly three lines and nothing else, each one sentence of at most 25 words about this very "
        "idea:\nStrength: ...\nRisk: ...\nNext step: ..."
    ),
    "check": "Answer with one word, yes or no, in small letters, and nothing else. Be strict: when in doubt, no.",
}


def taught(messages: Sequence[Message], form: str) -> list[Message]:
    """Return a chat of ours with the form of its answer spelled out at the end of its system message."""
    system, *rest = messages
    return [{"role": "system", "content": f"{system['content']}\n{FORMS[form]}"}, *rest]
