"""Charts of a comparison: how long an answer takes for its length, and how good a model is for its speed."""

from collections.abc import Callable, Sequence

import altair as alt
import streamlit as st

from workbench.lab import compare
from workbench.ui import charts, pictures
from workbench.ui.charts import Chart, Palette
from workbench.ui.comparing import choosing, table
from workbench.ui.resources import desk
from workbench.ui.words import counted

# After Okabe and Ito (2008): told apart by the colour-blind, at least 3 : 1 on light and dark. Shapes say the same.
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#c0649a", "#8a6d00", "#8468c4", "#737373", "#c9303f")
SHAPES = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down", "triangle-left", "triangle-right")
LEAST_VOTES = 1
Row = dict[str, object]


def show() -> None:
    """Draw both charts of a comparison, each with its figures as a file."""
    found = table.timed()
    if not found:
        return
    made = choosing.pick_comparison(found, "charts_which")
    ballot = compare.ballot(desk().store, made.id)
    results = compare.results(made, ballot.trials)
    names = [contender.name for contender in made.contenders]
    st.subheader("Seconds against length", anchor=False)
    rows = latency_rows(names, results)
    if not rows:
        st.markdown("No answer has ended yet.")
        return
    _shown(rows, names, latency, "compare_latency", latency_text(rows, names))
    st.subheader("Quality against speed", anchor=False)
    verdicts = {"Blind votes by people": ballot.people} | {f"Judge: {each.judge}": each for each in ballot.judges}
    voted = {name: each for name, each in verdicts.items() if len(each.votes) >= LEAST_VOTES}
    if not voted:
        st.markdown("Quality needs votes: vote on some pairs, or let a judge vote.")
        return
    by = st.segmented_control("Quality by", list(voted), default=next(iter(voted)), required=True, key="charts_by")
    verdict = voted[by or next(iter(voted))]
    quality = quality_rows(names, results, verdict)
    _shown(quality, names, quality_chart, "compare_quality", quality_text(quality, str(by)))
    st.caption(f"{counted(len(verdict.votes), 'vote')}. Lines are 90 % intervals across models, and the range of "
               "the answers' speed.")  # fmt: skip


def latency_rows(names: Sequence[str], results: compare.Results) -> list[Row]:
    """Return a row for each answer that counts."""
    return [
        {"model": names[each.contender], "words": each.words, "tokens": each.tokens, "seconds": each.seconds,
         "first_token_s": each.first_token_s}
        for each in results.counted if each.seconds is not None
    ]  # fmt: skip


def quality_rows(names: Sequence[str], results: compare.Results, verdict: compare.Verdict) -> list[Row]:
    """Return a row for each model that has votes and a speed."""
    rows: list[Row] = []
    for each in results.rows:
        standing, speed = verdict.ranking.standing(each.contender), each.tokens_per_s
        if standing and speed:
            rows.append({
                "model": names[each.contender], "speed": round(speed.median, 1), "slow": round(speed.low, 1),
                "fast": round(speed.high, 1), "score": round(100 * standing.score, 1),
                "low": round(100 * standing.low, 1), "high": round(100 * standing.high, 1), "votes": standing.duels,
            })  # fmt: skip
    return rows


def latency(rows: Sequence[Row], names: Sequence[str], look: Palette) -> Chart:
    """Return a point for each answer: words across, seconds up."""
    colour, shape = _by_model(names, look)
    drawn: alt.Chart = (
        alt.Chart(charts.data(rows)).mark_point(filled=True, size=70, opacity=0.75)
        .encode(
            x=alt.X("words:Q", title="words in the answer", axis=_axis(look)),
            y=alt.Y("seconds:Q", title="seconds, from asked to ended", axis=_axis(look)),
            color=colour, shape=shape,
            tooltip=[alt.Tooltip("model:N"), alt.Tooltip("words:Q"), alt.Tooltip("tokens:Q"),
                     alt.Tooltip("seconds:Q", format=".2f"), alt.Tooltip("first_token_s:Q", format=".2f")],
        ).properties(height=340)
    )  # fmt: skip
    return drawn


def quality_chart(rows: Sequence[Row], names: Sequence[str], look: Palette) -> Chart:
    """Return a point for each model with its intervals: tokens a second across, chance to win up."""
    colour, shape = _by_model(names, look)
    base = alt.Chart(charts.data(rows))
    x = alt.X("speed:Q", title="tokens a second, median", axis=_axis(look), scale=alt.Scale(zero=True))
    y = alt.Y("score:Q", title="chance to win against an average model, %", axis=_axis(look),
              scale=alt.Scale(domain=[0, 100]))  # fmt: skip
    tip = [alt.Tooltip(f"{name}:{kind}") for name, kind in (("model", "N"), ("score", "Q"), ("low", "Q"),
                                                            ("high", "Q"), ("speed", "Q"), ("votes", "Q"))]  # fmt: skip
    rule = base.mark_rule(strokeWidth=2, opacity=0.45)
    up = rule.encode(x=x, y=alt.Y("low:Q"), y2="high:Q", color=colour)
    across = rule.encode(x=alt.X("slow:Q"), x2="fast:Q", y=y, color=colour)
    points = base.mark_point(filled=True, size=120, opacity=1).encode(x=x, y=y, color=colour, shape=shape, tooltip=tip)
    even = alt.Chart(charts.data([{"score": 50}])).mark_rule(strokeDash=[3, 3], color=look.line).encode(y="score:Q")
    return alt.layer(even, up, across, points).properties(height=340)


def latency_text(rows: Sequence[Row], names: Sequence[str]) -> str:
    """Return what the first chart shows, for those who do not see it."""
    return f"Seconds against words of {counted(len(rows), 'answer')} by {', '.join(names)}. The file has all figures."


def quality_text(rows: Sequence[Row], by: str) -> str:
    """Return what the second chart shows, for those who do not see it."""
    told = "; ".join(f"{row['model']} {row['score']} % at {row['speed']} tokens a second" for row in rows)
    return f"Quality, {by}, against speed: {told}."


def _shown(
    rows: Sequence[Row], names: Sequence[str], drawn: Callable[[Sequence[Row], Sequence[str], Palette], Chart],
    key: str, alt_text: str,
) -> None:  # fmt: skip
    charts.show(drawn(rows, names, charts.palette()), key=key, alt_text=alt_text)
    with st.container(horizontal=True, gap="xsmall"):
        pictures.download(lambda look: drawn(rows, names, look), key=key)
        charts.download(rows, key=key)


def _by_model(names: Sequence[str], look: Palette) -> tuple[alt.Color, alt.Shape]:
    legend = alt.Legend(orient="top", title=None, columns=2, labelLimit=260, labelColor=look.text)
    colours = [COLOURS[place % len(COLOURS)] for place in range(len(names))]
    shapes = [SHAPES[place % len(SHAPES)] for place in range(len(names))]
    return (
        alt.Color("model:N", legend=legend, scale=alt.Scale(domain=list(names), range=colours)),
        alt.Shape("model:N", legend=legend, scale=alt.Scale(domain=list(names), range=shapes)),
    )


def _axis(look: Palette) -> alt.Axis:
    return alt.Axis(grid=False, labelColor=look.quiet, titleColor=look.quiet, titleLimit=330)
