"""Which feedback the page looks at, and the name under which this person speaks."""

from collections.abc import Callable, Iterable, Sequence

import streamlit as st

from workbench.lab.feedback import Wanted, reasons_of, served_by, week_of
from workbench.records import Feedback, Thumb
from workbench.settings import settings
from workbench.ui.feedback import PERSON, person
from workbench.ui.words import counted, distinct, short

NAME = "feedback_name"


def name() -> None:
    """Draw the name that what this person says is kept under, to change for this session."""
    st.session_state[NAME] = person()
    st.text_input(
        "You speak as", key=NAME, max_chars=60, width=240, on_change=_named, icon=":material/person:",
        help="Kept with what you say, and left out of data sets unless asked. WORKBENCH_OWNER sets it for good.",
    )  # fmt: skip


def _named() -> None:
    st.session_state[PERSON] = st.session_state[NAME].strip() or settings().owner


def empty() -> None:
    """Say what this page is for, with the one step that leads to something on it."""
    st.markdown(
        "Nothing was said about an answer yet. Each answer of a model has two thumbs, on every page; behind them are "
        "reasons, a comment and a better answer. What you say there is counted here, and a model can learn from it."
    )
    if st.button("Let some ideas come", key="feedback_start", type="primary", icon=":material/bolt:"):
        st.switch_page("pages/brainstorm.py")


def choose(rows: Sequence[Feedback]) -> list[Feedback]:
    """Draw the filters, folded, and how many rows are left; return those."""
    boards = {row.board_id: row.question for row in rows if row.board_id is not None}
    topics = distinct({board: short(question, 60) for board, question in boards.items()})
    with st.expander("Filter", icon=":material/filter_list:", key="feedback_filter"), st.grid(4, min_column_width=200):
        topic = _pick("Topic", "topic", list(topics.values()))
        thumb = _pick("Thumb", "thumb", [each.value for each in Thumb])
        wanted = Wanted(
            models=_pick("Model", "model", _values(rows, lambda row: [served_by(row)])),
            tasks=_pick("Task", "task", _values(rows, lambda row: [row.task])),
            reasons=_pick("Reason", "reason", _values(rows, reasons_of)),
            thumbs=[Thumb(each) for each in thumb],
            people=_pick("Person", "person", _values(rows, lambda row: [row.person])),
            weeks=_pick("Week of", "week", _values(rows, lambda row: [week_of(row.created)])[::-1]),
            boards=[board for board, words in topics.items() if words in topic],
        )  # fmt: skip
    found = wanted.find(rows)
    up, down = (sum(row.said.thumb is thumb for row in found) for thumb in Thumb)
    of = f" of {len(rows):,}" if len(found) < len(rows) else ""
    people = counted(len({row.person for row in found}), "person", "people")
    st.caption(f"**{len(found):,}{of}** answers spoken about by {people} · {up:,} up · {down:,} down")
    return found


def _values(rows: Iterable[Feedback], of: Callable[[Feedback], Iterable[str]]) -> list[str]:
    return sorted({value for row in rows for value in of(row)})


def _pick(words: str, key: str, options: list[str]) -> list[str]:
    return st.multiselect(words, options, key=f"feedback_by_{key}", placeholder="any", persist_state="session")
