"""Which model does which task, what is in memory, and how to have another one or go back."""

import streamlit as st

from workbench.ui import header
from workbench.ui.faults import failures
from workbench.ui.inventory import adding, catalogue, elsewhere, history, in_use, installed, known, progress
from workbench.ui.resources import desk, model_on_disk, opened

with failures():
    header.show("Models")
    engine, store = desk().engine, desk().store
    status = engine.status()
    models, broken = known.registered()
    if status.error:
        elsewhere.missing(status, model_on_disk())
    elif status.server:
        elsewhere.remote(status)
        elsewhere.queue(status)
    else:
        in_use.show(engine, models)
        with st.expander("In memory", icon=":material/memory:", key="in_memory", expanded=True):
            in_use.in_memory(status, models)
    progress.show()
    catalogue.pending()
    here, get, add, back = st.tabs(["On this machine", "Get another", "Add a file", "History"], key="models_tabs")
    with here:
        installed.show(models, broken, store.in_use().of)
    with get:
        catalogue.show()
    with add:
        adding.show(models)
    with back:
        history.show()
    elsewhere.embedding(desk().embedder, opened().embedding_error)
    elsewhere.server()
