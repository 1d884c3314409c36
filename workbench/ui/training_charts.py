"""Loss curves as charts: one run's, two runs' beside each other, the trials of a sweep."""

from collections.abc import Mapping, Sequence

import altair as alt
import streamlit as st

from workbench.training import Curve
from workbench.training.curves import Line, thinned
from workbench.ui import charts, pictures
from workbench.ui.charts import Chart, Palette

TRAINING = "training"
DASHES = ([1, 0], [6, 3], [2, 2])  # of the first four lines, the next four, the rest
SHAPES = ("circle", "diamond", "square", "triangle-up")
MOST_LINES = 12  # of a sweep, the best
Row = dict[str, object]


def show(rows: Sequence[Row], names: Sequence[str], *, key: str, alt_text: str) -> None:
    """Draw the lines called `names` of rows with `step`, `loss` and `line`, with their downloads."""
    charts.show(chart(rows, names, charts.palette()), key=key, alt_text=alt_text)
    with st.container(horizontal=True, gap="xsmall"):
        pictures.download(lambda palette: chart(rows, names, palette), key=key)
        charts.download(rows, key=key)


def of_run(curve: Curve) -> tuple[list[Row], list[str]]:
    """Return the rows and the names of a run's lines: training, then each held-out kind."""
    lines = {TRAINING: curve.training} | {f"held out: {kind}": line for kind, line in curve.heldout.items()}
    return _rows(lines)


def of_two(first: str, one: Curve, second: str, other: Curve) -> tuple[list[Row], list[str]]:
    """Return the lines of two runs on the held-out kind that both have, or else their training losses."""
    kind = one.first_kind if one.first_kind in other.heldout else ""
    if kind:
        return _rows({first: one.heldout[kind], second: other.heldout[kind]})
    return _rows({first: one.training, second: other.training})


def of_trials(lines: Mapping[str, Line]) -> tuple[list[Row], list[str]]:
    """Return the lines of a sweep's trials, the best ones where they are many; `lines` come the best first."""
    return _rows(dict(list(lines.items())[:MOST_LINES]))


def _rows(lines: Mapping[str, Line]) -> tuple[list[Row], list[str]]:
    drawn = {name: thinned(line) for name, line in lines.items() if line}
    rows: list[Row] = [
        {"line": name, "step": step, "loss": round(loss, 5)} for name, line in drawn.items() for step, loss in line
    ]
    return rows, list(drawn)


def chart(rows: Sequence[Row], names: Sequence[str], look: Palette) -> Chart:
    """Return the chart: a line for each name; the training loss thin, the others with a mark at each evaluation."""
    colours = _colours(names, look)
    scale = alt.Scale(domain=list(names), range=[colours[name] for name in names])
    marks = alt.Scale(domain=list(names), range=[SHAPES[at % len(SHAPES)] for at in range(len(names))])
    legend = alt.Legend(title=None, orient="top", columns=2, labelLimit=300, symbolStrokeWidth=3)
    base = alt.Chart(charts.data(rows)).encode(
        x=alt.X("step:Q", title="step", axis=alt.Axis(grid=False, tickMinStep=1, tickCount=8, format="d")),
        y=alt.Y("loss:Q", title="loss", scale=alt.Scale(zero=False, nice=True), axis=alt.Axis(tickCount=6)),
        color=alt.Color("line:N", scale=scale, legend=legend),
        strokeDash=alt.StrokeDash("line:N", scale=_dashes(names), legend=legend),
        tooltip=[alt.Tooltip("line:N", title="line"), alt.Tooltip("step:Q"), alt.Tooltip("loss:Q", format=".4f")],
    )
    lines = base.mark_line(strokeWidth=1.6)
    held = [row for row in rows if row["line"] != TRAINING]
    points = (
        base.mark_point(filled=True, size=46, opacity=1)
        .encode(shape=alt.Shape("line:N", scale=marks, legend=legend))
        .properties(data=charts.data(held))
    )
    return alt.layer(lines, points).properties(height=300)


def _dashes(names: Sequence[str]) -> alt.Scale:
    """Return a dash for each line: where the colours come round again, it tells."""
    others = [name for name in names if name != TRAINING]
    dashes = {TRAINING: DASHES[0]} | {name: DASHES[min(at // 4, 2)] for at, name in enumerate(others)}
    return alt.Scale(domain=list(names), range=[dashes[name] for name in names])


def _colours(names: Sequence[str], look: Palette) -> dict[str, str]:
    """Return a colour for each line; what is only training is quiet, and from the fifth on shape and name tell."""
    strong = (look.person, look.model, look.text, look.quiet)
    others = [name for name in names if name != TRAINING]
    return {TRAINING: look.quiet} | {name: strong[at % len(strong)] for at, name in enumerate(others)}


def in_words(rows: Sequence[Row], names: Sequence[str]) -> str:
    """Return what a chart shows, for those who do not see it."""
    said = []
    for name in names:
        line = [row for row in rows if row["line"] == name]
        first, last = line[0], line[-1]
        said.append(f"{name}: {_loss(first)} at step {first['step']}, {_loss(last)} at step {last['step']}")
    return "Loss by step. " + "; ".join(said) + "."


def _loss(row: Row) -> str:
    return f"{float(str(row['loss'])):.3f}"
