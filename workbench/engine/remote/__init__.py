"""The same engine on another machine: any server that speaks the OpenAI protocol."""

from workbench.engine.remote.engine import RemoteEngine

__all__ = ["RemoteEngine"]
