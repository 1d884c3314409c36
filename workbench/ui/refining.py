"""The Refine page's parts: the goal, the rewrite as it comes, before beside after, the history."""

import streamlit as st

from workbench.assist import GOALS, Run, RunView, idea_line, split_line
from workbench.engine.interface import State
from workbench.records import Board, Generation, Idea
from workbench.ui import clicks, words
from workbench.ui.empty import INTERRUPTED
from workbench.ui.resources import desk
from workbench.ui.running import is_live, progress
from workbench.ui.words import label, marked, plain, when

NO_CHANGE = "The rewrite says the same as before. Another goal, or another try, may help."
NOTHING = "The model wrote nothing this time. Refine again, or pick another goal."
SOURCES = {"person": "written", "refine": "refined", "brainstorm": "brainstormed", "library": "from the library"}


def goal() -> str:
    """Draw the goals, or the person's own; the own one counts when it is there."""
    picked = st.pills("Goal", GOALS, default=GOALS[0], key="refine_goal", persist_state="session")
    own = st.text_input(
        "Or a goal of your own", key=clicks.REFINE_GOAL, placeholder="for children under ten", persist_state="session"
    )
    return (own or "").strip() or picked or ""


def live(idea: Idea, run: Run, view: RunView) -> None:
    """Draw a rewrite while it comes."""
    if not is_live(run):
        if view.state is not State.DONE:
            progress(run, view, noun="rewrite")
        elif not any(item.text.strip() for item in view.items):
            st.caption(NOTHING)
        return
    progress(run, view, noun="rewrite")
    for item in view.items:
        _beside(idea_line(idea.title, idea.body), item.text, item.goal, growing=True)


def waiting(board: Board, idea: Idea) -> None:
    """Draw the finished rewrites that are neither accepted nor discarded."""
    for generation in _undecided(idea):
        asked = _goal_of(generation)
        with st.container(border=True, key=f"rewrite_{generation.id}"):
            if generation.finish == INTERRUPTED:
                st.markdown(words.INTERRUPTED)
            before = idea_line(idea.title, idea.body)
            _beside(before, generation.text, asked)
            if " ".join(before.split()) == " ".join(generation.text.split()):
                st.caption(NO_CHANGE)
            with st.container(horizontal=True, gap="xsmall"):
                st.button(
                    "Accept", key=f"accept_{generation.id}", type="primary", icon=":material/check:",
                    on_click=clicks.accept, args=(idea, generation, asked),
                )  # fmt: skip
                st.button(
                    "Discard", key=f"discard_{generation.id}", type="tertiary",
                    on_click=clicks.label_generation, args=(generation, "dropped"),
                )  # fmt: skip
                st.button(
                    "Try again", key=f"retry_{generation.id}", type="tertiary", icon=":material/refresh:",
                    on_click=_again, args=(board, idea, generation, asked),
                )  # fmt: skip


def history(idea: Idea) -> None:
    """Draw every wording, the newest first, each to restore."""
    revisions = desk().store.revisions(idea.id)
    if len(revisions) < 2:
        return
    st.subheader("History", anchor=False)
    for number, revision in reversed(list(enumerate(revisions, 1))):
        with st.container(border=True, key=f"revision_{revision.id}"):
            goal = f" toward “{label(revision.goal, 80)}”" if revision.goal else ""
            source = SOURCES.get(revision.source, plain(revision.source))
            st.caption(f"Version {number} · {source}{goal} · {when(revision.created)}")
            st.markdown(f"**{plain(revision.title)}**  \n{plain(revision.body)}")
            if revision.id == idea.revision_id:
                st.caption(":material/check: this is the wording now")
            else:
                st.button(
                    "Restore", key=f"restore_{revision.id}", icon=":material/restore:", type="tertiary",
                    on_click=clicks.restore, args=(idea, revision),
                )  # fmt: skip


def _beside(before: str, after: str, goal: str, *, growing: bool = False) -> None:
    left, right = st.columns(2)
    old, new = (plain(before), plain(after)) if growing else marked(before, after)
    with left:
        st.caption("Before")
        st.markdown(old)
    with right:
        st.caption(f"After · {label(goal, 100)}")
        if new:
            st.markdown(new)
        else:
            st.skeleton(height=64)


def _undecided(idea: Idea) -> list[Generation]:
    found = desk().store.generations(idea_id=idea.id, task="refine", unlabelled=True, limit=4)
    return [each for each in found if each.finish and split_line(each.text)[0]]


def _goal_of(generation: Generation) -> str:
    """Return the goal as the prompt carries it; its own column is for lenses."""
    asked = generation.messages[-1]["content"].splitlines()[-1]
    return asked.removeprefix("Goal: ")


def _again(board: Board, idea: Idea, generation: Generation, asked: str) -> None:
    clicks.label_generation(generation, "dropped")
    clicks.refine(board, idea, asked)
