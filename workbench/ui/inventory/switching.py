"""What a click on the Models page does: switch, roll back, remove. Safe to use as widgets' callbacks."""

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from workbench.errors import InputError
from workbench.models.placing import remove
from workbench.models.registry import refresh, use
from workbench.models.tasks import TASKS
from workbench.records import Kind, RegisteredModel
from workbench.settings import settings
from workbench.ui.faults import act
from workbench.ui.resources import desk
from workbench.ui.words import label

OWN, BARE = "own", "bare"  # instead of an adapter's path


def use_for(base: RegisteredModel, tasks: Sequence[str] = TASKS, adapter: str | None = None) -> None:
    """Let a model do the tasks."""
    if act(use, desk().store, settings(), base.path, tasks=tasks, adapter=adapter):
        _say(desk().store.in_use().words)


def use_chosen(base: RegisteredModel) -> None:
    """Let a model do the tasks that are ticked, through the adapter that is picked."""
    tasks = st.session_state.get(f"tasks_{base.id}") or []
    if not tasks:
        act(_nothing_ticked)
        return
    picked = st.session_state.get(f"adapter_{base.id}", OWN)
    use_for(base, tasks, {OWN: None, BARE: ""}.get(picked, picked))


def roll_back(to: int | None = None) -> None:
    """Let an earlier state hold again."""
    if act(desk().store.roll_back, to):
        _say(desk().store.in_use().words)


def throw_away(model: RegisteredModel) -> None:
    """Remove a model, or an adapter that was added by itself, from the disk."""
    if act(_remove, model):
        _say(f"Removed: {model.name}")


def _remove(model: RegisteredModel) -> None:
    for task, binding in desk().store.in_use().of.items():
        if model.id in (binding.base.id, binding.adapter.id if binding.adapter else None):
            raise InputError(f"{model.name} is in use to {task}. Let another model do that first.")
    path = Path(model.path)
    remove(path.parent if model.kind is Kind.ADAPTER else path)
    refresh(desk().store, settings())


def _nothing_ticked() -> None:
    raise InputError("No task is ticked: tick one, then switch.")


def _say(words: str) -> None:
    st.toast(label(words, 120), icon=":material/swap_horiz:")
