"""A table to sort and to search in; its rows are selected like cards."""

from datetime import datetime

import pandas as pd
import streamlit as st

from workbench.assist import DIMENSIONS, lens_name
from workbench.records import Board, Idea
from workbench.ui import selecting
from workbench.ui.cards import Family, idea_card
from workbench.ui.resources import desk
from workbench.ui.words import STATUS_WORDS, origin_word

TALLEST = 560  # pixels


def table(board: Board, ideas: list[Idea], around: Family) -> None:
    """Draw the ideas as rows; one that is selected alone shows as a card."""
    scores = desk().store.latest_scores(board.id)
    rows = frame(ideas, around, scores)
    # A selection is of row numbers: other rows make another table.
    key = f"ideas_table_{selecting.rounds()}_{hash(tuple(idea.id for idea in ideas))}"
    start = [number for number, idea in enumerate(ideas) if idea.id in selecting.chosen()]
    number = st.column_config.NumberColumn
    st.dataframe(
        rows, key=key, hide_index=True, height=min(TALLEST, 38 + 35 * len(ideas)), on_select=_select(key, ideas),
        selection_mode="multi-row", selection_default={"selection": {"rows": start}},
        column_config={
            "Title": st.column_config.TextColumn(width="medium"),
            "Idea": st.column_config.TextColumn(width="medium"),
            "Tags": st.column_config.ListColumn(),
            "Written": st.column_config.DatetimeColumn(format="D MMM YYYY, HH:mm"),
            "Changed": st.column_config.DatetimeColumn(format="D MMM YYYY, HH:mm"),
            **{name.capitalize(): number(format="%.1f", width="small") for name in DIMENSIONS},
        },
        alt=f"{len(ideas)} ideas of the board, one a row",
    )  # fmt: skip
    if not scores:
        st.caption("Scores stand here once an idea has been evaluated.")
    picked = [idea for idea in ideas if idea.id in selecting.chosen()]
    if len(picked) == 1:
        idea_card(board, picked[0], around)


def frame(ideas: list[Idea], around: Family, scores: dict[int, dict[str, float]]) -> pd.DataFrame:
    """Return the ideas as a table; score columns only when there is a score."""
    columns: dict[str, list[object]] = {
        "Title": [idea.title or idea.body for idea in ideas],
        "Idea": [idea.body if idea.title else "" for idea in ideas],
        "Status": [STATUS_WORDS[idea.status] for idea in ideas],
        "Tags": [list(idea.tags) for idea in ideas],
        "From": [origin_word(idea, around.model) for idea in ideas],
        "Lens": [lens_name(idea.lens) if idea.lens else "" for idea in ideas],
    }
    for name in DIMENSIONS if scores else ():
        columns[name.capitalize()] = [scores.get(idea.id, {}).get(name) for idea in ideas]
    columns["Written"] = [_time(idea.created) for idea in ideas]
    columns["Changed"] = [_time(idea.updated) for idea in ideas]
    return pd.DataFrame(columns)


def _time(stamp: str) -> datetime | None:
    try:
        return datetime.fromisoformat(stamp)
    except ValueError:  # an imported one
        return None


def _select(key: str, ideas: list[Idea]):  # type: ignore[no-untyped-def]
    def selected() -> None:
        here = {idea.id for idea in ideas}
        rows = st.session_state[key].selection.rows
        selecting.choose((selecting.chosen() - here) | {ideas[row].id for row in rows if row < len(ideas)})

    return selected
