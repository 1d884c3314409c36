"""Every prompt of the product, as chat messages: training and serving both call these and nothing else.

The parts that change least come first (system, topic, idea) and the part that differs between
side-by-side sequences comes last, so that sequences share the longest possible token prefix.
Changing a text here means retraining the adapters; `VERSION` is stored with every adapter.
"""

from workbench.assist.prompts.brainstorm import BRAINSTORM_SYSTEM, idea_list, one_idea, spurred, starting_from, transfer
from workbench.assist.prompts.evaluate import (
    CHECKS,
    CONTENT_FREE,
    DIMENSIONS,
    EIGHT,
    EVALUATE_SYSTEM,
    ORDERS,
    QUESTIONS,
    WORDINGS,
    YES_NO,
    check,
    evaluate_system,
    judgement,
    judgement_completion,
)  # fmt: skip
from workbench.assist.prompts.parts import Message, clean, idea_line
from workbench.assist.prompts.refine import REFINE_SYSTEM, goal_of, refine
from workbench.assist.prompts.scoping import ANGLES, DIMENSIONS_SYSTEM, REWORD_SYSTEM, dimensions, for_whom, reword

VERSION = 2
__all__ = [
    "ANGLES", "BRAINSTORM_SYSTEM", "CHECKS", "CONTENT_FREE", "DIMENSIONS", "DIMENSIONS_SYSTEM", "EIGHT",
    "EVALUATE_SYSTEM", "ORDERS", "QUESTIONS", "REFINE_SYSTEM", "REWORD_SYSTEM", "VERSION", "WORDINGS", "YES_NO",
    "Message", "check", "clean", "dimensions", "evaluate_system", "for_whom", "goal_of",
    "idea_line", "idea_list", "judgement", "judgement_completion", "one_idea", "refine", "reword", "spurred",
    "starting_from", "transfer",
]  # fmt: skip
