"""From settings to a loaded model: files checked first, then memory, then llama.cpp."""

from dataclasses import dataclass

from workbench.engine.chat import Chat
from workbench.engine.footprint import check_fits, estimate, kv_bytes
from workbench.engine.interface import AdapterInfo
from workbench.engine.llama import Model
from workbench.models import Installed, read_model
from workbench.models.gguf import Header, read_header, sha256
from workbench.settings import Settings


@dataclass(frozen=True, slots=True)
class Loaded:
    """A base in memory with its adapters, and what the status says about them."""

    installed: Installed
    header: Header
    model: Model
    chat: Chat
    adapters: tuple[AdapterInfo, ...]
    n_ctx: int

    @property
    def kv_bytes(self) -> int:
        """Size of the KV memory."""
        return kv_bytes(self.header, self.n_ctx)


def load(settings: Settings, n_seq: int) -> Loaded:
    """Load the model the settings name. Raises ModelError with a sentence, and leaves nothing behind."""
    installed = read_model(settings.model)
    header = read_header(installed.base)
    adapters = tuple(
        AdapterInfo(name, path, sha256(path), path.stat().st_size, _rank(read_header(path)))
        for name, path in sorted(installed.adapters.items())
    )
    needed = estimate(header, sum(adapter.bytes for adapter in adapters), settings.context, n_seq)
    check_fits(installed.name, needed, settings.context)
    model = Model(installed.base)
    try:
        for adapter in adapters:
            model.load_adapter(adapter.name, adapter.path)
        return Loaded(installed, header, model, Chat(model, installed.base.name), adapters, settings.context)
    except BaseException:
        model.close()
        raise


def _rank(header: Header) -> int:
    """Return the rank of a checked LoRA file."""
    return next(tensor.shape[1] for name, tensor in header.tensors.items() if name.endswith("lora_a"))
