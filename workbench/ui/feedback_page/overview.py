"""How often what was said: by model, task, reason and week; up to the right, down to the left."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial

import altair as alt
import streamlit as st

from workbench.lab.feedback import counts, reasons_of, served_by, week_of
from workbench.records import Feedback, Thumb
from workbench.ui import charts, pictures

MOST = 12  # bars in one chart
AXIS = 84  # pixels: the browser fits axes into the height too
BY: dict[str, Callable[[Feedback], Iterable[str]]] = {
    "model": lambda row: [served_by(row)], "task": lambda row: [row.task], "reason": reasons_of,
    "week": lambda row: [week_of(row.created)],
}  # fmt: skip
SAID = {Thumb.UP: "up", Thumb.DOWN: "down", None: "no thumb"}


def show(rows: Sequence[Feedback]) -> None:
    """Draw the four charts."""
    with st.grid(2, min_column_width=320):
        for name, of in BY.items():
            with st.container(border=True, height="stretch", key=f"feedback_chart_{name}"):
                st.markdown(f"**By {name}**")
                _chart(name, figures(rows, name, of))


def figures(
    rows: Sequence[Feedback], name: str, of: Callable[[Feedback], Iterable[str]]
) -> list[dict[str, object]]:
    """Return how many of each name and thumb; weeks in their order, else the commonest names."""
    found = counts(rows, of)
    order = list(dict.fromkeys(what for what, _, _ in found))
    names = sorted(order)[-MOST:] if name == "week" else order[:MOST]
    return [
        {name: what, "said": SAID[thumb], "answers": n, "signed": -n if thumb is Thumb.DOWN else n}
        for what, thumb, n in sorted(found, key=lambda each: names.index(each[0]) if each[0] in names else MOST)
        if what in names
    ]  # fmt: skip


def _chart(name: str, rows: list[dict[str, object]]) -> None:
    if not rows:
        st.caption("No reasons were given.")
        return
    parts = ", ".join(f"{row[name]}: {row['answers']} {row['said']}" for row in rows)
    charts.show(drawn(name, rows, charts.palette()), key=f"feedback_{name}", alt_text=f"Answers by {name}. {parts}.")
    with st.container(horizontal=True, gap="xsmall"):
        charts.download(rows, key=f"feedback_{name}")
        pictures.download(partial(drawn, name, rows), key=f"feedback_{name}")


def drawn(name: str, rows: list[dict[str, object]], look: charts.Palette) -> charts.Chart:
    """Return the chart: one bar to each side of the middle."""
    order = list(dict.fromkeys(str(row[name]) for row in rows))
    colour = alt.Color(
        "said:N", legend=None, scale=alt.Scale(domain=[*SAID.values()], range=[look.person, look.model, look.quiet])
    )
    lines = alt.Axis(labelColor=look.text, labelLimit=150, ticks=False, labelOverlap=False)
    y = alt.Y(f"{name}:N", sort=order, title=None, axis=lines)
    x = alt.X(
        "signed:Q", title="← thumb down · thumb up →",
        axis=alt.Axis(format="d", grid=False, tickMinStep=1, labelExpr="abs(datum.value)", titleColor=look.quiet),
    )  # fmt: skip
    told = [alt.Tooltip(f"{name}:N"), alt.Tooltip("said:N", title="thumb"), alt.Tooltip("answers:Q")]
    bars = alt.Chart(charts.data(rows)).mark_bar(height=14).encode(y=y, x=x, color=colour, tooltip=told)
    middle = alt.Chart(charts.data([{"signed": 0}])).mark_rule(color=look.line).encode(x="signed:Q")
    return alt.layer(bars, middle).properties(height=AXIS + 26 * len(order))
