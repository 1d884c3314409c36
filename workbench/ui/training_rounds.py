"""Rounds of the loop on the Training page: how far each is, what it came to, and where to vote."""

from collections.abc import Sequence

import streamlit as st

from workbench.training.improvements import STEPS, Round
from workbench.ui import clicks
from workbench.ui.words import distinct, when

STEP_WORDS = {"collecting": "collect", "training": "train", "exporting": "export and prove", "testing": "test",
              "voting": "vote"}  # fmt: skip
SIGNS = {"promoted": "✓ promoted", "rejected": "✕ not used", "given up": "given up", "not enough": "not enough yet"}
FIGURES = {"valid": "Valid form", "different": "Really different", "topic_retrieval": "Own topic nearest",
           "repeated_across_topics": "Repeated across topics", "words": "Words", "unchanged": "Unchanged",
           "lost_facts": "Lost a name or number", "drift": "Drift"}  # fmt: skip


def nothing() -> None:
    """Say what a round is and how the first begins."""
    st.markdown(
        "What you keep, drop, correct and vote on can teach the model. A round collects it, says whether it is enough, "
        "trains a new adapter from the one in use, proves its export, and lets both answer the same questions for you "
        "to vote on blind. Only then, and only if it wins, is it used."
    )
    st.code("python -m workbench improve brainstorm", language="bash")


def pick(found: Sequence[Round]) -> Round:
    """Let the person choose a round, the newest first."""
    names = distinct({each.name: f"{each.task}, round {each.number} · {_state(each)}" for each in found})
    by_name = {each.name: each for each in found}
    chosen = st.selectbox("Round", list(by_name), format_func=lambda name: names[name], key="round_pick")
    return by_name[chosen]


def show(one: Round) -> None:
    """Draw a round: its steps, what it says, the figures side by side."""
    st.markdown("  ·  ".join(_step(one, number, step) for number, step in enumerate(STEPS)))
    if one.words:
        (st.success if one.state == "promoted" else st.info)(one.words)
    if one.state == "voting":
        st.button(
            "Vote on the Compare page", key="round_vote", icon=":material/how_to_vote:", on_click=clicks.go,
            args=("compare",),
        )  # fmt: skip
    if one.error:
        st.error(one.error)
    if not one.ended and not one.going:
        st.caption("It waits. The same command goes on with it:")
        st.code(one.command, language="bash")
    if one.votes and one.win_rate is not None and one.interval is not None:
        low, high = one.interval
        st.metric(
            f"Won of {one.votes} votes by {one.judged_by}", f"{one.win_rate:.0%}", border=True,
            help=f"95 % interval {low:.0%} to {high:.0%}; above one half it is promoted, if no figure fell.",
        )  # fmt: skip
        st.caption(f"95 % interval {low:.0%} to {high:.0%}")
    if one.measures:
        _figures(one)
    if one.enough:
        with st.expander("What it learned from"):
            for kind, words in one.enough.items():
                st.markdown(f"{kind.upper()}: {words}")
    st.caption(f"Begun {when(one.started)} · `{one.name}`")


def _figures(one: Round) -> None:
    st.dataframe(
        [
            {
                "On the same held-out prompts": FIGURES.get(each.name, each.name),
                "In use": each.old, "New": each.new,
                "95 % interval of the change": "" if each.low is None else f"{each.low:+.3f} to {each.high:+.3f}",
                "": "fell" if each.worse else "",
            }
            for each in one.measures
        ],
        hide_index=True, key="round_figures",
        column_config={name: st.column_config.NumberColumn(format="%.3f") for name in ("In use", "New")},
    )  # fmt: skip


def _step(one: Round, number: int, step: str) -> str:
    words = STEP_WORDS[step]
    if number < one.done:
        return f"✓ {words}"
    if number == one.done and not one.ended:
        return f"**{'▶' if one.going else '⏸'} {words}**"
    return f":gray[{words}]"


def _state(one: Round) -> str:
    return SIGNS.get(one.state) or f"{'at' if one.going else 'waits at'} {STEP_WORDS.get(one.state, one.state)}"
