"""From settings to a model in memory: files checked first, then free memory, then llama.cpp."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from workbench.engine.chat import Chat
from workbench.engine.footprint import check_fits, estimate, kv_bytes, threads_for
from workbench.engine.interface import AdapterInfo
from workbench.engine.llama import Model
from workbench.engine.runner import LANES, PREFIXES
from workbench.errors import ModelDamaged, ModelMissing
from workbench.models import Installed, read_model
from workbench.models.gguf import Header, read_header, sha256
from workbench.settings import Settings


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be loaded, read from the files' headers; it stays when the model leaves memory."""

    installed: Installed
    header: Header
    adapters: tuple[AdapterInfo, ...]
    n_ctx: int
    threads: int

    @property
    def kv_bytes(self) -> int:
        """Size of the KV memory."""
        return kv_bytes(self.header, self.n_ctx)


@dataclass(frozen=True, slots=True)
class Loaded:
    """A base in memory with its adapters and its chat template."""

    model: Model
    chat: Chat


def read_plan(settings: Settings) -> Plan:
    """Read and check the files that the settings name. Raises ModelError with a sentence."""
    installed = read_model(settings.model)
    header = read_header(installed.base)
    adapters = tuple(read_adapter(name, path) for name, path in sorted(installed.adapters.items()))
    return Plan(installed, header, adapters, settings.context, settings.threads or threads_for(header.bytes))


def read_adapter(name: str, path: Path) -> AdapterInfo:
    """Return what there is to know of an adapter's file. Raises ModelError."""
    return AdapterInfo(name, path, sha256(path), path.stat().st_size, _rank(read_header(path)))


def memory_needed(plan: Plan) -> int:
    """Return the bytes that the base takes with its adapters, KV memory and buffers."""
    return estimate(plan.header, sum(adapter.bytes for adapter in plan.adapters), plan.n_ctx, LANES + PREFIXES)


def load(plan: Plan, go_on: Callable[[], bool]) -> Loaded:
    """Load the model; `go_on` is asked again and again meanwhile. Raises ModelError, and leaves nothing behind."""
    _check_unchanged(plan.installed.base, plan.installed.base_sha256)
    for adapter in plan.adapters:
        _check_unchanged(adapter.path, adapter.sha256)
    check_fits(plan.installed.name, memory_needed(plan), plan.n_ctx)
    model = Model(plan.installed.base, go_on)
    try:
        for adapter in plan.adapters:
            model.load_adapter(adapter.name, adapter.path)
        return Loaded(model, Chat(model, plan.installed.base.name))
    except BaseException:
        model.close()
        raise


def load_adapter(model: Model, plan: Plan, name: str) -> None:
    """Put an adapter on a base that is loaded already. Raises ModelError."""
    adapter = next((each for each in plan.adapters if each.name == name), None)
    if adapter is None:
        raise ModelMissing(f"The adapter {name} is not in use any more. Try again.")
    _check_unchanged(adapter.path, adapter.sha256)
    model.load_adapter(adapter.name, adapter.path)


def _check_unchanged(path: Path, known: str) -> None:
    """Raise ModelError unless the file is the one the plan was read from: an engine may load again days later."""
    if not path.is_file():
        raise ModelMissing(f"The model file {path} is gone. Put it back, or choose another and start the app again.")
    if sha256(path) != known:
        raise ModelDamaged(f"{path.name} has changed since the app started. Start the app again to use the new file.")


def _rank(header: Header) -> int:
    """Return the rank of a checked LoRA file."""
    return next(tensor.shape[1] for name, tensor in header.tensors.items() if name.endswith("lora_a"))
