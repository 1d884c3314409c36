"""Whether one group of topics is served worse: rates with intervals and n, so that a small group is not over-read."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

import altair as alt
import streamlit as st

from workbench.lab.feedback import DOWN, LEAST, Rate, alike, rates, reasons_of
from workbench.records import Feedback, Status
from workbench.ui import charts, pictures
from workbench.ui.faults import act
from workbench.ui.resources import desk
from workbench.ui.words import counted, short

Groups = Callable[[Feedback], Iterable[str]]
NO_GROUP = "in no group"
MOST_REASONS = 12
AXES = 130  # pixels of axis and legend: the browser fits them into the height too
WAYS = {"named": "Groups you name", "alike": "Alike topics", "tags": "Tags of ideas", "boards": "Boards"}
MARKS = ("clear", "no clear difference", "too few to say")
SHAPES = ("diamond", "circle", "cross")


def show(rows: Sequence[Feedback]) -> None:
    """Draw the choice of groups and of what to compare, the chart and the table."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        way = st.segmented_control(
            "Groups of topics", list(WAYS), format_func=WAYS.__getitem__, default="named", required=True,
            key="fairness_way", persist_state="session",
        )  # fmt: skip
        said = [reason for reason, _ in Counter(each for row in rows for each in reasons_of(row)).most_common()]
        what = st.selectbox("What was said", [DOWN, *said[:MOST_REASONS]], key="fairness_what", width=240)
    if way == "named":
        _name_groups()
    found = rates(rows, _groups(way, rows), [DOWN, *said[:MOST_REASONS]])
    shown = [rate for rate in found if rate.what == what]
    if len(shown) < 2:
        st.caption("With one group there is nothing to compare. Name groups, or take another way to group.")
        return
    charts.show(drawn(figures(shown), charts.palette()), key="fairness", alt_text=_in_words(shown))
    clear = [f"“{rate.what}” {rate.words} in “{short(rate.group, 40)}”" for rate in found if rate.clear]
    st.markdown(
        f":material/balance: Beyond chance: {'; '.join(clear)}." if clear
        else ":material/balance: No difference between groups that chance would not explain."
    )  # fmt: skip
    st.caption(
        f"Share of the answers spoken about, with 90 % intervals. Groups with fewer than {LEAST} say nothing yet. "
        "Beyond chance: Fisher's exact test against all other groups, corrected (Holm) for all that was looked at. "
        "Several answers to one person count as several: a group in which one person spoke is that person's view."
    )
    with st.container(horizontal=True, gap="xsmall"):
        charts.download([row for rate in found for row in figures([rate])], key="fairness")
        pictures.download(partial(drawn, figures(shown)), key="fairness")
    st.dataframe(figures(shown), hide_index=True, key="fairness_table", column_order=COLUMNS, column_config=CONFIG)


COLUMNS = ("group", "k", "n", "percent", "low", "high", "difference")


def _percent(name: str) -> Any:
    return st.column_config.NumberColumn(name, format="%.0f %%")


CONFIG: dict[str, Any] = {
    "group": "Group", "k": "Said", "n": "Answers", "percent": _percent("Share"), "low": _percent("From"),
    "high": _percent("To"),
    "difference": "Against the rest",
}  # fmt: skip


def figures(found: Sequence[Rate]) -> list[dict[str, object]]:
    """Return rates as rows of a table and a chart."""
    return [
        {
            "group": short(rate.group, 60), "what": rate.what, "k": rate.k, "n": rate.n,
            "percent": 100 * rate.rate.value, "low": 100 * rate.rate.low, "high": 100 * rate.rate.high,
            "difference": rate.words, "mark": "clear" if rate.clear else rate.words if rate.few else MARKS[1],
        }
        for rate in found
    ]  # fmt: skip


def drawn(rows: list[dict[str, object]], look: charts.Palette) -> charts.Chart:
    """Return the chart: each group's rate with its interval; what is clear differs by shape and colour."""
    names = [f"{row['group']} (n = {row['n']})" for row in rows]
    marks = [row | {"name": name} for row, name in zip(rows, names, strict=True)]
    lines = alt.Axis(labelLimit=260, labelColor=look.text, ticks=False, labelOverlap=False)
    y = alt.Y("name:N", sort=names, title=None, axis=lines)
    axis = alt.Axis(grid=False, titleColor=look.quiet, labelColor=look.quiet)
    x = alt.X("percent:Q", title="share of answers, %", scale=alt.Scale(domain=[0, 100]), axis=axis)
    legend = alt.Legend(orient="top", title=None, labelLimit=260)
    domain = [mark for mark in MARKS if any(row["mark"] == mark for row in rows)]
    tones = dict(zip(MARKS, (look.model, look.person, look.quiet), strict=True))
    forms = dict(zip(MARKS, SHAPES, strict=True))
    colour = alt.Color("mark:N", legend=legend, scale=alt.Scale(domain=domain, range=[tones[each] for each in domain]))
    shape = alt.Shape("mark:N", legend=legend, scale=alt.Scale(domain=domain, range=[forms[each] for each in domain]))
    told = [alt.Tooltip("group:N"), alt.Tooltip("k:Q", title="said"), alt.Tooltip("n:Q", title="answers"),
            alt.Tooltip("low:Q", format=".0f"), alt.Tooltip("high:Q", format=".0f")]  # fmt: skip
    base = alt.Chart(charts.data(marks)).encode(y=y, color=colour, tooltip=told)
    spans = base.mark_rule(strokeWidth=3, opacity=0.45).encode(x=alt.X("low:Q"), x2="high:Q")
    points = base.mark_point(filled=True, size=90, opacity=1).encode(x=x, shape=shape)
    return alt.layer(spans, points).properties(height=AXES + 30 * len(rows))


def _in_words(shown: Sequence[Rate]) -> str:
    each = "; ".join(f"{short(rate.group, 40)}: {rate.k} of {rate.n}, {rate.words}" for rate in shown)
    return f"How often “{shown[0].what}” was said, by group of topics. {each}."


def _groups(way: str, rows: Sequence[Feedback]) -> Groups:
    if way == "named":
        return lambda row: [row.topic_group or NO_GROUP]
    if way == "boards":
        return lambda row: [row.question or "no board"]
    if way == "alike":
        names = alike({row.board_id: row.question for row in rows if row.board_id is not None})
        return lambda row: [names[row.board_id]] if row.board_id is not None else ["no board"]
    boards = {row.board_id for row in rows if row.board_id is not None}
    ideas = (idea for board in boards for idea in desk().store.list_ideas(board, statuses=tuple(Status)))
    tags = {idea.id: idea.tags for idea in ideas}
    return lambda row: tags.get(row.idea_id or 0) or ["no tag"]


def _name_groups() -> None:
    """Draw the boards with the name of the group of each, to write in."""
    store = desk().store
    groups = store.topic_groups()
    boards = store.list_boards()
    with st.expander("Which topic is in which group", icon=":material/label:", key="fairness_groups"):
        with st.form("fairness_form", border=False):
            for board in boards:
                st.text_input(
                    short(board.question, 90), groups.get(board.id, ""), key=f"fairness_group_{board.id}",
                    max_chars=60, placeholder="a name of your own, such as school or health",
                )  # fmt: skip
            st.form_submit_button("Save", key="fairness_save", on_click=_save, args=([board.id for board in boards],))
        named = counted(len(set(groups.values())), "group")
        st.caption(f"{named}; {counted(len(boards) - len(groups), 'topic')} in none.")


def _save(boards: Sequence[int]) -> None:
    for board in boards:
        act(desk().store.set_topic_group, board, st.session_state[f"fairness_group_{board}"])
