"""What does each task now, and what of it is in memory."""

import streamlit as st

from workbench.engine.footprint import available
from workbench.engine.interface import Engine, EngineStatus, Weights
from workbench.models.tasks import ADAPTERS, TASKS
from workbench.records import RegisteredModel
from workbench.settings import settings
from workbench.ui.inventory.known import adapter_name, title_of
from workbench.ui.words import plain, size

NAMES = {"brainstorm": "Brainstorm", "refine": "Refine", "evaluate": "Evaluate"}
ICONS = {"brainstorm": ":material/bolt:", "refine": ":material/edit_note:", "evaluate": ":material/balance:"}


def show(engine: Engine, models: list[RegisteredModel]) -> None:
    """Draw the three tasks, each with its model."""
    status = engine.status()
    with st.grid(min_column_width=240, key="in_use"):
        for task in TASKS:
            _task(task, engine.serving(task).status(), models)
    _words(status, models)


def in_memory(status: EngineStatus, models: list[RegisteredModel]) -> None:
    """Draw every base that this process has opened: where it is, and what it takes."""
    bases = status.bases or (status,)
    st.table(
        [
            {
                "Model": plain(title_of(models, base)),
                "Weights": size(base.bytes),
                "Its cache": size(base.kv_bytes) if base.weights is Weights.LOADED else "none",
                "Now": str(base.weights),
            }
            for base in bases
        ],
        hide_index=True,
    )
    several = " One model computes at a time; one that finds no room beside another takes its place." if (
        len(bases) > 1
    ) else ""
    st.caption(
        f"The app holds {size(status.resident_bytes)} of memory, {size(available())} are free. "
        f"At work: {status.running} · waiting: {status.queued}.{several}"
    )


def _task(task: str, status: EngineStatus, models: list[RegisteredModel]) -> None:
    with st.container(border=True, height="stretch", gap="xsmall", key=f"in_use_{task}"):
        st.caption(f"{ICONS[task]} {NAMES[task]}")
        if status.error:
            st.markdown(plain(status.error))
            return
        st.markdown(f"**{plain(title_of(models, status))}**")
        adapter = next((each for each in status.adapters if each.name == ADAPTERS[task]), None)
        if adapter is None:
            st.caption("the bare model")
            return
        home, _, own = adapter_name(models, adapter).rpartition("/")
        st.caption(f"through {f'its adapter {plain(own)}' if home == status.model else plain(own)}")


def _words(status: EngineStatus, models: list[RegisteredModel]) -> None:
    """Say what the model is that does most, and what wins over a choice made here."""
    found = next((each for each in models if each.sha256 == status.sha256 and each.notes), None)
    if found is not None:
        st.caption(plain(found.notes))
    if "model" in settings().model_fields_set:
        st.info(
            f"`WORKBENCH_MODEL` is set to `{settings().model}` and wins over what is chosen here. Start without it to "
            "switch on this page.",
            icon=":material/tune:",
        )
