"""Asking for a judgement: eight checks answered yes or no, and three sentences."""

from workbench.assist.prompts.parts import Message, about, chat, clean
from workbench.records import Check, Rubric

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
# The checks once more, as plain questions: what a model says to one wording only is no answer to the check.
QUESTIONS = (
    "Is it something that most people would not think of first?",
    "Does it join or change things in an unexpected way?",
    "Could it be started within a month with ordinary means?",
    "Is it free of obvious obstacles: law, safety, cost, physics?",
    "Does it address the stated topic?",
    "Would it help noticeably if it worked?",
    "Does it say who does what?",
    "Is there enough detail to act on it?",
)
EIGHT = Rubric(
    None,
    "The eight checks",
    tuple(
        Check(CHECKS[place], dimension, QUESTIONS[place])
        for dimension, places in DIMENSIONS.items() for place in places
    ),
)  # fmt: skip
WORDINGS = ("number", "statement", "question")  # how a check is asked; 0 is shown first
ORDERS = ("Yes or no", "No or yes")
# Ideas that say nothing: what is answered to them is the model's bias. The three of Zhao et al. (2021), "Calibrate
# before use: improving few-shot performance of language models", are averaged.
CONTENT_FREE = ("N/A", "[MASK]", "")


def check(
    topic: str, idea: str, number: int, wording: int = 0, order: int = 0, rubric: Rubric = EIGHT
) -> list[Message]:
    """Ask check `number` (from 1) in one of `WORDINGS` and one of `ORDERS`; the completion is `yes` or `no`.

    What differs comes as late as it can: checks of one order share all but a number and the end of the turn.
    """
    if not 1 <= number <= len(rubric.checks):
        raise ValueError(f"check {number} is not one of 1-{len(rubric.checks)}")
    asked_of = rubric.checks[number - 1]
    statement = clean(asked_of.text)
    question = clean(asked_of.question) or f'Would you say of this idea: "{statement.rstrip(".")}"?'
    asked = (f": check {number}", f", is it true? {statement}", f": {question}")[wording]
    return chat(evaluate_system(rubric), [*about(topic), f"Idea: {clean(idea)}", ORDERS[order] + asked])


def evaluate_system(rubric: Rubric) -> str:
    """Return the system message that lists a rubric's checks; of the eight, the one adapters were trained on."""
    if tuple(check.text for check in rubric.checks) == CHECKS:
        return EVALUATE_SYSTEM
    listed = (f"{number}. {clean(check.text)}" for number, check in enumerate(rubric.checks, 1))
    return "\n".join([f"You judge an idea strictly by {len(rubric.checks)} checks.", *listed])


def judgement(topic: str, idea: str, rubric: Rubric = EIGHT) -> list[Message]:
    """Ask for strength, risk and next step; `judgement_completion` is the form of the answer."""
    return chat(evaluate_system(rubric), [*about(topic), f"Idea: {clean(idea)}", "Strength, risk, next step."])


def judgement_completion(strength: str, risk: str, next_step: str) -> str:
    """Return the three sentences in the form that `read_judgement` parses."""
    return f"Strength: {clean(strength)}\nRisk: {clean(risk)}\nNext step: {clean(next_step)}"
