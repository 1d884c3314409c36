"""A model's file, by its path or uploaded. It is tried in a process of its own before it is added."""

import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from workbench.errors import InputError
from workbench.models.adding import MOST_UPLOADED, check_upload
from workbench.models.background import adding
from workbench.models.placing import slug
from workbench.records import Kind, RegisteredModel
from workbench.settings import settings
from workbench.ui.faults import act
from workbench.ui.inventory.shelf import shelf

if TYPE_CHECKING:
    from streamlit.runtime.uploaded_file_manager import UploadedFile

UPLOADS = ".uploads"  # folder beside the models
PATH, FILE, ROUND, BASE = "add_path", "add_file", "add_round", "add_base"
ANY = "the one that it fits"
PIECE = 8 * 2**20  # bytes of a write
OLD = 86_400  # seconds after which nobody is at an upload any more


def show(models: list[RegisteredModel]) -> None:
    """Draw the two ways, and which base an adapter is for."""
    st.markdown(
        "Any instruct model, or LoRA adapter, as a GGUF file. It is looked at, tried for some seconds in a process of "
        "its own, and copied into the models folder; it is in use only once you choose it."
    )
    names = [each.name for each in models if each.kind is Kind.BASE]
    st.selectbox("An adapter's base", [ANY, *dict.fromkeys(names)], key=BASE, width=320)
    _by_path()
    _by_upload()


def _by_path() -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input("Path on the app's computer", key=PATH, placeholder="models/Llama-3.2-1B-Instruct-Q4_K_M.gguf")
        st.button("Add", key="add_path_go", icon=":material/add:", on_click=_add_path, disabled=shelf().busy)


def _by_upload() -> None:
    most = MOST_UPLOADED // 2**20
    key = f"{FILE}_{st.session_state.setdefault(ROUND, 0)}"  # a new key empties the field, and frees the memory
    st.file_uploader(
        f"Or upload it: up to {most / 1024:.0f} GB, which pass through the app's memory; a larger one by its path",
        type=["gguf"], key=key, max_upload_size=most,
    )  # fmt: skip
    if st.session_state.get(key) is not None:
        st.button(
            "Add the uploaded file", key="add_file_go", type="primary", icon=":material/add:", on_click=_add_upload,
            args=(key,), disabled=shelf().busy,
        )  # fmt: skip


def _add_path() -> None:
    act(_start_path, st.session_state[PATH].strip())


def _start_path(given: str) -> None:
    if not given:
        raise InputError("No path was given; write where the GGUF file lies.")
    path = Path(given).expanduser()
    if not path.is_file():
        raise InputError(f"There is no file at {given}. Check the path: it is one of the computer the app runs on.")
    _start(path, own=False)


def _add_upload(key: str) -> None:
    uploaded = st.session_state.get(key)
    if uploaded is not None and act(_start_upload, uploaded):
        st.session_state[ROUND] += 1


def _start_upload(uploaded: "UploadedFile") -> None:
    models = settings().models
    check_upload(models, uploaded.name, uploaded.size, uploaded.getbuffer()[:4].tobytes())
    if shelf().busy:
        raise InputError("Another model is on its way. Wait for it, or cancel it first.")
    folder = models / UPLOADS
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.iterdir():  # by an app that was killed
        if time.time() - left.stat().st_mtime > OLD:
            left.unlink()
    target = folder / f"{slug(Path(uploaded.name).stem)}.gguf"
    uploaded.seek(0)
    with target.open("wb") as file:
        shutil.copyfileobj(uploaded, file, PIECE)
    _start(target, own=True)


def _start(path: Path, *, own: bool) -> None:
    base = st.session_state.get(BASE, ANY)
    shelf().begin(
        adding(settings().models, path, base=None if base == ANY else base, own=own, more=(settings().model,))
    )

