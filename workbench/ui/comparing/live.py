"""One model, one prompt, one answer as it streams, with its figures; each answer joins a table."""

from collections.abc import Sequence

import streamlit as st

from workbench.assist.prompt_sets import from_lines
from workbench.assist.prompts.comparing import WARM_UP
from workbench.bench.machine import describe
from workbench.lab import compare
from workbench.records import Comparison, ComparisonKind, Contender, JobState, NewComparison, Prompt, Trial
from workbench.ui import feedback
from workbench.ui.comparing import choosing
from workbench.ui.empty import INTERRUPTED
from workbench.ui.faults import act, show_fault
from workbench.ui.resources import desk
from workbench.ui.words import distinct, plain, short

OWN = "Write your own…"
POLL = 0.4  # seconds between two looks at a growing answer
SAMPLING = {"temperature": 0.7, "max_tokens": 512}
ENDS = {
    "stop": "", "length": "cut at the token limit", "stopped": "stopped by you", "time": "took too long",
    "failed": "failed", INTERRUPTED: "cut off when its process ended",
}  # fmt: skip


def show() -> None:
    """Draw the question, the answer at hand and the table so far."""
    made = current()
    with st.grid(2, min_column_width=280):
        with st.container(gap="small"):
            asked = _prompt()
        with st.container(gap="small"):
            contender = _model()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Ask", key="live_ask", type="primary", icon=":material/play_arrow:", disabled=not (asked and contender),
            on_click=_ask, args=(asked, contender),
        )  # fmt: skip
        choosing.add_server("live")
        if made:
            st.button("New table", key="live_new", icon=":material/add:", type="tertiary", on_click=_new, args=(made,))
    if made:
        _watch(made)
    else:
        st.caption(
            "Pick a question and a model, and see how fast and how well it answers. Ask another model the same, and "
            "the two stand side by side in a table. Each answer is written by a process of its own: this page, and "
            "the model that the other pages use, are not slowed down by it."
        )


def current() -> Comparison | None:
    """Return the table that the next answer joins: the newest live one."""
    return next((each for each in desk().store.comparisons() if each.kind is ComparisonKind.LIVE), None)


def _prompt() -> Prompt | None:
    found = choosing.pick_set("live_set")
    titles = distinct(dict(enumerate(prompt.title for prompt in found.prompts)))
    place = st.selectbox(
        "Prompt", [*titles, -1], format_func=lambda at: titles.get(at, OWN), key=f"live_prompt_{found.name}",
        persist_state="session",
    )  # fmt: skip
    if place == -1:
        text = st.text_area("Your prompt", key="live_own", height=90, persist_state="session").strip()
        return from_lines(" ".join(text.split()))[0] if text else None
    return found.prompts[place or 0]


def _model() -> Contender | None:
    found = choosing.contenders()
    names = {each.name: each for each in found}
    name = st.selectbox(
        "Model", list(names), key="live_model", persist_state="session", placeholder="No model on this machine"
    )
    st.caption("At temperature 0.7 and up to 512 tokens, the same for all.")
    return names.get(name or "")


def _ask(prompt: Prompt, contender: Contender) -> None:
    new = NewComparison(
        title="Tried one at a time", kind=ComparisonKind.LIVE, prompts=(), contenders=(), sampling=SAMPLING,
        warm_up=WARM_UP, machine=describe(),
    )  # fmt: skip
    act(lambda: choosing.choose(compare.ask_live(desk().store, current(), prompt, contender, new).id))


def _new(made: Comparison) -> None:
    """Begin an empty table; the answers of the old one stay in its comparison if it has any."""
    act(desk().store.add_comparison, NewComparison(
        title="Tried one at a time", kind=ComparisonKind.LIVE, prompts=(), contenders=(), sampling=SAMPLING,
        warm_up=WARM_UP, machine=describe(),
    ), ())  # fmt: skip
    if not desk().store.trial_counts(made.id)[2]:
        act(desk().store.remove_comparison, made.id)


def _watch(made: Comparison) -> None:
    """Draw the answers, again and again while one is at work."""
    store = desk().store
    busy = _busy(made)

    @st.fragment(run_every=POLL if busy else None)
    def panel() -> None:
        ended = not _busy(made)
        now = store.comparison(made.id)
        trials = [trial for trial in store.trials(made.id) if not trial.warm_up]
        if trials:
            _answer(now, trials[-1])
            _earlier(now, trials[:-1][::-1])
        show_fault()
        if busy and ended:
            st.rerun()

    panel()


def _busy(made: Comparison) -> bool:
    jobs = desk().store.jobs(made.id)
    if not (jobs and jobs[0].live):
        return False
    trials = [trial for trial in desk().store.trials(made.id) if not trial.warm_up]
    return any(trial.open or (trial.generation and not trial.generation.finish) for trial in trials)


def _answer(made: Comparison, trial: Trial) -> None:
    """Draw the last answer as far as it has come, with its figures or its Stop."""
    jobs = desk().store.jobs(made.id)
    job = jobs[0] if jobs else None
    name, answer = made.contenders[trial.contender].name, trial.generation
    with st.container(border=True, key="live_answer"):
        st.markdown(f"**{plain(made.prompts[trial.prompt].title)}**  \n:gray[{plain(name)}]")
        if answer and answer.finish:
            _figures(made, trial)
        elif trial.error:
            st.error(plain(trial.error), icon=":material/error:")
        elif job and job.live:
            with st.container(horizontal=True, vertical_alignment="center", key="live_progress"):
                words = "loading the model" if trial.open else f"{answer.tokens if answer else 0} tokens"
                st.caption(f":material/hourglass_top: {words} …", width="stretch")
                st.button("Stop", key="live_stop", icon=":material/stop_circle:", on_click=_stop, args=(job.id,))
        elif job:
            why = job.error or "Its process ended before the answer was there. Ask again."
            st.error(plain(why) if job.state is not JobState.CANCELLED else "Stopped by you.", icon=":material/error:")
        if answer and answer.text:  # below what stands still: the figures, or the Stop
            st.markdown(plain(answer.text))
            feedback.thumbs(answer.id, answer.task, growing=not answer.finish, place="_live")


def _stop(job_id: int) -> None:
    act(desk().store.cancel_job, job_id)


def _figures(made: Comparison, trial: Trial) -> None:
    (figures,) = compare.results(made, [trial]).answers
    told = (
        ("first token", figures.first_token_s, " s"), ("tokens a second", figures.tokens_per_s, ""),
        ("in all", figures.seconds, " s"), ("words", figures.words, ""), ("tokens", figures.tokens, ""),
        ("prompt tokens", figures.prompt_tokens, ""), ("memory", figures.memory_mb, " MB"),
    )  # fmt: skip
    shown = [f"**{compare.number(value)}{unit}** {name}" for name, value, unit in told if value is not None]
    end = ENDS.get(figures.finish, figures.finish)
    mark = f" · :orange-badge[{end}]" if end else ""
    st.caption(" · ".join(shown) + f" · seed {figures.seed}{mark}")


def _earlier(made: Comparison, trials: Sequence[Trial]) -> None:
    """Draw the earlier answers as a table and, folded, their texts."""
    if not trials:
        return
    rows = [
        {
            "prompt": short(made.prompts[each.prompt].title, 60), "model": made.contenders[each.contender].name,
            "seconds": each.seconds, "first token, s": each.first_token_s, "tokens/s": each.tokens_per_s,
            "words": each.words, "ended by": ENDS.get(each.finish) or "itself",
        }
        for each in compare.results(made, trials).answers
    ]  # fmt: skip
    st.subheader("Before it", anchor=False)
    number = st.column_config.NumberColumn
    st.dataframe(
        rows, hide_index=True, key="live_table", height=min(420, 38 + 35 * len(rows)),
        column_config={name: number(format="%.2f") for name in ("seconds", "first token, s")}
        | {"tokens/s": number(format="%.0f")},
        alt=f"{len(rows)} earlier answers with their figures, one a row",
    )  # fmt: skip
    with st.expander("Read them", key="live_texts"):
        for trial in trials:
            if trial.generation and trial.generation.text:
                name = made.contenders[trial.contender].name
                st.markdown(f"**{plain(made.prompts[trial.prompt].title)}** :gray[{plain(name)}]  \n"
                            f"{plain(trial.generation.text)}")  # fmt: skip
