"""Feedback as people read it: reasons, counts, and whether groups of topics fare differently."""

from workbench.lab.feedback.fairness import DOWN, LEAST, Rate, rates
from workbench.lab.feedback.looking import Wanted, counts, reasons_of, served_by, week_of
from workbench.lab.feedback.reasons import Reason, in_words, reasons_for
from workbench.lab.feedback.topics import alike

__all__ = [
    "DOWN", "LEAST", "Rate", "Reason", "Wanted", "alike", "counts", "in_words", "rates", "reasons_for", "reasons_of",
    "served_by", "week_of",
]  # fmt: skip
