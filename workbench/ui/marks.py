"""Small marks on a line: where a score or P(yes) lies, and how far it is unsure. Each says the same to a screen reader.

They are HTML, as a chart for each of twelve lines would take seconds to draw; all that goes in is numbers and names.
"""

from html import escape

import streamlit as st

LEAST, MOST = 1.0, 5.0  # of a score


def score_line(name: str, value: float, interval: tuple[float, float]) -> None:
    """Draw a score of 1-5 as a dot with its interval."""
    low, high = (_share(each) for each in interval)
    said = f"{name}: {value:.1f} of 5"
    if high > low:
        said += f", between {interval[0]:.1f} and {interval[1]:.1f}"
    _draw(said, low, high, dot=_share(value))


def answer_line(p: float, span: tuple[float, float], *, unsure: bool) -> None:
    """Draw how likely yes is as a dot, with the span of the wordings; of an unsure check the span alone."""
    low, high = span
    if unsure:
        return _draw(f"unsure, from {low:.0%} to {high:.0%} yes", low, high, dot=None, middle=True)
    return _draw(f"{p:.0%} yes, from {low:.0%} to {high:.0%}", low, high, dot=p, middle=True)


def _share(score: float) -> float:
    return (score - LEAST) / (MOST - LEAST)


def _draw(said: str, low: float, high: float, *, dot: float | None, middle: bool = False) -> None:
    span = "span" if dot is not None else "span unsure"
    parts = ['<i class="half"></i>'] if middle else []
    parts.append(f'<i class="{span}" style="left:{low:.1%};width:{max(high - low, 0):.1%}"></i>')
    if dot is not None:
        parts.append(f'<i class="dot" style="left:{dot:.1%}"></i>')
    st.html(f'<div class="marks" role="img" aria-label="{escape(said)}">{"".join(parts)}</div>')
