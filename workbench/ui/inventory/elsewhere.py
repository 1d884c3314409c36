"""A model that is not in this process, one that could not be loaded, and the one that embeds."""

import streamlit as st

from workbench.engine import Embedder
from workbench.engine.interface import EngineStatus
from workbench.settings import settings
from workbench.ui.inventory.known import place
from workbench.ui.resources import ModelOnDisk
from workbench.ui.words import plain


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
        f"`manifest.json`; without the setting the model in `{place(settings().default_model)}` is loaded."
    )


def server() -> None:
    """Draw how to have a server answer instead."""
    st.subheader("A server instead", anchor=False)
    st.markdown(
        "A server that speaks the OpenAI protocol (llama-server, Ollama, vLLM, LM Studio) can answer in place of a "
        "model here. Start with"
    )
    example = "WORKBENCH_ENGINE=remote WORKBENCH_REMOTE_URL=http://localhost:11434/v1"
    st.code(f"{example} \\\n    WORKBENCH_REMOTE_MODEL=llama3.2 make run", language="bash")


def queue(status: EngineStatus) -> None:
    """Draw what is at work there and what waits."""
    st.caption(f"At work: {status.running} · waiting: {status.queued}")
