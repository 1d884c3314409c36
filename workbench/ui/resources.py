"""The one desk of this app process, opened at the first page and shared by every tab."""

from dataclasses import dataclass

import streamlit as st

from workbench.assist import Desk
from workbench.engine import open_embedder, open_engine
from workbench.errors import ModelError
from workbench.models import Installed, read_model
from workbench.models.registry import refresh
from workbench.records import Kind, RegisteredModel
from workbench.settings import settings
from workbench.store import Library, Store


@dataclass(frozen=True, slots=True)
class ModelOnDisk:
    """What lies at the place the settings name: a model, or the sentence that says what is wrong with it."""

    installed: Installed | None
    error: str = ""


@dataclass(frozen=True, slots=True)
class Opened:
    """The desk, and why its embedding model could not be loaded."""

    desk: Desk
    embedding_error: str = ""


def desk() -> Desk:
    """Return the desk; a model that cannot be loaded leaves everything but the three verbs at work."""
    return opened().desk


@st.cache_resource(
    max_entries=1, on_release=lambda it: it.desk.close(), show_spinner="Opening your boards and the model"
)
def opened() -> Opened:
    """Return the desk of this process, opened by the first who asks."""
    chosen = settings()
    store, embedder, error = Store(chosen.db), None, ""
    refresh(store, chosen)
    engine = open_engine(chosen, store)
    try:
        embedder = open_embedder(chosen, engine)
    except ModelError as reason:
        error = str(reason)
    return Opened(Desk(engine, store, Library(chosen.library, chosen.library_file), embedder), error)


def at_work() -> RegisteredModel | None:
    """Return what the registry knows of the model that brainstorms; None for one on a server."""
    it = opened().desk
    status = it.engine.status()
    found = [each for each in it.store.registered(kind=Kind.BASE) if each.sha256 == status.sha256]
    return next((each for each in found if each.name == status.model), found[0] if found else None)


@st.cache_resource(max_entries=1, show_spinner=False)
def model_on_disk() -> ModelOnDisk:
    """Return the model's manifest, read once: hashing a base of 800 MB takes a second."""
    try:
        return ModelOnDisk(read_model(settings().model))
    except ModelError as error:
        return ModelOnDisk(None, str(error))
