"""What can take part: the bases and adapters on this machine, and models on servers."""

import json
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from workbench.errors import InputError, ModelError
from workbench.models.gguf import read_header
from workbench.models.installed import check_adapter
from workbench.packaged import file_of
from workbench.records import Contender
from workbench.settings import Settings

AT = " at "  # between a server's model and its address


def installed(settings: Settings) -> list[Contender]:
    """Return every base with each of its adapters that lies in the models folder or is in use; damaged ones left out.

    Looks at headers and manifests only: whether a file is whole is checked when it is loaded.
    """
    folder = settings.models
    paths = [settings.model, *(sorted(folder.iterdir()) if folder.is_dir() else [])]
    bases = [path.resolve() for path in paths if path.is_dir() or path.suffix == ".gguf"]
    loose = tuple(path for path in bases if path.suffix == ".gguf" and _kind(_stamp(path)) == "adapter")
    found = [contender for path in dict.fromkeys(bases) if path not in loose for contender in _of(path, loose)]
    if settings.engine == "remote" and settings.remote_model:
        found.append(on_server(settings.remote_url, settings.remote_model))
    return distinct(found)


def on_server(url: str, model: str) -> Contender:
    """Return a server's model. Raises InputError for what is no address."""
    url, model = url.strip().rstrip("/"), model.strip()
    if not url.startswith(("http://", "https://")) or "@" in url or not model:  # a key stands in the environment
        raise InputError(f"{url or 'Nothing'} is no address of a server. Write it like http://localhost:8080/v1, "
                         "and the model's name as the server knows it.")  # fmt: skip
    return Contender(f"{model}{AT}{url.split('//')[1].split('/')[0]}", model, server=url)


def parse(words: str) -> Contender:
    """Return the model that words on the command line name. Raises InputError, ModelError.

    PATH, PATH+ADAPTER (an adapter of the folder by name, or a GGUF file), or MODEL@http://host:8080/v1; with NAME= in
    front it is called so.
    """
    name, found = "", words
    head, separator, rest = words.partition("=")
    if separator and "/" not in head and "@" not in head:
        name, found = head.strip(), rest
    if "@http" in found:
        model, _, url = found.partition("@")
        made = on_server(url, model)
    else:
        model, _, adapter = found.partition("+")
        path = Path(model)
        if not path.exists():
            raise InputError(f"There is no model at {model}. Give a GGUF file, a model's folder, or NAME@http://host/v1.")
        if adapter and adapter.endswith(".gguf"):
            adapter = str(Path(adapter).resolve())
        made = _contender(path.resolve(), adapter)
    return Contender(name or made.name, made.model, made.adapter, made.server)


def distinct(contenders: Iterable[Contender]) -> list[Contender]:
    """Return them with repeats left out and equal names told apart by their folder, then by number."""
    once, seen = list(dict.fromkeys(contenders)), dict[str, int]()
    named = []
    for each in once:
        seen[each.name] = seen.get(each.name, 0) + 1
        name = each.name if seen[each.name] == 1 else f"{each.name} ({seen[each.name]})"
        named.append(Contender(name, each.model, each.adapter, each.server))
    return named


def _contender(path: Path, adapter: str) -> Contender:
    own = Path(adapter).stem if adapter.endswith(".gguf") else adapter
    base = path.stem if path.suffix == ".gguf" else path.name
    return Contender(f"{base} + {own}" if own else base, str(path), adapter)


def _of(path: Path, loose: tuple[Path, ...]) -> list[Contender]:
    """Return a base without and with each adapter: those of its manifest, and files beside it that fit."""
    if path.is_dir():
        try:
            manifest = json.loads((path / "manifest.json").read_text(encoding="utf-8"))
            base, names = file_of(path, manifest["base"]), list(manifest.get("adapters", {}))
        except (ModelError, OSError, ValueError, KeyError, TypeError, AttributeError):
            return []
    else:
        base, names = path, []
    if not base.is_file() or _kind(_stamp(base)) != "model":
        return []
    names += [str(adapter) for adapter in loose if _fits(_stamp(adapter), _stamp(base))]
    return [_contender(path, adapter) for adapter in ("", *names)]


Stamp = tuple[Path, int, int]  # a file and when it was changed last, so that what was read of it can be kept


def _stamp(path: Path) -> Stamp:
    return (path, (stat := path.stat()).st_mtime_ns, stat.st_size)


@lru_cache(maxsize=256)
def _kind(stamp: Stamp) -> str:
    """Return `model`, `adapter`, or "" for what cannot answer: a broken file, an embedding model."""
    try:
        header = read_header(stamp[0])
    except ModelError:
        return ""
    if header.metadata.get("general.type") == "adapter":
        return "adapter"
    return "" if header.number("pooling_type") > 0 else "model"


@lru_cache(maxsize=1024)
def _fits(adapter: Stamp, base: Stamp) -> bool:
    """Tell whether an adapter's tensors fit a base; which very base it was made for is asked when it is loaded."""
    mine, its = read_header(adapter[0]), read_header(base[0])
    try:
        check_adapter(mine, its, str(mine.metadata.get("workbench.base_sha256", "")))
    except ModelError:
        return False
    return True
