"""Every expected failure. The message is one sentence a user can read: what was given, what is wrong, what to do.

WorkbenchError
├── InputError              a value the person gave cannot be used
│   └── BadFile             a file to import cannot be read; the sentence names the line
├── StoreError              the database cannot be used
│   ├── NewerDatabase       written by a newer version; left untouched
│   ├── DamagedDatabase     integrity check failed; left untouched
│   └── NotFound            no such board, idea, revision ...
├── ModelError              a model or adapter file cannot be used
│   ├── ModelMissing        no file there
│   ├── ModelDamaged        truncated, or not GGUF
│   ├── ModelTooLarge       would not fit into memory
│   ├── AdapterMismatch     adapter of another base model
│   └── HubError            a model hub cannot give a file
│       └── DownloadStopped     by the person; the part is kept
└── EngineError             the engine cannot serve a request
    ├── EngineBusy          the queue is full
    └── EngineClosed        no model is loaded, or it was closed
"""


class WorkbenchError(Exception):
    """An expected failure; `str()` is the sentence to show."""


class InputError(WorkbenchError):
    """A value the person gave cannot be used."""


class BadFile(InputError):
    """A file to import cannot be read; nothing of it was taken."""


class StoreError(WorkbenchError):
    """The database cannot be used."""


class NewerDatabase(StoreError):
    """The database was written by a newer version of the workbench."""


class DamagedDatabase(StoreError):
    """The database failed SQLite's integrity check."""


class NotFound(StoreError):
    """No such row."""


class ModelError(WorkbenchError):
    """A model or adapter file cannot be used."""


class ModelMissing(ModelError):
    """There is no file at the given place."""


class ModelDamaged(ModelError):
    """The file is truncated or is not a GGUF file."""


class ModelTooLarge(ModelError):
    """The model would not fit into the machine's memory."""


class AdapterMismatch(ModelError):
    """The adapter was made for another base model."""


class HubError(ModelError):
    """A model hub cannot give what was asked of it."""


class DownloadStopped(HubError):
    """The person stopped a download; its part is kept."""


class EngineError(WorkbenchError):
    """The engine cannot serve a request."""


class EngineBusy(EngineError):
    """The queue is full."""


class EngineClosed(EngineError):
    """No model is loaded, or the engine was closed."""
