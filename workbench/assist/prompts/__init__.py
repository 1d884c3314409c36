"""Every prompt of the product, as chat messages: training and serving both call these and nothing else.

The parts that change least come first (system, topic, idea) and the part that differs between
side-by-side sequences comes last, so that sequences share the longest possible token prefix.
Changing a text here means retraining the adapters; `VERSION` is stored with every adapter.
"""

from workbench.assist.prompts.brainstorm import BRAINSTORM_SYSTEM, idea_list, one_idea, starting_from, transfer
from workbench.assist.prompts.evaluate import (
    CHECKS,
    CONTENT_FREE,
    DIMENSIONS,
    EVALUATE_SYSTEM,
    ORDERS,
    QUESTIONS,
    WORDINGS,
    YES_NO,
    check,
    check_wording,
    judgement,
    judgement_completion,
)  # fmt: skip
from workbench.assist.prompts.parts import Message, clean, idea_line
from workbench.assist.prompts.refine import REFINE_SYSTEM, refine

VERSION = 1
__all__ = [
    "BRAINSTORM_SYSTEM", "CHECKS", "CONTENT_FREE", "DIMENSIONS", "EVALUATE_SYSTEM", "ORDERS", "QUESTIONS",
    "REFINE_SYSTEM", "VERSION", "WORDINGS", "YES_NO", "Message", "check", "check_wording", "clean", "idea_line",
    "idea_list", "judgement", "judgement_completion", "one_idea", "refine", "starting_from", "transfer",
]  # fmt: skip
