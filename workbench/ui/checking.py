"""Checks on the screen: what the model answers, how sure it is, and the person's own answer beside it."""

from collections.abc import Mapping

import streamlit as st

from workbench.assist.judgement import chance, corrected, dimensions, flat, measured, spans
from workbench.assist.prompts import ORDERS, WORDINGS
from workbench.lab import LEAST_N, agreement
from workbench.records import Check, Evaluation, Idea, Measured, Rubric
from workbench.ui import judging_clicks, marks
from workbench.ui.agreement import figure, words
from workbench.ui.resources import desk
from workbench.ui.words import counted, plain

UNSURE = "Asked in other words it answers otherwise, or it is only guessing. Unsure is an answer."
WAYS = {"number": "by number", "statement": "as a statement", "question": "as a question"}


def draw(
    idea: Idea, rubric: Rubric, model: Measured, *, key: str, own: Mapping[int, bool] | None = None,
    revision_id: int | None = None, growing: bool = False,
) -> None:  # fmt: skip
    """Draw each dimension as a card: its score with an interval, the person's answers taken as given; its checks."""
    own = own or {}
    shown = measured(rubric, model.yes, model.free, own)
    ranges = spans(model)
    with st.grid(2, min_column_width=320):
        for dimension, members in dimensions(rubric).items():
            with st.container(border=True, height="stretch", key=f"dimension_{dimension}_{key}", gap="small"):
                _score(dimension.capitalize(), shown, dimension, yours=any(at in own for at in members))
                for at in members:
                    with st.container(key=f"check_{key}_{at}", gap="xsmall"):
                        st.markdown(plain(rubric.checks[at].text))
                        marks.answer_line(model.checks[at], ranges[at], unsure=model.unsure[at])
                        with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
                            _answers(
                                idea, rubric.checks[at], model, at, own.get(at), f"{key}_{at}", revision_id, growing
                            )


def own_answers(evaluation: Evaluation) -> dict[int, bool]:
    """Return the person's answers to a judgement's checks, by their place, of the wording it judged."""
    given = {
        label.check: label.answer for label in desk().store.check_labels(idea_id=evaluation.idea_id)
        if label.revision_id == evaluation.revision_id
    }  # fmt: skip
    return {at: given[check.text] for at, check in enumerate(evaluation.rubric.checks) if check.text in given}


def agreed(model: str) -> None:
    """Draw how often the model's answers are the person's own, over the checks that both answered for sure."""
    both = [each for each in desk().store.check_labels() if each.model == model and each.p is not None]
    sure = [(each.answer, each.p > 0.5) for each in both if each.p is not None and not each.unsure]
    if not sure:
        return
    found = agreement(sure)
    unsure = f" It was unsure of {counted(len(both) - len(sure), 'more')}." if len(sure) < len(both) else ""
    if found.share is None or found.n < LEAST_N:
        answered = f"{counted(found.n, 'check')} answered by you and the model"
        st.caption(f"{answered}; from {LEAST_N} on it says here how far you agree.")
        return
    kappa = "not defined" if found.kappa is None else figure(found.kappa, "{:.2f}")
    more = f"Same answer: {figure(found.share, '{:.0%}')}. Cohen's kappa, the agreement beyond chance: {kappa}."
    st.caption(f"The model {words(found)}.{unsure}", help=f"{more} Ranges are 90 % intervals.")


def every_way(evaluation: Evaluation) -> None:
    """Draw P(yes) of each check in each wording and order, corrected as far as it was."""
    rows = []
    for check, found in zip(evaluation.rubric.checks, corrected(evaluation.yes, evaluation.free), strict=True):
        row: dict[str, object] = {"check": check.text}
        for wording, orders in zip(WORDINGS, found, strict=False):
            for order, odds in zip(ORDERS, orders, strict=False):
                row[f"{WAYS[wording]}, {order}"] = 100 * chance(odds)
        rows.append(row | {"ways": len(flat(found))})
    bias = (
        "What it says to ideas that say nothing was taken off first."
        if evaluation.free else "It was taught these checks on judged ideas, so nothing was taken off."
    )  # fmt: skip
    st.caption(f"How likely it says yes, %, in each wording and order of the answers. {bias}")
    numbers = {name: st.column_config.NumberColumn(format="%.0f") for row in rows for name in row if name != "check"}
    st.dataframe(rows, hide_index=True, column_config=numbers, key=f"ways_{evaluation.id}")


def _score(name: str, shown: Measured, dimension: str, *, yours: bool) -> None:
    value, (low, high) = shown.scores[dimension], shown.intervals[dimension]
    half = (high - low) / 2
    doubt = f" ± {half:.1f}" if half >= 0.05 else ""
    st.markdown(f"**{name}** · {value:.1f}{doubt} of 5{' · :gray[with your answers]' if yours else ''}")
    marks.score_line(name, value, (low, high))


def _answers(
    idea: Idea, check: Check, model: Measured, at: int, own: bool | None, key: str, revision_id: int | None,
    growing: bool,
) -> None:  # fmt: skip
    """Draw the model's answer as a word, the person's as a control, and the way to Refine when it is not a yes."""
    if model.unsure[at]:
        st.markdown("model: **unsure**", help=UNSURE, width=130)
    else:
        word, p = ("yes", model.checks[at]) if model.checks[at] > 0.5 else ("no", 1 - model.checks[at])
        st.markdown(f"model: **{word}** · {p:.0%}", width=130)
    st.session_state[f"own_{key}"] = None if own is None else "yes" if own else "no"
    st.segmented_control(
        f"Your answer: {check.text}", ("yes", "no"), key=f"own_{key}", label_visibility="collapsed", disabled=growing,
        format_func=lambda word: f"{'✓' if word == 'yes' else '✕'} {word}", on_change=judging_clicks.answer,
        args=(idea, check, revision_id, f"own_{key}"),
    )  # fmt: skip
    failed = not own if own is not None else model.unsure[at] or model.checks[at] < 0.5
    if failed and not growing:
        st.button(
            "Fix this", key=f"fix_check_{key}", icon=":material/build:", type="tertiary",
            on_click=judging_clicks.fix_check, args=(idea, check),
        )  # fmt: skip
