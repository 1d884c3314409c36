"""What the registry knows, for the screen."""

from collections.abc import Mapping
from pathlib import Path

from workbench.engine.interface import AdapterInfo, EngineStatus
from workbench.models.registry import refresh
from workbench.records import Kind, RegisteredModel
from workbench.settings import ROOT, settings
from workbench.ui.resources import desk
from workbench.ui.words import parameters, size

# The few figures that a person can do something with, in their words.
FIGURES = {
    "decode_per_s": "{:.0f} tokens a second when it was tried here",
    "peak_bytes": "{} of memory then",
    "eval_loss": "held-out loss {:.2f}",
    "eval_check_loss": "held-out loss on checks {:.2f}",
    "heldout brainstorm": "held-out loss {:.2f}",
    "heldout refine": "held-out loss {:.2f}",
    "shipped mean KL divergence": "export differs from what was trained by {:.4f} nats",
}


def registered() -> tuple[list[RegisteredModel], dict[str, str]]:
    """Look at the models folder; return what is there, and what cannot be read with the reason."""
    store = desk().store
    broken = refresh(store, settings())
    return store.registered(), broken


def title_of(models: list[RegisteredModel], status: EngineStatus) -> str:
    """Return the name of the base of a status, as its manifest has it."""
    found = [each for each in models if each.kind is Kind.BASE and each.sha256 == status.sha256]
    named = [each for each in found if each.name == status.model]
    return (named or found)[0].title if found else status.model


def adapter_name(models: list[RegisteredModel], adapter: AdapterInfo) -> str:
    """Return the adapter's name in the registry, or its file's."""
    return next((each.name for each in models if each.path == str(adapter.path)), adapter.path.name)


def facts(model: RegisteredModel) -> str:
    """Return what there is to say of a model in one line."""
    parts = [parameters(model.parameters) + " parameters"] if model.parameters else []
    parts += [f"rank {model.rank}"] if model.rank else []
    parts += [size(model.bytes), *figures(model.figures)]
    if rows := model.run.get("rows"):
        parts.append(f"trained on {rows:,} rows" if isinstance(rows, int) else "")
    parts += [f"licence {model.licence}"] if model.licence and model.kind is Kind.BASE else []
    return " · ".join(part for part in parts if part)


def figures(found: Mapping[str, float]) -> list[str]:
    """Return the figures that say something, in words."""
    said = []
    for name, words in FIGURES.items():
        if name in found:
            said.append(words.format(size(int(found[name])) if "bytes" in name else found[name]))
    return said


def place(path: Path) -> str:
    """Return where a file is, seen from the project's folder when it lies in there."""
    return str(path.relative_to(ROOT) if path.is_relative_to(ROOT) else path)
