"""A model to ask, as the scripts name it: a GGUF file or a model's folder on this machine, or a server's address."""

from pathlib import Path

from workbench.engine.interface import Engine
from workbench.errors import InputError
from workbench.settings import Settings


def open_model(where: str, model: str = "", **more) -> Engine:
    """Return an engine on the model; a server's key comes from WORKBENCH_REMOTE_KEY. Raises InputError, ModelError.

    Args:
        where: a path, or http(s)://host:port/v1.
        model: what the server calls it.
        more: other settings of the app's.
    """
    if where.startswith(("http://", "https://")):
        from workbench.engine.remote.engine import RemoteEngine

        if not model:
            raise InputError(f"The server at {where} may have several models. Name the one to ask.")
        return RemoteEngine(Settings(engine="remote", remote_url=where, remote_model=model, **more))
    from workbench.engine.llama_engine import LlamaEngine

    if not Path(where).exists():
        raise InputError(f"There is no model at {where}. Name a GGUF file, a model's folder, or http://host:port/v1.")
    return LlamaEngine(Settings(engine="llama", model=Path(where), **more))


def about(engine: Engine) -> dict:
    """Return which model an engine asks, for a record."""
    status = engine.status()
    found = {"model": status.model, "server": status.server} if status.server else {"model": status.model}
    return found | ({"sha256": status.sha256} if status.sha256 else {})
