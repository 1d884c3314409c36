"""The Evaluate page's parts: the checks as bars with their wording, four scores, three sentences, and the doubt."""

from collections.abc import Mapping, Sequence

import streamlit as st

from workbench.assist import CHECKS, DIMENSIONS, Run, RunView
from workbench.engine.interface import State
from workbench.records import Evaluation, Idea
from workbench.ui import clicks
from workbench.ui.resources import desk
from workbench.ui.running import is_live, progress
from workbench.ui.words import plain, verdict, when

DOUBT = (
    "A small model's opinion, not a verdict. A bar shows how likely it says yes; near the middle it is guessing. "
    "What do you think?"
)


def live(idea: Idea, run: Run, view: RunView) -> None:
    """Draw a judgement while it comes: the checks first, then the words."""
    if not is_live(run):
        if view.state is not State.DONE:
            progress(run, view, noun="judgement")
        return
    progress(run, view, noun="judgement")
    if view.checks:
        st.caption(DOUBT)
        checks(view.checks, view.scores)
        sentences(idea, view.strength, view.risk, view.next_step, key="live", growing=True)
    else:
        st.skeleton(height=200)


def latest(idea: Idea, evaluation: Evaluation) -> None:
    """Draw the newest judgement in full."""
    st.caption(f"{DOUBT} By {plain(evaluation.model)}, {when(evaluation.created)}.{_of_earlier(idea, evaluation)}")
    checks(evaluation.checks, evaluation.scores)
    sentences(idea, evaluation.strength, evaluation.risk, evaluation.next_step, key=str(evaluation.id))


def earlier(idea: Idea, evaluations: Sequence[Evaluation]) -> None:
    """Draw the older judgements, folded."""
    if not evaluations:
        return
    st.subheader("Earlier judgements", anchor=False)
    for evaluation in evaluations:
        scores = " · ".join(f"{name} {score:.1f}" for name, score in evaluation.scores.items())
        with st.expander(f"{when(evaluation.created)}: {scores}"):
            latest(idea, evaluation)


def checks(found: Sequence[float], scores: Mapping[str, float]) -> None:
    """Draw the eight checks under their four dimensions, each answer as a word and a bar."""
    with st.grid(2, min_column_width=320):
        for dimension, members in DIMENSIONS.items():
            with st.container(border=True, height="stretch", key=f"dimension_{dimension}_{id(found)}"):
                score = f"{scores[dimension]:.1f} of 5" if dimension in scores else ""
                st.markdown(f"**{dimension.capitalize()}** · {score}")
                for member in members:
                    p = found[member]
                    st.progress(p, text=f"{plain(CHECKS[member])} **{verdict(p)}** · {p:.0%}")


def sentences(idea: Idea, strength: str, risk: str, next_step: str, *, key: str, growing: bool = False) -> None:
    """Draw strength, risk and next step; the risk leads to Refine."""
    for name, text, icon in (
        ("Strength", strength, ":material/thumb_up:"), ("Risk", risk, ":material/warning:"),
        ("Next step", next_step, ":material/arrow_forward:"),
    ):  # fmt: skip
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="left"):
            st.markdown(f"{icon} **{name}:** {plain(text) or (':shimmer[writing]' if growing else 'nothing was said')}")
            if name == "Risk" and risk and not growing:
                st.button("Fix this", key=f"fix_{key}", icon=":material/build:", on_click=clicks.fix, args=(idea, risk))


def _of_earlier(idea: Idea, evaluation: Evaluation) -> str:
    return "" if evaluation.revision_id == idea.revision_id else " It judged an earlier wording."


def of(idea: Idea) -> list[Evaluation]:
    """Return the idea's judgements, newest first; one still being written is left to `live`."""
    running = {run.view().evaluation_id for run in desk().runs(idea_id=idea.id, task="evaluate") if is_live(run)}
    return [each for each in desk().store.evaluations(idea.id) if each.id not in running]
