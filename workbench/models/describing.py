"""What lies at a place, as rows of the registry: read from manifests, run records and proofs, large files unhashed."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from workbench.errors import ModelDamaged, ModelMissing
from workbench.models.adapters import rank
from workbench.models.gguf import read_header, sha256
from workbench.models.inspecting import Sort, sort_of
from workbench.models.installed import read_manifest
from workbench.packaged import file_of
from workbench.records import Kind, RegisteredModel

RUN = ("started", "finished", "rows", "commit", "machine", "trainable_parameters")  # what is kept of a run's record
CONFIG = ("rank", "alpha", "learning_rate", "epochs", "seed")
MOST_FIGURES = 40


def describe_model(place: Path) -> list[RegisteredModel]:
    """Return the base at a place, a folder with a manifest or a GGUF file, and its adapters. Raises ModelError.

    Empty for an embedding model.
    """
    if not place.is_dir():
        header = read_header(place)
        if header.number("pooling_type") > 0:
            return []
        if sort_of(header) is Sort.ADAPTER:
            raise ModelDamaged(f"{place.name} is an adapter and no model. Add it with `models add`, and use it then.")
        stat = place.stat()
        found = RegisteredModel(
            0, Kind.BASE, place.stem, header.text("general.name") or place.stem, "", str(place), sha256(place),
            stat.st_size, stat.st_mtime_ns, parameters=header.parameters,
        )  # fmt: skip
        return [found]
    manifest = read_manifest(place / "manifest.json")
    try:
        base, name = manifest["base"], str(manifest["name"])
        file = file_of(place, base)
        found = RegisteredModel(
            0, Kind.BASE, name, str(manifest.get("title") or name), "", str(place), str(base["sha256"]),
            int(base["bytes"]), modified(place), parameters=_parameters(file, manifest),
            licence=str(manifest.get("licence", "")), notes=str(manifest.get("notes", "")),
            run=_run(place / "records" / "pretrain"), figures=numbers(manifest.get("trial")),
        )  # fmt: skip
        proof = _json(place / "proof.json")
        adapters = [
            _adapter(place, manifest, task, entry, proof) for task, entry in manifest.get("adapters", {}).items()
        ]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ModelDamaged(f"{place / 'manifest.json'} lacks or misspells {error}. Export the model again.") from error
    return [found, *adapters]


def describe_adapter(folder: Path) -> RegisteredModel:
    """Return the adapter that was added by itself into this folder. Raises ModelError."""
    manifest = read_manifest(folder / "manifest.json")
    try:
        path = folder / str(manifest["adapter"]["file"])
        return RegisteredModel(
            0, Kind.ADAPTER, str(manifest["name"]), str(manifest.get("title") or manifest["name"]),
            str(manifest.get("task", "")), str(path), str(manifest["adapter"]["sha256"]),
            int(manifest["adapter"]["bytes"]), modified(folder), rank=int(manifest["rank"]),
            base_sha256=str(manifest["base"]["sha256"]), licence=str(manifest.get("licence", "")),
            notes=str(manifest.get("notes", "")), run=dict(manifest.get("run", {})),
            figures=numbers(manifest.get("trial")) | numbers(manifest.get("figures")),
        )  # fmt: skip
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ModelDamaged(f"{folder / 'manifest.json'} lacks or misspells {error}. Add the adapter again.") from error


def modified(place: Path) -> int:
    """Return when a model's file, or its folder's manifest, was written last, in ns; 0 when it is not there."""
    path = place / "manifest.json" if place.is_dir() else place
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


def numbers(values: object, before: str = "") -> dict[str, float]:
    """Return the numbers in a nested mapping, each under the words that lead to it."""
    return dict(list(_numbers(values, before))[:MOST_FIGURES])


def _numbers(values: object, before: str) -> Iterator[tuple[str, float]]:
    if isinstance(values, Mapping):
        for key, value in values.items():
            yield from _numbers(value, f"{before} {key}".strip())
    elif isinstance(values, int | float) and not isinstance(values, bool):
        yield before, values


def _adapter(place: Path, manifest: dict[str, Any], task: str, entry: dict[str, Any], proof: Any) -> RegisteredModel:
    path = place / str(entry["file"])
    if not path.is_file():
        raise ModelMissing(f"{path} is named in manifest.json but is not there. Copy the whole folder again.")
    records = place / "records" / task
    figures = numbers(proof.get(task) if isinstance(proof, dict) else None) | _heldout(records)
    return RegisteredModel(
        0, Kind.ADAPTER, f"{manifest['name']}/{task}", f"{manifest.get('title') or manifest['name']}: {task}", task,
        str(path), str(entry["sha256"]), int(entry["bytes"]), modified(place), rank=rank(read_header(path)),
        base_sha256=str(manifest["base"]["sha256"]), licence=str(manifest.get("licence", "")),
        run=_run(records), figures=figures,
    )  # fmt: skip


def _parameters(base: Path, manifest: dict[str, Any]) -> int:
    return int(manifest.get("parameters") or 0) or read_header(base).parameters


def _run(folder: Path) -> dict[str, Any]:
    """Return what matters later of a training run's record; empty when there is none."""
    record = _json(folder / "run.json") or _json(folder / "checks.json")
    if not isinstance(record, dict):
        return {}
    config = record.get("config", {})
    kept = {name: record[name] for name in RUN if record.get(name)}
    kept |= {name: config[name] for name in CONFIG if isinstance(config, dict) and name in config}
    data = record.get("data")
    return kept | ({"data": sorted(data)} if isinstance(data, dict) else {})


def _heldout(folder: Path) -> dict[str, float]:
    """Return the losses on held-out rows that a run's curve ends with."""
    path = folder / "curve.jsonl"
    last: dict[str, float] = {}
    if path.is_file():
        for line in path.read_text(encoding="utf-8").splitlines():
            try:
                row = json.loads(line)
            except ValueError:  # a line cut off by a kill
                continue
            found = {name: value for name, value in row.items() if "eval" in name or name == "heldout"}
            last |= numbers(found)
    return last


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):  # figures are an extra: a record that cannot be read leaves them out
        return None
