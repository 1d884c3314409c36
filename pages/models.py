"""What is loaded, what serves which task, and what to do when nothing is."""

from workbench.ui import header, inventory
from workbench.ui.faults import failures
from workbench.ui.resources import desk, model_on_disk, opened

with failures():
    header.show("Models")
    status, disk = desk().engine.status(), model_on_disk()
    if status.error:
        inventory.missing(status, disk)
    elif status.server:
        inventory.remote(status)
        inventory.queue(status)
    else:
        inventory.loaded(status, disk)
        inventory.adapters(status)
        inventory.queue(status)
    inventory.embedding(desk().embedder, opened().embedding_error)
    inventory.other()
