"""What the votes on a comparison come to, by people and by each judge, and the way to let a model judge."""

from collections.abc import Sequence

import altair as alt
import streamlit as st

from workbench.lab import compare
from workbench.records import Comparison, ComparisonJob, JobKind, JobState
from workbench.ui import agreement, charts, pictures
from workbench.ui.comparing import choosing
from workbench.ui.resources import desk
from workbench.ui.words import counted, plain

POLL = 1.0
LEAST_BIAS = 10  # decided votes before the share of one side says anything
AXIS, LANE = 70, 23  # pixels: the axis with its title, and a line of words or of marks
Row = dict[str, object]


def show(ballot: compare.Ballot) -> None:
    """Draw the ranking by people, and apart from it those by judges."""
    names = [contender.name for contender in ballot.comparison.contenders]
    people = ballot.people
    if people.votes:
        st.subheader("Your ranking", anchor=False)
        _ranking(people, names, "people")
        n, first = people.bias
        if first is not None and n >= LEAST_BIAS:
            st.caption(f"You took A in {100 * first:.0f} % of {n} decided votes; sides are drawn by lot.")
    for place, verdict in enumerate(ballot.judges):
        found = verdict.agreement
        said = agreement.words(found) if found else ""
        folded = st.expander(
            f"The judge {plain(verdict.judge)}: {counted(len(verdict.votes), 'vote')}, {said}",
            icon=":material/neurology:", key=f"verdict_{place}", on_change="rerun",
        )  # fmt: skip
        if folded.open:
            with folded:
                _judge(verdict, names, place)


def judge(made: Comparison) -> None:
    """Draw the start of a judge and, again and again while it is at work, how far it is."""
    st.subheader("Let a model judge", anchor=False)
    st.caption(
        "Each pair is asked in both orders; where the order changes the answer, it counts as a tie. Its votes stand "
        "apart from yours. A small model is a poor judge: see how far it agrees with you before you go by it."
    )
    job = next(iter(desk().store.jobs(made.id, JobKind.JUDGE)), None)
    live = bool(job and job.live)

    @st.fragment(run_every=POLL if live else None)
    def progress() -> None:
        now = desk().store.job(job.id) if job else None
        if now is not None:
            _progress(made, now)
        if live and not (now and now.live):
            st.rerun(scope="app")

    if not live:
        found = {each.name: each for each in choosing.contenders()}
        with st.container(horizontal=True, vertical_alignment="bottom"):
            name = st.selectbox("Judge", list(found), key="judge_model", persist_state="session", width=320)
            st.button(
                "Let it vote", key="judge_go", icon=":material/neurology:", disabled=not name, on_click=choosing.do,
                args=(compare.start_judge, desk().store, made.id, found.get(name or "")),
            )  # fmt: skip
            choosing.add_server("judge")
    progress()


def _progress(made: Comparison, job: ComparisonJob) -> None:
    who = plain(job.judge.name) if job.judge else ""
    if job.live:
        ballot = compare.ballot(desk().store, made.id)
        done = sum(vote.judge_name == (job.judge.name if job.judge else "") for vote in ballot.votes)
        total = max(1, len(ballot.pairs.real))
        with st.container(horizontal=True, vertical_alignment="center"):
            with st.container(width="stretch"):
                st.progress(min(1.0, done / total), text=f"{who}: {done} of {counted(total, 'pair')}")
            st.button(
                "Stop", key="judge_stop", icon=":material/stop_circle:", on_click=choosing.do,
                args=(desk().store.cancel_job, job.id),
            )  # fmt: skip
    elif job.state is JobState.FAILED:
        st.error(plain(job.error), icon=":material/error:")
    elif job.state in (JobState.CANCELLED, JobState.INTERRUPTED):
        st.caption(f":material/stop_circle: {who} was stopped; its votes are kept, and it goes on where it was.")


def _judge(verdict: compare.Verdict, names: Sequence[str], place: int) -> None:
    if verdict.agreement:
        st.caption(agreement.details(verdict.agreement))
    n, first = verdict.bias
    if first is not None:
        st.caption(f"It took the answer shown first in {100 * first:.0f} % of {n} answers; no leaning would be 50 %.")
    if verdict.ranking.ties == verdict.ranking.duels:
        st.markdown(f"It called each of {counted(verdict.ranking.duels, 'pair')} a tie: it sees no order among them.")
        return
    _ranking(verdict, names, f"judge_{place}")


def _ranking(verdict: compare.Verdict, names: Sequence[str], key: str) -> None:
    rows = ranking_rows(verdict, names)
    told = "; ".join(f"{row['rank']}. {row['model']} {row['score']} % ({row['low']} to {row['high']})" for row in rows)
    charts.show(
        ranking_chart(rows, charts.palette()), key=f"verdict_{key}",
        alt_text=f"Models ranked by {counted(len(verdict.votes), 'vote')}, with 90 % intervals: {told}",
    )  # fmt: skip
    told = f"{counted(len(verdict.votes), 'vote')}, {counted(verdict.ranking.ties, 'tie')} (both bad is one)."
    if verdict.ranking.parts > 1:
        told += " Some models never met: the order between those groups is a guess."
    st.caption(told)
    with st.container(horizontal=True, gap="xsmall"):
        pictures.download(lambda look: ranking_chart(rows, look), key=f"verdict_{key}")
        charts.download(rows, key=f"verdict_{key}")


def ranking_rows(verdict: compare.Verdict, names: Sequence[str]) -> list[Row]:
    """Return a row for each model, the best first."""
    return [
        {
            "model": names[each.item], "rank": each.rank, "place": f"{each.best_rank} to {each.worst_rank}",
            "score": round(100 * each.score), "low": round(100 * each.low), "high": round(100 * each.high),
            "votes": each.duels, "wins": each.wins, "both bad": verdict.both_bad.get(each.item, 0),
        }
        for each in verdict.ranking.standings
    ]  # fmt: skip


def ranking_chart(rows: Sequence[Row], look: charts.Palette) -> charts.Chart:
    """Return a mark with its interval for each model, and the figures in words beside its name."""
    told = [
        row | {"line": f"{row['rank']}. {row['model']}: {row['score']} % ({row['low']} to {row['high']}), "
                       f"{row['votes']} votes"}
        for row in rows
    ]  # fmt: skip
    order = [str(row["line"]) for row in told]
    y = alt.Y("line:N", sort=order, axis=None, scale=alt.Scale(domain=order, paddingInner=0.1))
    lane = alt.YOffset("lane:N", scale=alt.Scale(domain=["words", "mark"]))
    ticks = [0, 25, 50, 75, 100]
    axis = alt.Axis(values=ticks, grid=False, labelColor=look.quiet, titleColor=look.quiet, titleLimit=330)
    x = alt.X("score:Q", title="chance to win against an average model, %", scale=alt.Scale(domain=[0, 100]), axis=axis)
    marks = alt.Chart(charts.data([row | {"lane": "mark"} for row in told])).encode(y=y, yOffset=lane)
    spans = marks.mark_rule(strokeWidth=3, opacity=0.45, strokeCap="round", color=look.person)
    points = marks.mark_point(filled=True, size=90, opacity=1, color=look.person).encode(x=x)
    words = (
        alt.Chart(charts.data([row | {"lane": "words"} for row in told]))
        .mark_text(align="left", baseline="middle", color=look.text, fontSize=13)
        .encode(y=y, yOffset=lane, text="line:N", x=alt.value(0))
    )
    even = alt.Chart(charts.data([{"score": 50}])).mark_rule(strokeDash=[3, 3], color=look.line).encode(x="score:Q")
    layers = (even, spans.encode(x=alt.X("low:Q"), x2="high:Q"), points, words)
    return alt.layer(*layers).properties(height=AXIS + 2 * LANE * len(rows))
