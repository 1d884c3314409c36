"""The models on this machine: each with its figures and adapters, one click to switch."""

from collections.abc import Mapping
from pathlib import Path

import streamlit as st

from workbench.models.placing import comes_along
from workbench.models.tasks import TASKS
from workbench.records import Binding, Kind, RegisteredModel
from workbench.settings import settings
from workbench.ui.inventory import switching
from workbench.ui.inventory.in_use import NAMES
from workbench.ui.inventory.known import facts
from workbench.ui.words import counted, distinct, plain, size


def show(models: list[RegisteredModel], broken: Mapping[str, str], of: Mapping[str, Binding]) -> None:
    """Draw every base with its adapters, and what lies there and cannot be read."""
    bases = {each.id: _tasks_of(each, of) for each in models if each.kind is Kind.BASE}
    for base in sorted((each for each in models if each.id in bases), key=lambda it: (not bases[it.id], it.name)):
        mine = [each for each in models if each.kind is Kind.ADAPTER and each.base_sha256 == base.sha256]
        _base(base, mine, bases[base.id])
    for path, reason in broken.items():
        st.warning(f"{plain(Path(path).name)}: {plain(reason)}", icon=":material/warning:")


def _tasks_of(base: RegisteredModel, of: Mapping[str, Binding]) -> list[str]:
    """Return the tasks that this model was chosen for; the default does those that nothing was chosen for."""
    default = base.path == str(settings().model)
    return [task for task in TASKS if (of[task].base.id == base.id if task in of else default)]


def _base(base: RegisteredModel, adapters: list[RegisteredModel], tasks: list[str]) -> None:
    with st.container(border=True, gap="xsmall", key=f"model_{base.id}"):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            with st.container(horizontal=True, vertical_alignment="center", gap="small", width="content"):
                st.markdown(f"**{plain(base.title)}**", width="content")
                if tasks:
                    which = "" if len(tasks) == len(TASKS) else f": {', '.join(tasks)}"
                    st.badge(f"in use{which}", icon=":material/check:", color="gray")
            _actions(base, adapters, tasks)
        st.caption("  \n".join(part for part in (plain(facts(base)), plain(base.notes)) if part))
        if adapters:
            with st.expander(counted(len(adapters), "adapter"), key=f"adapters_{base.id}"):
                for adapter in adapters:
                    _adapter(base, adapter)


def _actions(base: RegisteredModel, adapters: list[RegisteredModel], tasks: list[str]) -> None:
    fixed = "model" in settings().model_fields_set
    with st.container(horizontal=True, gap="xsmall", width="content"):
        st.button(
            "Use for everything", key=f"use_{base.id}", icon=":material/swap_horiz:", on_click=switching.use_for,
            args=(base,), disabled=fixed or len(tasks) == len(TASKS),
        )  # fmt: skip
        with st.popover("For a task", key=f"menu_{base.id}", disabled=fixed, help="Choose tasks and an adapter"):
            st.pills(
                "Tasks", TASKS, selection_mode="multi", format_func=lambda task: NAMES[task], key=f"tasks_{base.id}"
            )
            names = distinct({switching.OWN: "its own", switching.BARE: "none: the bare model"} | {
                each.path: each.name for each in adapters
            })
            st.selectbox("Adapter", list(names), format_func=names.__getitem__, key=f"adapter_{base.id}")
            st.button(
                "Switch", key=f"switch_{base.id}", type="primary", on_click=switching.use_chosen, args=(base,)
            )
        if Path(base.path).is_relative_to(settings().models) and not comes_along(Path(base.path)):
            _remove(base)


def _adapter(base: RegisteredModel, adapter: RegisteredModel) -> None:
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(f"{plain(adapter.name)}  \n:gray[:small[{plain(facts(adapter))}]]", width="stretch")
        if adapter.task in TASKS and "model" not in settings().model_fields_set:
            st.button(
                f"Use to {adapter.task}", key=f"use_adapter_{adapter.id}", type="tertiary",
                on_click=switching.use_for, args=(base, _served(adapter.task), adapter.path),
            )  # fmt: skip
        if Path(adapter.path).parent.parent == settings().models / "adapters":
            _remove(adapter)


def _served(task: str) -> tuple[str, ...]:
    """Return the tasks that an adapter for this one does."""
    return ("refine", "evaluate") if task == "refine" else (task,)


def _remove(model: RegisteredModel) -> None:
    with st.popover("Remove", icon=":material/delete:", key=f"remove_{model.id}", type="tertiary"):
        st.markdown(f"Remove **{plain(model.name)}**, {size(model.bytes)}, from this disk? This cannot be undone.")
        st.button("Remove it", key=f"remove_go_{model.id}", on_click=switching.throw_away, args=(model,))
