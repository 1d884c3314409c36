"""The ranking as a chart with intervals, and as a table beside it."""

from collections.abc import Mapping, Sequence

import altair as alt
import streamlit as st

from workbench.lab import Ranking, Standing
from workbench.records import Idea
from workbench.ui import charts, pictures
from workbench.ui.words import counted, short

YOU, MODEL = "you", "model"
SHOWN = 20  # ideas in the chart until all are asked for
LANE = 20  # pixels: one for the title, one for each judge
TITLE = 46  # letters; what fits above a bar on a phone
CHANCE = "chance to win against an average idea of the board, %"
Row = dict[str, object]


def show(ideas: Sequence[Idea], rankings: Mapping[str, Ranking[int]], *, key: str) -> None:
    """Draw the chart and the table; the first ranking gives the order."""
    rows, names = table(ideas, rankings), list(rankings)
    shown = rows
    if len(rows) > SHOWN and not st.toggle(f"Chart all {len(rows)} ideas", key=f"{key}_all"):
        shown = rows[:SHOWN]
        st.caption(f"The best {SHOWN} of {counted(len(rows), 'idea')}; the table has all.")
    left, right = st.columns([5, 4], gap="medium")
    with left:
        charts.show(chart(shown, names, charts.palette()), key=key, alt_text=alt_text(rows, names))
        with st.container(horizontal=True, gap="xsmall"):
            pictures.download(lambda palette: chart(shown, names, palette), key=key)
    with right:
        _table(rows, names, key)
        charts.download(rows, key=key)


def table(ideas: Sequence[Idea], rankings: Mapping[str, Ranking[int]]) -> list[Row]:
    """Return a row for each ranked idea, the best first, with the columns of each judge named `NAME rank` and so on.

    What the first judge has not seen stands below what it has.
    """
    titles = {idea.id: idea.title or idea.body for idea in ideas}
    columns = [f"{name} {what}" for name in rankings for what in ("rank", "place", "score", "low", "high", "duels")]
    rows: dict[int, Row] = {}
    for name, ranking in rankings.items():
        for each in ranking.standings:
            empty: Row = {"idea": titles[each.item], "number": each.item} | dict.fromkeys(columns)
            rows.setdefault(each.item, empty).update({
                f"{name} rank": each.rank, f"{name} place": _place(each), f"{name} score": round(100 * each.score, 1),
                f"{name} low": round(100 * each.low, 1), f"{name} high": round(100 * each.high, 1),
                f"{name} duels": each.duels,
            })  # fmt: skip
    return list(rows.values())  # each judge's standings come the best first


def _place(standing: Standing[int]) -> str:
    best, worst = standing.best_rank, standing.worst_rank
    return f"{best}" if best == worst else f"{best} to {worst}"


def chart(rows: Sequence[Row], names: Sequence[str], look: charts.Palette) -> charts.Chart:
    """Return the chart: the title of each idea, and under it a mark with its interval for each judge."""
    titles = [f"{place}. {row['idea']}" for place, row in enumerate(rows, 1)]
    marks = [
        {"idea": title, "judge": name} | {what: row[f"{name} {what}"] for what in ("score", "low", "high")}
        for title, row in zip(titles, rows, strict=True) for name in names if row[f"{name} rank"] is not None
    ]  # fmt: skip
    y = alt.Y("idea:N", sort=titles, axis=None, scale=alt.Scale(domain=titles, paddingInner=0.12, paddingOuter=0.1))
    lane = alt.YOffset("judge:N", scale=alt.Scale(domain=["title", *names]))
    x = alt.X(
        "score:Q", title=CHANCE, scale=alt.Scale(domain=[0, 100]),
        axis=alt.Axis(
            values=[0, 25, 50, 75, 100], grid=False, titleLimit=330, labelColor=look.quiet, titleColor=look.quiet,
        ),
    )  # fmt: skip
    colour, shape = _by_judge(names, look)
    base = alt.Chart(charts.data(marks)).encode(y=y, yOffset=lane, tooltip=_told(), color=colour)
    spans = base.mark_rule(strokeWidth=3, opacity=0.45, strokeCap="round").encode(x=alt.X("low:Q"), x2="high:Q")
    points = base.mark_point(filled=True, size=90, opacity=1).encode(x=x, shape=shape)
    words = (
        alt.Chart(charts.data([{"idea": title, "judge": "title", "text": short(title, TITLE)} for title in titles]))
        .mark_text(align="left", baseline="middle", color=look.text, fontSize=13)
        .encode(y=y, yOffset=lane, text="text:N", x=alt.value(0))
    )
    even = alt.Chart(charts.data([{"score": 50}])).mark_rule(strokeDash=[3, 3], color=look.line).encode(x="score:Q")
    return alt.layer(even, spans, points, words).properties(height=max(90, LANE * (1 + len(names)) * len(titles)))


def _by_judge(names: Sequence[str], look: charts.Palette) -> tuple[alt.Color, alt.Shape]:
    """Return colour and shape, which say the same; with one judge there is nothing to tell apart."""
    legend = alt.Legend(orient="top", title=None) if len(names) > 1 else None
    colours = {YOU: look.person, MODEL: look.model}
    shapes = {YOU: "circle", MODEL: "diamond"}
    return (
        alt.Color("judge:N", legend=legend, scale=_scale(colours, names)),
        alt.Shape("judge:N", legend=legend, scale=_scale(shapes, names)),
    )


def _scale(of: Mapping[str, str], names: Sequence[str]) -> alt.Scale:
    return alt.Scale(domain=list(names), range=[of[name] for name in names])


def _told() -> list[alt.Tooltip]:
    return [
        alt.Tooltip("idea:N", title="Idea"), alt.Tooltip("judge:N", title="By"),
        alt.Tooltip("score:Q", title="Chance, %", format=".0f"), alt.Tooltip("low:Q", title="From", format=".0f"),
        alt.Tooltip("high:Q", title="To", format=".0f"),
    ]  # fmt: skip


def alt_text(rows: Sequence[Row], names: Sequence[str]) -> str:
    """Return what the chart shows, for those who do not see it."""
    best = ", ".join(f"{place}. {short(str(row['idea']), 40)}" for place, row in enumerate(rows[:3], 1))
    by = " and ".join("you" if name == YOU else "the model" for name in names)
    return f"Ranking of {counted(len(rows), 'idea')} by {by}, with 90 % intervals. First: {best}. The table has all."


def _table(rows: Sequence[Row], names: Sequence[str], key: str) -> None:
    column = st.column_config
    shown = {"idea": column.TextColumn("Idea", width=140)}
    for name in names:
        shown |= {
            f"{name} rank": column.NumberColumn(name.capitalize(), width=55),
            f"{name} place": column.TextColumn("Place", width=65, help="The places it may have: a 90 % interval"),
        }
    if len(names) == 1:  # there is room for it
        shown[f"{names[0]} duels"] = column.NumberColumn("Duels", width=55)
    st.dataframe(
        rows, column_config=shown, column_order=list(shown), hide_index=True, key=f"{key}_table",
        height=min(560, 38 + 35 * len(rows)),
    )  # fmt: skip
