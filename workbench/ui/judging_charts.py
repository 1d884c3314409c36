"""Charts of a board's judgements: novelty against workability with intervals, and every check of every idea."""

from collections.abc import Sequence
from typing import Literal

import altair as alt
import streamlit as st

from workbench.records import Board
from workbench.ui import charts, pictures
from workbench.ui.charts import Chart, Palette
from workbench.ui.judged import Judged
from workbench.ui.words import counted, plain, short

ACROSS, UP = "novelty", "workability"
NAMED = 16  # ideas named in the map, those that lie apart; a tooltip and the table have each
APART = (1.2, 0.2)  # scores across and up that a name takes, in a map as wide as a page
ROWS = 30  # ideas in the heat map until all are asked for
LETTERS = 30
ANSWERS = ("yes", "no", "unsure")
SIGNS = {"yes": "✓", "no": "✕", "unsure": "?"}
Row = dict[str, object]


def map_of(board: Board, found: Sequence[Judged]) -> None:
    """Draw where each idea lies, how sure that is, and the same as a table."""
    rows = map_rows(found)
    if not rows:
        return
    st.subheader("Novelty against workability", anchor=False)
    st.caption("Each line is how far a score moves when the same checks are asked in other words.")
    _shown(
        lambda palette: map_chart(rows, palette), rows, key=f"map_{board.id}",
        alt_text=_map_text(rows),
    )  # fmt: skip


def checks_of(board: Board, found: Sequence[Judged]) -> None:
    """Draw every answer to every check, and the same as a table."""
    st.subheader("Checks", anchor=False)
    shown = found
    if len(found) > ROWS and not st.toggle(f"Chart all {len(found)} ideas", key="checks_all"):
        shown = found[:ROWS]
        st.caption(f"The newest {ROWS} of {counted(len(found), 'idea')}; the table has all.")
    rows = [row for each in found for row in check_rows(each)]
    ids = {each.idea.id for each in shown}
    st.caption(" · ".join(f"**{at}** {plain(check.text)}" for at, check in enumerate(found[0].rubric.checks, 1)))
    _shown(
        lambda palette: checks_chart([row for row in rows if row["number"] in ids], palette), rows,
        key=f"checks_{board.id}", alt_text=_checks_text(found),
    )  # fmt: skip


def map_rows(found: Sequence[Judged]) -> list[Row]:
    """Return a row for each idea that has both scores."""
    rows = []
    for each in found:
        scores, spans = each.found.scores, each.found.intervals
        if ACROSS in scores and UP in scores:
            row: Row = {"idea": _named(each), "number": each.idea.id}
            for name in (ACROSS, UP):
                row |= {name: scores[name], f"{name} low": spans[name][0], f"{name} high": spans[name][1]}
            rows.append(row | {"your answers": len(each.own)})
    return rows


def check_rows(each: Judged) -> list[Row]:
    """Return a row for each check of an idea."""
    return [
        {
            "idea": _named(each), "number": each.idea.id, "place": at + 1, "check": check.text,
            "dimension": check.dimension, "says": each.said(at), "yes %": round(100 * each.found.checks[at]),
        }
        for at, check in enumerate(each.rubric.checks)
    ]  # fmt: skip


def map_chart(rows: Sequence[Row], palette: Palette) -> Chart:
    """Return the map: a point with a line to either side for each idea, the names of the first few beside it."""
    axis = alt.Axis(values=[1, 2, 3, 4, 5], grid=False, format="d")
    scale = alt.Scale(domain=[1, 5])
    base = alt.Chart(charts.data(rows))
    x, y = (alt.X(f"{ACROSS}:Q", scale=scale, axis=axis, title="novelty, 1 to 5"),
            alt.Y(f"{UP}:Q", scale=scale, axis=axis, title="workability, 1 to 5"))  # fmt: skip
    tooltip = [alt.Tooltip("idea:N"), alt.Tooltip(f"{ACROSS}:Q", format=".1f"), alt.Tooltip(f"{UP}:Q", format=".1f")]
    spread = base.mark_rule(strokeWidth=2, opacity=0.35, color=palette.person)
    across = spread.encode(x=alt.X(f"{ACROSS} low:Q"), x2=f"{ACROSS} high:Q", y=y)
    up = spread.encode(x=x, y=alt.Y(f"{UP} low:Q"), y2=f"{UP} high:Q")
    points = base.mark_circle(size=90, opacity=0.9, color=palette.person).encode(x=x, y=y, tooltip=tooltip)
    names = [
        alt.Chart(charts.data(part)).mark_text(align=side, dx=dx, dy=-9, color=palette.text, fontSize=11)
        .encode(x=x, y=y, text="idea:N") for side, dx, part in _apart(rows)
    ]  # fmt: skip
    halves = alt.Chart(charts.data([{"at": 3}])).mark_rule(color=palette.line, strokeDash=[4, 4])
    middle = [halves.encode(x=alt.X("at:Q", scale=scale)), halves.encode(y=alt.Y("at:Q", scale=scale))]
    return alt.layer(*middle, across, up, points, *names).properties(height=420)


def _apart(rows: Sequence[Row]) -> list[tuple[Literal["left", "right"], int, list[Row]]]:
    """Return the rows whose names do not cover each other: those named to the right of the point, and to the left."""
    named: list[tuple[float, float]] = []
    left: list[Row] = []
    right: list[Row] = []
    for row in rows:
        x, y = float(str(row[ACROSS])), float(str(row[UP]))
        if len(named) < NAMED and all(abs(x - a) > APART[0] or abs(y - b) > APART[1] for a, b in named):
            named.append((x, y))
            (left if x > 3 else right).append(row)
    return [("left", 8, right), ("right", -8, left)]


def checks_chart(rows: Sequence[Row], palette: Palette) -> Chart:
    """Return the heat map: a row for each idea, a column for each check, the answer as a sign and a colour."""
    cells = [row | _cell(str(row["says"]), _percent(row)) for row in rows]
    order = list(dict.fromkeys(str(row["idea"]) for row in rows))
    base = alt.Chart(charts.data(cells)).encode(
        x=alt.X("place:O", title=None, axis=alt.Axis(orient="top", labelAngle=0)),
        y=alt.Y("idea:N", title=None, sort=order, axis=alt.Axis(labelLimit=220)),
        tooltip=[alt.Tooltip("idea:N"), alt.Tooltip("check:N"), alt.Tooltip("says:N"), alt.Tooltip("yes %:Q")],
    )
    colours = alt.Scale(domain=list(map(_signed, ANSWERS)), range=[palette.person, palette.model, palette.line])
    rects = base.mark_rect(stroke=palette.line, strokeWidth=0.5).encode(
        color=alt.Color("answer:N", scale=colours, legend=alt.Legend(title=None, orient="bottom", symbolStrokeWidth=0)),
        opacity=alt.Opacity("strength:Q", scale=alt.Scale(domain=[0, 1], range=[0.1, 0.42]), legend=None),
    )
    words = base.mark_text(fontSize=11, color=palette.text).encode(text="sign:N")
    return alt.layer(rects, words).properties(height=alt.Step(26))


def _shown(chart: "pictures.Drawn", rows: Sequence[Row], *, key: str, alt_text: str) -> None:
    charts.show(chart(charts.palette()), key=key, alt_text=alt_text)
    with st.container(horizontal=True):
        pictures.download(chart, key=key)
        charts.download(rows, key=key)
    with st.expander("The same as a table", icon=":material/table:"):
        st.dataframe(rows, hide_index=True, key=f"table_{key}")


def _named(each: Judged) -> str:
    return f"{short(each.idea.title or each.idea.body, LETTERS)} #{each.idea.id}"


def _percent(row: Row) -> float:
    found = row["yes %"]
    assert isinstance(found, int), row
    return float(found)


def _cell(says: str, percent: float) -> Row:
    """Return what a cell shows: the sign, the answer as the legend has it, and how far it is from a guess."""
    return {"sign": _sign(says), "answer": _signed(says.removeprefix("you: ")), "strength": abs(percent - 50) / 50}


def _sign(says: str) -> str:
    """Return an answer as a sign that stands in a narrow cell; the person's is marked."""
    sign = SIGNS[says.removeprefix("you: ")]
    return f"{sign} you" if says.startswith("you") else sign


def _signed(answer: str) -> str:
    return f"{SIGNS[answer]} {answer}"


def _map_text(rows: Sequence[Row]) -> str:
    best = max(rows, key=lambda row: (float(str(row[ACROSS])) + float(str(row[UP]))))
    return (
        f"{counted(len(rows), 'idea')} by novelty and workability, each 1 to 5 with an interval. "
        f"Highest on both together: {best['idea']}, novelty {best[ACROSS]}, workability {best[UP]}."
    )


def _checks_text(found: Sequence[Judged]) -> str:
    said = [each.said(at).removeprefix("you: ") for each in found for at in range(len(each.rubric.checks))]
    counts = ", ".join(f"{said.count(answer)} {answer}" for answer in ANSWERS)
    return f"The answers to {counted(len(found[0].rubric.checks), 'check')} of {counted(len(found), 'idea')}: {counts}."
