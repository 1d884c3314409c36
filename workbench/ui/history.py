"""An idea's versions: each to restore, any two to compare, and the rewrites that were discarded."""

from collections.abc import Sequence

import streamlit as st

from workbench.assist import prompts, split_line
from workbench.assist.changes import track
from workbench.records import Generation, Idea, Revision
from workbench.ui import clicks, feedback, tracked
from workbench.ui.resources import desk
from workbench.ui.words import counted, label, plain, when

SHOWN = 5  # versions in full; the others are folded
SOURCES = {"person": "written", "refine": "refined", "brainstorm": "brainstormed", "library": "from the library"}


def versions(idea: Idea) -> None:
    """Draw every wording, the newest first, with a comparison of any two."""
    revisions = desk().store.revisions(idea.id)
    if len(revisions) < 2:
        return
    st.subheader("History", anchor=False)
    _compare(idea, revisions)
    newest_first = list(enumerate(revisions, 1))[::-1]
    _list(idea, newest_first[:SHOWN])
    if newest_first[SHOWN:]:
        with st.expander(counted(len(newest_first) - SHOWN, "earlier version"), key="refine_earlier"):
            _list(idea, newest_first[SHOWN:])


def discarded(idea: Idea) -> None:
    """Draw the rewrites that were put aside, folded, each to bring back."""
    found = desk().store.generations(idea_id=idea.id, task="refine", limit=50)
    dropped = [each for each in found if each.label == "dropped" and each.text.strip()]
    if not dropped:
        return
    with st.expander(f"Discarded rewrites ({len(dropped)})", key="refine_discarded"):
        for each in dropped:
            with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
                st.markdown(_one_line(each), width="stretch")
                feedback.thumbs(each.id, each.task)
                st.button(
                    "Bring back", key=f"back_{each.id}", type="tertiary", icon=":material/undo:",
                    on_click=clicks.label_generation, args=(each, None),
                )  # fmt: skip


def _one_line(generation: Generation) -> str:
    title, body = split_line(generation.text)
    goal = label(prompts.goal_of(generation.messages), 60)
    return f"**{plain(title)}** {label(body, 120)} :gray[:small[toward {goal}]]"


def _list(idea: Idea, numbered: Sequence[tuple[int, Revision]]) -> None:
    for number, revision in numbered:
        with st.container(border=True, key=f"revision_{revision.id}"):
            _version(idea, revision, number)


def _version(idea: Idea, revision: Revision, number: int) -> None:
    goal = f" toward “{label(revision.goal, 80)}”" if revision.goal else ""
    source = SOURCES.get(revision.source, plain(revision.source))
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.caption(f"Version {number} · {source}{goal} · {when(revision.created)}", width="content")
        if revision.id == idea.revision_id:
            st.caption(":material/check: this is the wording now", width="content")
        else:
            st.button(
                "Restore", key=f"restore_{revision.id}", icon=":material/restore:", type="tertiary",
                on_click=clicks.restore, args=(idea, revision),
            )  # fmt: skip
    st.markdown(f"**{plain(revision.title)}**  \n{plain(revision.body)}")


@st.fragment
def _compare(idea: Idea, revisions: list[Revision]) -> None:
    """Draw what changed between two versions; at first between the one before and the present one."""
    numbers = {revision.id: number for number, revision in enumerate(revisions, 1)}
    by_id = {revision.id: revision for revision in revisions}
    now = idea.revision_id if idea.revision_id in by_id else revisions[-1].id
    at = max(1, revisions.index(by_id[now or 0]))
    with st.container(horizontal=True, vertical_alignment="bottom", key="refine_compare"):
        # The present wording is part of the keys: after a restore the comparison begins anew.
        old = st.selectbox(
            "Compare", list(by_id), index=at - 1, key=f"compare_old_{idea.id}_{now}", width=180,
            format_func=lambda row_id: f"version {numbers[row_id]}",
        )  # fmt: skip
        new = st.selectbox(
            "with", list(by_id), index=at, key=f"compare_new_{idea.id}_{now}", width=180,
            format_func=lambda row_id: f"version {numbers[row_id]}",
        )  # fmt: skip
    one, other = by_id[old], by_id[new]
    changes = track((one.title, one.body), (other.title, other.body))
    if changes.changed:
        tracked.marks(changes, key=f"compare_{one.id}_{other.id}")
    else:
        st.caption("These two say the same.")
