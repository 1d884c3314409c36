"""Every prompt of the product, as chat messages: training and serving both call these and nothing else.

The parts that change least come first (system, topic, idea) and the part that differs between
side-by-side sequences comes last, so that sequences share the longest possible token prefix.
Changing a text here means retraining the adapters; `VERSION` is stored with every adapter.
"""

from collections.abc import Sequence

VERSION = 1
Message = dict[str, str]

BRAINSTORM_SYSTEM = (
    "You think of ideas. An idea is one line: Title — a sentence that says who does what and why it helps."
)
REFINE_SYSTEM = "You rewrite an idea toward one goal. Keep its core and every name and number in it."
# The eight checks, two for each dimension of Dean et al. (2006), "Identifying quality, novel, and creative ideas".
CHECKS = (
    "Most people would not think of it first.",
    "It joins or changes things in an unexpected way.",
    "It could be started within a month with ordinary means.",
    "Nothing obvious stands in its way: law, safety, cost, physics.",
    "It addresses the stated topic.",
    "It would help noticeably if it worked.",
    "It says who does what.",
    "There is enough detail to act on it.",
)
DIMENSIONS = {"novelty": (0, 1), "workability": (2, 3), "relevance": (4, 5), "specificity": (6, 7)}
EVALUATE_SYSTEM = "You judge an idea strictly by eight checks.\n" + "\n".join(
    f"{number}. {check}" for number, check in enumerate(CHECKS, 1)
)
YES_NO = ("yes", "no")


def clean(text: str) -> str:
    """Return the person's text on one line, with nothing in it that the tokenizer reads as a control token."""
    return " ".join(text.replace("<|", "< |").split())


def _chat(system: str, lines: Sequence[str]) -> list[Message]:
    return [{"role": "system", "content": system}, {"role": "user", "content": "\n".join(lines)}]


def _about(topic: str, context: str = "", constraints: str = "") -> list[str]:
    parts = (("Topic", topic), ("Context", context), ("Constraints", constraints))
    return [f"{name}: {clean(text)}" for name, text in parts if text.strip()]


def idea_line(title: str, text: str) -> str:
    """Return an idea the way every prompt and completion writes it: `Title — sentence`."""
    return f"{clean(title)} — {clean(text)}" if text.strip() else clean(title)


def one_idea(topic: str, lens: str = "", *, context: str = "", constraints: str = "") -> list[Message]:
    """Ask for one idea, through a lens such as `persona: nurse`, or freely when `lens` is empty."""
    return _chat(BRAINSTORM_SYSTEM, [*_about(topic, context, constraints), f"One idea. Lens: {clean(lens) or 'free'}"])


def idea_list(topic: str, n: int, *, context: str = "", constraints: str = "") -> list[Message]:
    """Ask for `n` ideas at once, one a line."""
    return _chat(BRAINSTORM_SYSTEM, [*_about(topic, context, constraints), f"{n} ideas, one on each line."])


def transfer(topic: str, idea: str, *, context: str = "", constraints: str = "") -> list[Message]:
    """Ask for `idea`, written for some other topic, carried over to this one: same mechanism, new world."""
    lines = [f"Idea from elsewhere: {clean(idea)}", *_about(topic, context, constraints), "Carry the idea over."]
    return _chat(BRAINSTORM_SYSTEM, lines)


def refine(topic: str, idea: str, goal: str) -> list[Message]:
    """Ask for `idea` (as `idea_line` writes it) rewritten toward `goal`."""
    return _chat(REFINE_SYSTEM, [*_about(topic), f"Idea: {clean(idea)}", f"Goal: {clean(goal)}"])


def check(topic: str, idea: str, number: int) -> list[Message]:
    """Ask check `number` (1-8) of `idea`; the completion is `yes` or `no`."""
    if not 1 <= number <= len(CHECKS):
        raise ValueError(f"check {number} is not one of 1-{len(CHECKS)}")
    return _chat(EVALUATE_SYSTEM, [*_about(topic), f"Idea: {clean(idea)}", f"Check {number}: yes or no?"])


def judgement(topic: str, idea: str) -> list[Message]:
    """Ask for strength, risk and next step; `judgement_completion` is the form of the answer."""
    return _chat(EVALUATE_SYSTEM, [*_about(topic), f"Idea: {clean(idea)}", "Strength, risk, next step."])


def judgement_completion(strength: str, risk: str, next_step: str) -> str:
    """Return the three sentences in the form that `read_judgement` parses."""
    return f"Strength: {clean(strength)}\nRisk: {clean(risk)}\nNext step: {clean(next_step)}"


def starting_from(idea: str, context: str = "") -> str:
    """Return the context of a brainstorm that starts from an idea instead of from the bare topic."""
    return ". ".join(part for part in (clean(context).rstrip("."), f"Starting from the idea: {clean(idea)}") if part)
