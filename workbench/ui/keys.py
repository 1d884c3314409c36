"""One hand on the keyboard: keys.js hears the keys and clicks the page's own buttons; this is the list of them.

Z is Streamlit's own shortcut. A page with keys of its own adds a group here, so that the list is whole everywhere.
"""

from pathlib import Path

import streamlit as st

SCRIPT = Path(__file__).with_name("keys.js")
LISTED = {
    "Move": (("L", "next card"), ("J", "card before"), ("/", "search"), ("?", "this list")),
    "On the marked card, or the first undecided one": (
        ("K", "keep"),
        ("D", "drop"),
        ("M", "more like it"),
        ("O", "the opposite"),
        ("C", "combine it with another"),
        ("V", "carry it over to another question"),
        ("R", "refine"),
        ("E", "evaluate"),
        ("W", "edit its words"),
        ("T", "tag"),
        ("A", "archive"),
        ("U", "undecided again"),
        ("X", "select, for several at once"),
        ("G", "thumb up: a good answer"),
        ("B", "thumb down: a bad one"),
    ),
    "On all that are selected": (
        ("K", "keep"),
        ("D", "drop"),
        ("A", "archive"),
        ("T", "tag"),
        ("C", "combine two"),
        ("V", "carry over"),
        ("Esc", "select none"),
    ),
    "In a duel (Evaluate, Ranking)": (
        ("A", "the left one is better"),
        ("B", "the right one"),
        ("T", "tie"),
        ("S", "skip"),
    ),
    "In a blind vote (Compare, Vote)": (
        ("A", "A is better"),
        ("B", "B is better"),
        ("T", "tie"),
        ("N", "both bad"),
        ("S", "skip"),
    ),
    "On Refine": (
        ("A", "accept the change"),
        ("X", "reject it"),
        ("L", "next change"),
        ("J", "change before"),
        ("K", "keep as new version"),
    ),
    "Take back": (("Z", "undo"), ("Shift Z", "redo")),
}


def listing() -> None:
    """Draw the button that lists the keys."""
    with st.popover("Keys", icon=":material/keyboard:", type="tertiary", key="keys"):
        for heading, rows in LISTED.items():
            st.markdown(f"**{heading}**  \n" + "  \n".join(f":gray-badge[{key}] {what}" for key, what in rows))


def listen() -> None:
    """Let the page hear the keys."""
    st.html(f"<script>{SCRIPT.read_text(encoding='utf-8')}</script>", unsafe_allow_javascript=True)
