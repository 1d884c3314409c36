"""What can be downloaded, as cards; size, disk and memory are shown before anything is fetched."""

from pathlib import Path

import streamlit as st

from workbench.engine.footprint import available
from workbench.errors import InputError
from workbench.models import machine
from workbench.models.background import measuring
from workbench.models.catalogue import Catalogue, Entry, read_catalogue
from workbench.models.downloads import Download, Offer, folder_of, forget, offer, unfinished
from workbench.models.recommend import Advice, in_words, recommend
from workbench.settings import settings
from workbench.ui.faults import act
from workbench.ui.inventory.shelf import shelf
from workbench.ui.words import parameters, plain, size

OFFER = "models_offer"  # what was asked for and waits for a yes


def show() -> None:
    """Draw what was begun and not ended, then every entry."""
    found = read_catalogue(settings().catalogue)
    _unfinished(found)
    advices = _advice(found)
    st.caption("Nothing is fetched before you have seen its exact size and said yes.")
    with st.grid(min_column_width=300, key="catalogue"):
        for entry in found.entries:
            if not entry.comes_along:
                _card(entry, advices.get(entry.name))


def _advice(found: Catalogue) -> dict[str, Advice]:
    """Say which model suits this machine, once it was measured; return what to expect of each."""
    measured = machine.remembered(settings().models)
    if measured is None:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown("Which one suits this machine? A short measurement tells; nothing is fetched for it.")
            st.button(
                "Measure this machine", key="measure_machine", icon=":material/speed:", on_click=_measure,
                disabled=shelf().busy,
            )  # fmt: skip
        return {}
    advices = recommend(found.entries, measured, free=available(), context=settings().context)
    st.markdown(plain(in_words(advices, measured)))
    return {advice.entry.name: advice for advice in advices}


def pending() -> None:
    """Draw the download that waits for a yes: what it takes, and what there is."""
    offered: Offer | None = st.session_state.get(OFFER)
    if offered is None:
        return
    memory = offered.entry.memory(offered.quantisation, settings().context)
    with st.container(border=True, key="offer"):
        st.markdown(f"**Get {plain(offered.entry.title)} {offered.quantisation}?**")
        rest = f", {size(offered.so_far)} are here already" if offered.so_far else ""
        st.markdown(
            f"- Download: {size(offered.remote.bytes)}{rest}\n"
            f"- Disk: {size(offered.disk_free)} free at `{settings().models}`\n"
            f"- Memory: about {size(memory)} when in use, {size(available())} free now\n"
            f"- Licence: {plain(offered.entry.licence)}"
        )
        if memory > available():
            st.warning("It needs more memory than is free now. Close other programs, or take a smaller one.")
        with st.container(horizontal=True, gap="small"):
            st.button(
                "Download it", key="offer_yes", type="primary", icon=":material/download:", on_click=_begin,
                args=(offered,), disabled=shelf().busy,
            )  # fmt: skip
            st.button("Not now", key="offer_no", on_click=_forget)


def _card(entry: Entry, advice: Advice | None) -> None:
    with st.container(border=True, height="stretch", gap="xsmall", key=f"entry_{entry.name}"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f"**{plain(entry.title)}**", width="content")
            if advice is not None and advice.recommended:
                st.badge("for this machine", icon=":material/thumb_up:", color="gray")
        st.markdown(plain(entry.good_for))
        st.space("stretch")
        names = list(entry.files)
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            picked = st.selectbox(
                "Quantisation", names, key=f"quant_{entry.name}", label_visibility="collapsed", width=130,
                help="Fewer bits: smaller and faster, a little worse",
            )  # fmt: skip
            _get(entry, picked or names[0])
        st.caption(_facts(entry, picked or names[0]))
        if advice is not None and advice.quantisation == picked:
            st.caption(plain(advice.words))


def _get(entry: Entry, quantisation: str) -> None:
    if folder_of(settings().models, entry, quantisation).is_dir():
        st.badge("installed", icon=":material/check:", color="gray")
        return
    st.button(
        f"Get, {size(entry.files[quantisation].bytes)}", key=f"get_{entry.name}", icon=":material/download:",
        on_click=_ask, args=(entry, quantisation), disabled=shelf().busy,
    )  # fmt: skip


def _facts(entry: Entry, quantisation: str) -> str:
    needed, free = entry.memory(quantisation, settings().context), available()
    room = f"{size(needed)} of memory, {size(free)} free"
    room = room if needed <= free else f":material/warning: {size(needed)} of memory, only {size(free)} free"
    gated = "asks for an account that accepted its licence (HF_TOKEN)" if entry.gated else "no account needed"
    return "  \n".join(
        [f"{parameters(entry.parameters)} parameters · {room}", f"{plain(entry.licence)} · {plain(gated)}"]
    )


def _unfinished(found: Catalogue) -> None:
    """Offer to go on with what a kill or a Cancel left."""
    begun = unfinished(settings().models)
    if shelf().busy:
        return
    for name in begun:
        entry, quantisation = _entry_of(found, name)
        with st.container(horizontal=True, vertical_alignment="center", border=True, key=f"begun_{name}"):
            st.markdown(f"**{plain(name)}** was begun and is not complete.", width="stretch")
            if entry is not None:
                st.button(
                    "Go on", key=f"go_on_{name}", icon=":material/download:", on_click=_ask, args=(entry, quantisation)
                )
            st.button("Throw its part away", key=f"drop_{name}", type="tertiary", on_click=_drop, args=(name,))


def _entry_of(found: Catalogue, name: str) -> tuple[Entry | None, str]:
    for entry in found.entries:
        for quantisation in entry.files:
            if folder_of(Path(), entry, quantisation).name == name:
                return entry, quantisation
    return None, ""


def _ask(entry: Entry, quantisation: str) -> None:
    act(lambda: st.session_state.update({OFFER: offer(settings().models, entry, quantisation)}))


def _measure() -> None:
    act(lambda: shelf().begin(measuring(settings().models)))


def _begin(offered: Offer) -> None:
    if act(_start, offered):
        _forget()


def _start(offered: Offer) -> None:
    offered.require_room()
    shelf().begin(Download(offered))


def _forget() -> None:
    st.session_state.pop(OFFER, None)


def _drop(name: str) -> None:
    act(_throw, name)


def _throw(name: str) -> None:
    if name not in unfinished(settings().models):
        raise InputError(f"There is no part of {name} any more.")
    forget(settings().models, name)
