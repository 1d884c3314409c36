"""What was chosen when, and the way back."""

import streamlit as st

from workbench.models.tasks import TASKS
from workbench.records import Switch
from workbench.ui.inventory import switching
from workbench.ui.inventory.in_use import NAMES
from workbench.ui.resources import desk
from workbench.ui.words import plain, when

SHOWN = 12


def show() -> None:
    """Draw the switches, newest first, each with a click that brings it back."""
    switches = desk().store.switches(SHOWN)
    if not switches:
        st.caption("Nothing was switched yet. Each switch becomes a line here, and each line can be brought back.")
        return
    holds = switches[0].restores if switches[0].restores is not None else switches[0].id
    st.button(
        "Roll back the last switch", key="roll_back", icon=":material/undo:", on_click=switching.roll_back,
        disabled=holds == 0,
    )  # fmt: skip
    for switch in switches:
        _row(switch, in_use=switch is switches[0], same=switch.id == holds)


def _row(switch: Switch, *, in_use: bool, same: bool) -> None:
    with st.container(
        horizontal=True, vertical_alignment="center", horizontal_alignment="distribute", wrap=False, border=True
    ):
        about = f":gray[:small[{when(switch.created)} · {plain(_state(switch))}]]"
        st.markdown(f"{plain(switch.words)}  \n{about}", width="stretch")
        if in_use:
            st.badge("in use", icon=":material/check:", color="gray")
        elif not same and switch.restores is None:
            st.button(
                "Bring back", key=f"bring_back_{switch.id}", type="tertiary", on_click=switching.roll_back,
                args=(switch.id,),
            )  # fmt: skip


def _state(switch: Switch) -> str:
    said: dict[str, list[str]] = {}
    for task in TASKS:
        binding = switch.of.get(task)
        name = "the default" if binding is None else binding.adapter.name if binding.adapter else binding.base.name
        said.setdefault(name, []).append(NAMES[task])
    return ", ".join(f"{' and '.join(tasks)}: {name}" for name, tasks in said.items())
