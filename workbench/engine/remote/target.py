"""Where the server is, which model does which task, and the key. Only `read_key` ever sees the key."""

import os
import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from workbench.errors import InputError
from workbench.settings import Settings

KEY = "WORKBENCH_REMOTE_KEY"  # not a setting: settings are printed, and read from a file
HOST = re.compile(r"[\w.:%-]+")
TASKS = ("brainstorm", "refine", "evaluate")


@dataclass(frozen=True, slots=True)
class Target:
    """A server and what it is asked for."""

    url: str  # of the API, as http://host:8000/v1
    place: str  # to show: the scheme, the host and the port
    model: str
    models: dict[str, str] = field(default_factory=dict)  # of the tasks that have another one
    longest_wait: float = 30.0  # seconds; a server that asks for a longer wait is said to be busy at once

    def model_for(self, task: str) -> str:
        """Return the model that does this task."""
        return self.models.get(task, self.model)


def read_target(settings: Settings) -> Target:
    """Return what the settings name. Raises InputError with the sentence to show."""
    url, place = _address(settings.remote_url)
    own = {task: str(getattr(settings, f"remote_model_{task}")) for task in TASKS}
    if not settings.remote_model and not all(own.values()):
        raise InputError(
            "WORKBENCH_ENGINE=remote needs the name of a model: set WORKBENCH_REMOTE_MODEL to one that the server has."
        )
    model = settings.remote_model or own["brainstorm"]
    others = {task: name for task, name in own.items() if name and name != model}
    return Target(url, place, model, others, settings.remote_longest_wait)


def read_key() -> str:
    """Return the key from the environment, "" when there is none. Raises InputError."""
    key = os.environ.get(KEY, "").strip()
    if not (key.isascii() and key.isprintable()):
        raise InputError(f"{KEY} holds characters that no key has; copy it again.")
    return key


def _address(url: str) -> tuple[str, str]:
    """Return the API's address and what of it may be shown."""
    url = url.strip().rstrip("/").removesuffix("/chat/completions")
    if not url:
        raise InputError(
            "WORKBENCH_ENGINE=remote needs the server's address: set WORKBENCH_REMOTE_URL, "
            "for instance to http://localhost:8080/v1."
        )
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        parts, host, port = urlsplit(""), None, None
    if parts.scheme not in ("http", "https") or not HOST.fullmatch(host or "") or parts.query or parts.fragment:
        raise InputError("WORKBENCH_REMOTE_URL is no address of a server; write it like http://localhost:8080/v1.")
    if parts.username or parts.password:
        raise InputError(f"WORKBENCH_REMOTE_URL holds a name or a password; put the key into {KEY} instead.")
    shown = f"[{host}]" if host and ":" in host else host
    place = f"{parts.scheme}://{shown}{f':{port}' if port else ''}"
    return f"{place}{parts.path or '/v1'}", place
