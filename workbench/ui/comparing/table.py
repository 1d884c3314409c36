"""A comparison as the table people publish: prompts by models, seconds and words; and each model's figures."""

from functools import partial

import streamlit as st

from workbench.lab import compare
from workbench.records import Comparison, ComparisonKind
from workbench.ui.comparing import choosing
from workbench.ui.resources import desk
from workbench.ui.words import counted, distinct, plain

MIME = {"md": "text/markdown", "csv": "text/csv", "json": "application/json"}
NAMES = {"md": "Markdown", "csv": "CSV", "json": "JSON"}


def show() -> None:
    """Draw the tables of a comparison and its files."""
    found = timed()
    if not found:
        return
    made = choosing.pick_comparison(found, "table_which")
    ballot = compare.ballot(desk().store, made.id)
    results = compare.results(made, ballot.trials)
    _about(made, results)
    st.subheader("Seconds and words", anchor=False)
    rows = published(made, results)
    st.dataframe(
        rows, hide_index=True, key="compare_published", height=min(560, 40 + 35 * len(rows)),
        column_config={"prompt": st.column_config.TextColumn(width="medium", pinned=True)},
        alt=f"Median seconds and words of {len(made.contenders)} models on {len(rows)} prompts",
    )  # fmt: skip
    st.subheader("Figures of each model", anchor=False)
    st.dataframe(
        figures(made, results), hide_index=True, key="compare_figures",
        column_config={"model": st.column_config.TextColumn(width="medium", pinned=True)},
        alt="Each model's medians: time to the first token, tokens a second, seconds, tokens, words, memory",
    )  # fmt: skip
    with st.container(horizontal=True, gap="xsmall"):
        for form in compare.FORMS:
            st.download_button(
                f"Save as {NAMES[form]}", partial(_file, made.id, form), f"comparison-{made.id}.{form}", MIME[form],
                key=f"compare_save_{form}", icon=":material/download:", type="tertiary", on_click="ignore",
            )  # fmt: skip
    _read(made, results)


def timed() -> list[Comparison]:
    """Return the comparisons that have answers with times; without one, say what to do."""
    store = desk().store
    kinds = (ComparisonKind.BATCH, ComparisonKind.LIVE)
    found = [each for each in store.comparisons() if each.kind in kinds and store.trial_counts(each.id)[0]]
    if not found:
        st.markdown("There is nothing to show yet. Try a model, or start a batch: its answers appear as they come.")
    return found


def published(made: Comparison, results: compare.Results) -> list[dict[str, str]]:
    """Return a row for each prompt, with the seconds and words of each model."""
    names = distinct(dict(enumerate(prompt.title for prompt in made.prompts)))
    return [
        {"prompt": names[place]} | {
            f"{contender.name}, {what}": compare.said(cell)
            for at, contender in enumerate(made.contenders)
            for what, cell in (("s", results.cells[place, at].seconds), ("words", results.cells[place, at].words))
        }
        for place in range(len(made.prompts))
    ]  # fmt: skip


def figures(made: Comparison, results: compare.Results) -> list[dict[str, object]]:
    """Return a row for each model."""
    return [
        {
            "model": made.contenders[row.contender].name, "answers": row.answers,
            "first token, s": compare.said(row.first_token_s), "tokens/s": compare.said(row.tokens_per_s),
            "seconds": compare.said(row.seconds), "tokens": compare.said(row.tokens), "words": compare.said(row.words),
            "prompt tokens": compare.said(row.prompt_tokens), "memory, MB": compare.number(row.memory_mb),
            "ended by": ", ".join(f"{finish} {count}" for finish, count in row.finishes.items()),
            "failed": row.failed, "disturbed": row.disturbed, "warm-up, s": compare.number(row.warm_up_s),
        }
        for row in results.rows
    ]  # fmt: skip


def _about(made: Comparison, results: compare.Results) -> None:
    told = [f"{key} {value}" for key, value in made.sampling.items()]
    machine = made.machine
    where = f" on {plain(str(machine['processor']))}, {machine['cores']} cores" if machine.get("processor") else ""
    words = [
        f"Medians{where}, the range in brackets. {counted(made.repeats, 'repeat')}, the same for all: "
        f"{', '.join(told)}, seed {made.seed}. Order drawn by lot, warm-up apart, each prompt processed whole."
    ]
    if results.open:
        words.append(f"**{counted(results.open, 'answer')} to come.**")
    if disturbed := sum(row.disturbed for row in results.rows):
        words.append(
            f"{counted(disturbed, 'answer')} came while the workbench generated elsewhere too: their times are long."
        )
    if any(contender.server for contender in made.contenders):
        words.append("A server may keep the beginnings of prompts, and its memory is not measured.")
    st.caption(" ".join(words))


def _read(made: Comparison, results: compare.Results) -> None:
    folded = st.expander("Read the answers, with their models (vote first, if you want to vote blind)",
                         key="compare_read", on_change="rerun")  # fmt: skip
    if not folded.open:  # a closed one costs nothing
        return
    with folded:
        names = distinct(dict(enumerate(prompt.title for prompt in made.prompts)))
        at = st.selectbox("Prompt", list(names), format_func=lambda place: names.get(place, ""), key="compare_read_at")
        with st.grid(2, min_column_width=300):
            for each in (answer for answer in results.answers if answer.prompt == at and answer.finish):
                with st.container(border=True):
                    seconds = f"{compare.number(each.seconds)} s · " if each.seconds is not None else ""
                    st.markdown(f"**{plain(made.contenders[each.contender].name)}**")
                    st.markdown(plain(each.text) or ":gray[(nothing)]")
                    st.caption(f"{seconds}{counted(each.words, 'word')} · {each.finish} · seed {each.seed}")


def _file(comparison_id: int, form: str) -> bytes:
    return compare.document(compare.ballot(desk().store, comparison_id), form).encode("utf-8")
