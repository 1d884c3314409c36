"""How far the model agrees with this person, in one line beside its scores."""

import streamlit as st

from workbench.lab import LEAST_KAPPA, LEAST_N, Agreement, Figure


def line(found: Agreement) -> None:
    """Draw the line; behind its question mark, the intervals and what they mean."""
    st.caption(words(found), help=details(found))


def words(found: Agreement) -> str:
    """Return the line: `agrees with you 71 % (n = 34)`, or that there are not enough of the person's answers."""
    if found.share is None or found.n < LEAST_N:
        return f"not enough of your answers yet: n = {found.n}"
    return f"agrees with you {found.share.value * 100:.0f} % (n = {found.n})"


def details(found: Agreement) -> str:
    """Return the intervals, Cohen's kappa, and from where on the model's answers lead."""
    rule = f"Its answers are folded away below n = {LEAST_N} or a kappa of {LEAST_KAPPA}."
    if found.share is None:
        return f"Nothing that both you and the model have answered. {rule}"
    kappa = "not defined, as one answer was given throughout" if found.kappa is None else figure(found.kappa, "{:.2f}")
    return (
        f"Same answer: {figure(found.share, '{:.0%}')}. Cohen's kappa, the agreement beyond chance (1 full, 0 none): "
        f"{kappa}. Ranges are 90 % intervals. {rule}"
    )


def figure(found: Figure, form: str) -> str:
    """Return a figure with its interval."""
    value, low, high = (form.format(each).replace("%", " %") for each in (found.value, found.low, found.high))
    return f"{value} ({low} to {high})"
