"""An unattended comparison: what is asked of whom, the jobs at work, those that were cut off."""

import streamlit as st

from workbench.assist.prompts.comparing import WARM_UP
from workbench.bench.machine import describe
from workbench.lab import compare
from workbench.records import Comparison, ComparisonJob, ComparisonKind, JobState, NewComparison, Prompt, PromptSet
from workbench.ui.comparing import choosing, own_sets
from workbench.ui.faults import act, show_fault
from workbench.ui.resources import desk
from workbench.ui.words import counted, distinct, plain, short, when

POLL = 1.0  # seconds between two looks at the jobs
LISTED = 20
STATES = {
    JobState.WAITING: ":material/hourglass_top: waits for its turn", JobState.RUNNING: "",
    JobState.DONE: ":material/check: done", JobState.CANCELLED: ":material/stop_circle: stopped by you",
    JobState.FAILED: ":material/error: failed", JobState.INTERRUPTED: ":material/power_off: cut off",
}  # fmt: skip


def show() -> None:
    """Draw what to compare, the start, and the jobs."""
    _plan()
    _jobs()


def _plan() -> None:
    with st.container(border=True, key="batch_plan"):
        with st.grid(2, min_column_width=280):
            with st.container(gap="small"):
                asked = choosing.pick_set("batch_set")
                if asked.about:
                    st.caption(plain(asked.about))
                prompts = _some(asked)
            with st.container(gap="small"):
                found = {each.name: each for each in choosing.contenders()}
                picked = st.multiselect("Models", list(found), key="batch_models", persist_state="session")
                with st.container(horizontal=True):
                    choosing.add_server("batch")
                    own_sets.show()
        with st.grid(4, min_column_width=150):
            repeats = st.number_input("Repeats", 1, 50, 3, key="batch_repeats", persist_state="session")
            limit = st.number_input(
                "Token limit", 16, 4096, 512, key="batch_limit", persist_state="session",
                help="Of one answer. An answer that is cut there takes no part in votes.",
            )  # fmt: skip
            heat = st.number_input(
                "Temperature", 0.0, 2.0, 0.7, 0.1, key="batch_heat", persist_state="session",
                help="0 takes the likeliest token each time: every repeat then says the same, and only times differ.",
            )  # fmt: skip
            seed = st.number_input("Seed", 0, 2**31 - 1, 1, key="batch_seed", persist_state="session")
        chosen = [found[name] for name in picked if name in found]
        new = NewComparison(
            title=f"{asked.name}: {', '.join(each.name for each in chosen)}", kind=ComparisonKind.BATCH,
            prompts=prompts, contenders=tuple(chosen), repeats=int(repeats), seed=int(seed),
            sampling={"temperature": float(heat), "max_tokens": int(limit)}, warm_up=WARM_UP,
        )  # fmt: skip
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(
                "Start", key="batch_go", type="primary", icon=":material/play_arrow:", disabled=not chosen,
                on_click=_start, args=(new,),
            )  # fmt: skip
            planned = choosing.answers_planned(len(prompts), len(chosen), int(repeats))
            st.caption(planned if chosen else "Pick models.")
        st.caption(
            "It runs in a process of its own at lower priority, in an order drawn by lot, one model in memory at a "
            "time. It goes on when this app is closed, and can be stopped and resumed. Sampling and seed are the same "
            "for all."
        )


def _some(asked: PromptSet) -> tuple[Prompt, ...]:
    """Draw the choice of some prompts of a set; none chosen are all."""
    titles = distinct(dict(enumerate(prompt.title for prompt in asked.prompts)))
    picked = st.multiselect(
        "Prompts", list(titles), format_func=lambda at: titles.get(at, ""), key=f"batch_prompts_{asked.name}",
        placeholder=f"All {len(titles)}", label_visibility="collapsed", persist_state="session",
    )  # fmt: skip
    return tuple(asked.prompts[at] for at in sorted(picked)) or asked.prompts


def _start(new: NewComparison) -> None:
    def start() -> None:
        made = compare.plan(desk().store, NewComparison(**{
            name: getattr(new, name) for name in ("title", "kind", "prompts", "contenders", "sampling", "repeats",
                                                  "seed", "warm_up")
        }, machine=describe()))  # fmt: skip
        choosing.choose(made.id)
        compare.start(desk().store, made.id)

    act(start)


def _jobs() -> None:
    """Draw the batches, again and again while one is at work."""
    store = desk().store
    listed = [each for each in store.comparisons() if each.kind is ComparisonKind.BATCH][:LISTED]
    live = any(job and job.live for job in map(_job, listed))

    @st.fragment(run_every=POLL if live else None)
    def panel() -> None:
        jobs = {each.id: _job(each) for each in listed}
        show_fault()
        for each in listed:
            _line(each, jobs[each.id])
        if live and not any(job and job.live for job in jobs.values()):
            st.rerun()

    if listed:
        st.subheader("Batches", anchor=False)
        panel()


def _job(made: Comparison) -> ComparisonJob | None:
    return next(iter(desk().store.jobs(made.id)), None)


def _line(made: Comparison, job: ComparisonJob | None) -> None:
    done, none, total = desk().store.trial_counts(made.id)
    state = job.state if job else JobState.INTERRUPTED
    with st.container(border=True, key=f"batch_{made.id}", gap="small"):
        st.markdown(f"**{plain(short(made.title, 120))}** :gray[:small[{when(made.created)}]]")
        if job and job.live:
            waits = " · waits for its turn" if state is JobState.WAITING else ""
            st.progress(done / max(1, total), text=f"{done} of {counted(total, 'answer')}{waits}")
        elif job and job.error:
            st.caption(plain(job.error))
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            if not (job and job.live):
                failed = f" · {none} failed or cut off" if none else ""
                st.caption(f"{STATES[state]} · {done} of {counted(total, 'answer')}{failed}", width="stretch")
            if job and job.live:
                st.button(
                    "Stop", key=f"batch_stop_{made.id}", icon=":material/stop_circle:", on_click=choosing.do,
                    args=(desk().store.cancel_job, job.id),
                )  # fmt: skip
            elif done < total or none:
                st.button(
                    "Resume", key=f"batch_resume_{made.id}", icon=":material/resume:", on_click=choosing.do,
                    args=(compare.start, desk().store, made.id),
                )  # fmt: skip
            if not (job and job.live):
                st.button(
                    "Remove", key=f"batch_remove_{made.id}", icon=":material/delete:", type="tertiary",
                    on_click=choosing.do,
                    args=(desk().store.remove_comparison, made.id),
                )  # fmt: skip
