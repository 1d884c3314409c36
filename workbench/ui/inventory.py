"""The Models page's parts: what is loaded, what it serves, what it takes; or why nothing is."""

from pathlib import Path

import streamlit as st

from workbench.engine import Embedder
from workbench.engine.interface import EngineStatus, Weights
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


def remote(status: EngineStatus) -> None:
    """Draw which server answers with which model, and what that means for what is asked."""
    st.subheader(plain(status.model), anchor=False)
    st.markdown(
        "Questions and ideas go to that server whenever you brainstorm, refine or evaluate; boards, library and "
        "history stay here. Its key, if it asks for one, comes from `WORKBENCH_REMOTE_KEY` and is neither stored nor "
        "shown. To have a model on this computer again, start without `WORKBENCH_ENGINE`."
    )
    st.table(
        [
            {"Task": words, "Model": plain(status.model_for(task))}
            for task, words in {"brainstorm": "Brainstorm", "refine": "Refine", "evaluate": "Evaluate"}.items()
        ],
        hide_index=True,
    )


def embedding(embedder: Embedder | None, error: str) -> None:
    """Draw what tells which ideas are alike."""
    st.subheader("What tells which ideas are alike", anchor=False)
    if error:
        st.warning(plain(error), icon=":material/warning:")
    if embedder:
        st.caption(f"Their words, and their meaning by the model **{plain(embedder.name)}** on this computer.")
    else:
        st.caption(
            "Their words. With an embedding model their meaning counts too: start with `WORKBENCH_EMBEDDING_MODEL` set "
            "to its GGUF file, as `python -m finetune.embedding_gguf` makes one."
        )


def adapters(status: EngineStatus) -> None:
    """Draw which adapter serves which task."""
    st.subheader("Adapters", anchor=False)
    if not status.adapters:
        st.caption("None: the base model does all three tasks itself.")
        return
    idle = "loaded" if status.weights is Weights.LOADED else "on the disk"
    st.table(
        [
            {
                "Task": TASKS.get(each.name, each.name),
                "Adapter": plain(each.path.name),
                "Size": size(each.bytes),
                "Rank": str(each.rank),
                "Now": "in use" if each.name == status.active_adapter else idle,
            }
            for each in status.adapters
        ],
        hide_index=True,
    )


def queue(status: EngineStatus) -> None:
    """Draw where the model is, what is at work and what waits."""
    model = f"Model: {status.weights} · " if status.path is not None else ""
    st.caption(f"{model}at work: {status.running} · waiting: {status.queued}")


def missing(status: EngineStatus, disk: ModelOnDisk) -> None:
    """Draw why there is no model and what to do; the sentence of the file comes first."""
    st.error(plain(status.error or ""), icon=":material/error:")
    st.markdown("Everything that needs no model goes on: your boards, your own ideas, the library, search and history.")
    if status.path is None:  # a server was asked for
        st.markdown("To have the model on this computer instead, start without `WORKBENCH_ENGINE`.")
        return
    if disk.error and disk.error != status.error:
        st.caption(plain(disk.error))
    st.markdown(
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
    st.markdown("Or ask a server that speaks the OpenAI protocol (llama-server, Ollama, vLLM, LM Studio):")
    server = "WORKBENCH_ENGINE=remote WORKBENCH_REMOTE_URL=http://localhost:11434/v1"
    st.code(f"{server} \\\n    WORKBENCH_REMOTE_MODEL=llama3.2 make run", language="bash")


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
