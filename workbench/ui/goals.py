"""The goal of a refinement: a ready one, an audience, a weakness that Evaluate found, or the person's own words."""

from collections.abc import Callable

import streamlit as st

from workbench.assist.goals import GOALS, fix, for_audience, weaknesses
from workbench.records import Board, Idea
from workbench.ui.resources import desk
from workbench.ui.words import short

PICK, AUDIENCE, WEAKNESS, OWN, NUMBER = (f"refine_{name}" for name in ("goal", "audience", "weakness", "own", "number"))
FOR, FIX, IN_OWN_WORDS = "for an audience", "fix a weakness", "in your own words"
NUMBERS = (1, 2, 3, 4, 6)


def ask(board: Board, idea: Idea, start: Callable[[Board, Idea, str, int], None], *, ready: bool) -> None:
    """Draw the goals, how many rewrites, and the button that starts them."""
    picked = st.pills(
        "Goal", [*GOALS, FOR, FIX, IN_OWN_WORDS], default=GOALS[0], key=PICK, persist_state="session", required=True
    )
    goal, missing = _worded(str(picked), board, idea)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        number = st.segmented_control(
            "Rewrites side by side", NUMBERS, default=1, key=NUMBER, persist_state="session", required=True,
            help="Several come with different seeds: the first is careful, the others freer.", width="content",
        )  # fmt: skip
        st.button(
            "Refine", key="refine_go", type="primary", icon=":material/edit_note:", disabled=not (ready and goal),
            help=None if goal else missing, on_click=start, args=(board, idea, goal, int(number or 1)),
        )  # fmt: skip


def _worded(picked: str, board: Board, idea: Idea) -> tuple[str, str]:
    if picked == FOR:
        people = st.text_input(
            "For whom?", board.audience, key=AUDIENCE, placeholder="children under ten", persist_state="session"
        )
        return for_audience(people or ""), "Say for whom."
    if picked == FIX:
        return fix(_weakness(idea)), "Pick a weakness, or write one."
    if picked == IN_OWN_WORDS:
        own = st.text_input("Your goal", key=OWN, placeholder="without electricity", persist_state="session")
        return " ".join((own or "").split()), "Write your goal first."
    return picked, ""


def _weakness(idea: Idea) -> str:
    """Draw what the newest judgement found wanting, and the one that was clicked on there."""
    key = f"{WEAKNESS}_{idea.id}"
    judged = desk().store.evaluations(idea.id)
    found = weaknesses(judged[0]) if judged else []
    given = st.session_state.get(key)
    options = list(dict.fromkeys([*([given] if given else []), *found]))
    st.session_state[key] = given or next(iter(options), None)
    picked = st.selectbox(
        "Which weakness?", options, index=None, key=key, accept_new_options=True, persist_state="session",
        format_func=lambda text: short(text, 140), placeholder="Nobody knows who cooks",
        help="Pick one that Evaluate found, or write your own." if found else
        "Write one, or evaluate the idea first: what it finds is listed here.",
    )  # fmt: skip
    return picked or ""
