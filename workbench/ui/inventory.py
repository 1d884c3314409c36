"""The Models page's parts: what is loaded, what it serves, what it takes; or why nothing is."""

from pathlib import Path

import streamlit as st

from workbench.engine.interface import EngineStatus
from workbench.models import Installed
from workbench.settings import ROOT
from workbench.ui.resources import ModelOnDisk
from workbench.ui.words import parameters, plain, size

TASKS = {"brainstorm": "Brainstorm", "refine": "Refine and Evaluate"}


def loaded(status: EngineStatus, disk: ModelOnDisk) -> None:
    """Draw the base model: its name and words, its figures, its file."""
    installed = disk.installed
    st.subheader(plain(installed.title if installed else status.model), anchor=False)
    if installed and installed.notes:
        st.markdown(plain(installed.notes))
    with st.grid(min_column_width=150):
        st.metric("Parameters", parameters(status.parameters))
        st.metric("File", size(status.bytes))
        st.metric("Memory of the app", size(status.resident_bytes))
        st.metric("Context", f"{status.context:,} tokens")
        st.metric("Its cache", size(status.kv_bytes))
    _lines(status, installed)


def adapters(status: EngineStatus) -> None:
    """Draw which adapter serves which task."""
    st.subheader("Adapters", anchor=False)
    if not status.adapters:
        st.caption("None: the base model does all three tasks itself.")
        return
    st.table(
        [
            {
                "Task": TASKS.get(each.name, each.name),
                "Adapter": plain(each.path.name),
                "Size": size(each.bytes),
                "Rank": str(each.rank),
                "Now": "in use" if each.name == status.active_adapter else "loaded",
            }
            for each in status.adapters
        ],
        hide_index=True,
    )


def queue(status: EngineStatus) -> None:
    """Draw what is at work and what waits."""
    st.caption(f"At work: {status.running} · waiting: {status.queued}")


def missing(status: EngineStatus, disk: ModelOnDisk) -> None:
    """Draw why there is no model and what to do; the sentence of the file comes first."""
    st.error(plain(status.error or ""), icon=":material/error:")
    if disk.error and disk.error != status.error:
        st.caption(plain(disk.error))
    st.markdown(
        "Everything that needs no model goes on: your boards, your own ideas, the library, search and history.\n\n"
        "To get a model back, start the app with `WORKBENCH_MODEL` set to a GGUF file or to a folder with a "
        "`manifest.json`; without the setting the starter in `data/models/starter` is loaded."
    )


def other() -> None:
    """Draw how to move to another model."""
    st.subheader("Another model", anchor=False)
    st.markdown(
        "Any Llama-3-type instruct model as a GGUF file works. Llama-3.2-1B-Instruct (Q4_K_M, about 0.8 GB on disk, "
        "about 1.5 GB of memory) writes far better than the starter. Put the file anywhere and start with"
    )
    st.code("WORKBENCH_MODEL=path/to/Llama-3.2-1B-Instruct-Q4_K_M.gguf make run", language="bash")


def _place(path: Path | None) -> str:
    """Return where a file is, seen from the project's folder when it lies in there."""
    if path is None:
        return ""
    return str(path.relative_to(ROOT) if path.is_relative_to(ROOT) else path)


def _lines(status: EngineStatus, installed: Installed | None) -> None:
    lines = [f"File: {plain(_place(status.path))}", f"SHA-256: {status.sha256[:16]}…"]
    if installed and installed.licence:
        lines.append(f"Licence: {plain(installed.licence)}")
    st.caption("  \n".join(lines))
