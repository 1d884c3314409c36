"""Where prompts go, in one sentence that the person always sees."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from workbench.engine.interface import EngineStatus


def prompts_go(status: EngineStatus) -> str:
    """Return where the prompts of a remote engine go; "" when they stay in this process."""
    if not status.server:
        return ""
    if _is_here(status.server):
        return f"Prompts go to a server on this computer: {models(status)} at {status.server} answers them."
    open_to_others = "" if status.server.startswith("https:") else " The connection is not encrypted."
    return f"Prompts leave this computer: {models(status)} at {status.server} answers them.{open_to_others}"


def models(status: EngineStatus) -> str:
    """Return the model's name, with those of the tasks that have another one."""
    others = ", ".join(f"{name} for {task}" for task, name in status.models.items())
    return f"{status.model} ({others})" if others else status.model


def _is_here(server: str) -> bool:
    host = urlsplit(server).hostname or ""
    try:
        address = ip_address(host)
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
    return address.is_loopback or address.is_unspecified
