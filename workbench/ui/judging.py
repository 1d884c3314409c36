"""The Evaluate page's judgement of one idea: four scores, the checks, three sentences, and the doubt in all of it."""

from collections.abc import Sequence

import streamlit as st

from workbench.assist import Run, RunView, with_own
from workbench.engine.interface import State
from workbench.records import Board, Evaluation, Idea
from workbench.ui import checking, clicks, feedback, judging_clicks
from workbench.ui.resources import desk
from workbench.ui.running import is_live, progress
from workbench.ui.words import plain, when

DOUBT = "A small model's opinion, not a verdict. What do you think? Your own answers count instead of its."
SENTENCES = (
    ("Strength", ":material/thumb_up:"), ("Risk", ":material/warning:"), ("Next step", ":material/arrow_forward:")
)  # fmt: skip


def live(board: Board, idea: Idea, run: Run, view: RunView) -> None:
    """Draw a judgement while it comes: the first wording's answers first, then they settle, with the words below."""
    if not is_live(run):
        if view.state is not State.DONE:
            progress(run, view, noun="judgement")
            if view.evaluation_id is None:  # else Continue stands below what there is
                st.button(
                    "Try again", key=f"again_{run.id}", icon=":material/refresh:", on_click=judging_clicks.evaluate,
                    args=(board, idea),
                )  # fmt: skip
        return
    _progress(run, view)
    if run.asking is None or view.measured is None:
        st.skeleton(height=200)
        return
    st.caption(DOUBT)
    checking.draw(idea, run.asking.rubric, view.measured, key=run.id, growing=True)
    if view.items:
        sentences(idea, (view.strength, view.risk, view.next_step), key=run.id, growing=True)
        if view.items[0].text.strip() and view.items[0].generation_id is not None:
            feedback.thumbs(view.items[0].generation_id, "evaluate", growing=True)


def latest(board: Board, idea: Idea, evaluation: Evaluation) -> None:
    """Draw a judgement in full."""
    st.caption(f"{DOUBT} By {plain(evaluation.model)}, {when(evaluation.created)}.{_of_earlier(idea, evaluation)}")
    checking.agreed(evaluation.model)
    checking.draw(
        idea, evaluation.rubric, with_own(evaluation, {}), key=str(evaluation.id), own=checking.own_answers(evaluation),
        revision_id=evaluation.revision_id,
    )  # fmt: skip
    said = (evaluation.strength, evaluation.risk, evaluation.next_step)
    if any(said):
        sentences(idea, said, key=str(evaluation.id))
        if evaluation.generation_id is not None:
            with st.container(horizontal=True, vertical_alignment="center"):
                feedback.thumbs(evaluation.generation_id, "evaluate", place=f"_{evaluation.id}")
    _offer_more(board, idea, evaluation)
    if evaluation.yes:
        with st.expander("How each check was asked", icon=":material/format_list_bulleted:"):
            checking.every_way(evaluation)


def earlier(board: Board, idea: Idea, evaluations: Sequence[Evaluation]) -> None:
    """Draw the older judgements, folded; one is drawn when it is opened."""
    if not evaluations:
        return
    st.subheader("Earlier judgements", anchor=False)
    for evaluation in evaluations:
        scores = " · ".join(f"{name} {score:.1f}" for name, score in evaluation.scores.items())
        folded = st.expander(f"{when(evaluation.created)}: {scores}", key=f"earlier_{evaluation.id}", on_change="rerun")
        if folded.open:
            with folded:
                latest(board, idea, evaluation)


def sentences(idea: Idea, said: Sequence[str], *, key: str, growing: bool = False) -> None:
    """Draw strength, risk and next step; the risk leads to Refine."""
    for (name, icon), text in zip(SENTENCES, said, strict=True):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="left"):
            st.markdown(f"{icon} **{name}:** {plain(text) or (':shimmer[writing]' if growing else 'nothing was said')}")
            if name == "Risk" and text and not growing:
                st.button(
                    "Fix this", key=f"fix_{key}", icon=":material/build:", type="tertiary", on_click=clicks.fix,
                    args=(idea, text),
                )  # fmt: skip


def of(idea: Idea) -> list[Evaluation]:
    """Return the idea's judgements, newest first; one still being written is left to `live`."""
    running = {run.view().evaluation_id for run in desk().runs(idea_id=idea.id, task="evaluate") if is_live(run)}
    return [each for each in desk().store.evaluations(idea.id) if each.id not in running]


def _progress(run: Run, view: RunView) -> None:
    """Draw how far the asking is, with Stop."""
    with st.container(horizontal=True, vertical_alignment="center", key=f"progress_{run.id}"):
        with st.container(width="stretch"):
            text = "asking the checks" if view.measured is None else "asking them in other words"
            waits = f"waiting, {view.position} ahead" if view.state is State.QUEUED and view.position else text
            st.progress(view.asked, text="writing it in words" if view.asked == 1 else waits)
        st.button("Stop", key=f"stop_{run.id}", icon=":material/stop_circle:", on_click=run.stop)


def _offer_more(board: Board, idea: Idea, evaluation: Evaluation) -> None:
    """Offer what a judgement lacks: the rest after a stop, or the words when only the checks were asked."""
    status = desk().engine.serving("evaluate").status()
    if status.error or status.model_for("evaluate") != evaluation.model or evaluation.revision_id != idea.revision_id:
        return
    if desk().lacks(evaluation, board.question):
        text, icon = "Continue: ask in the other words too", ":material/play_arrow:"
    elif not evaluation.next_step:
        text, icon = "Say it in words: strength, risk, next step", ":material/notes:"
    else:
        return
    st.button(
        text, key=f"go_on_{evaluation.id}", icon=icon, on_click=judging_clicks.go_on, args=(board, idea, evaluation)
    )  # fmt: skip


def _of_earlier(idea: Idea, evaluation: Evaluation) -> str:
    return "" if evaluation.revision_id == idea.revision_id else " It judged an earlier wording."
