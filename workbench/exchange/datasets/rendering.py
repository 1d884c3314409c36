"""A data set's files as bytes: the rows of each kind, a manifest of what is in them, a card for people and the hub."""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from workbench.assist.prompts import VERSION
from workbench.errors import InputError
from workbench.lab.sets import Chosen, DataSet

MANIFEST, CARD = "manifest.json", "README.md"
LICENCE = (
    "The prompts and corrections are the people's own words: ask them before it leaves the machine. "
    "The answers are subject to the licences of the models that gave them."
)
COLUMNS = {
    "sft": "`messages`: kept and corrected answers with their prompts",
    "kto": "`prompt`, `completion`, `label`: answers with a thumb, kept and dropped ones",
    "dpo": "`prompt`, `chosen`, `rejected`: votes, corrections and edits, rewrites without their rejected changes",
    "raw": "`prompt`, `answer`, `decision`, `changes`, `feedback`: everything that is known of each answer",
}


@dataclass(frozen=True, slots=True)
class Rendered:
    """The files of a data set, by name."""

    files: Mapping[str, bytes]
    manifest: Mapping[str, Any]


def _jsonl(rows: Sequence[Mapping[str, Any]]) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


def _parquet(rows: Sequence[Mapping[str, Any]]) -> bytes:
    from workbench.exchange.datasets.parquet import as_parquet

    return as_parquet(rows)


FORMS: dict[str, Callable[[Sequence[Mapping[str, Any]]], bytes]] = {"jsonl": _jsonl, "parquet": _parquet}


def render(sets: Sequence[DataSet], chosen: Chosen, form: str = "jsonl") -> Rendered:
    """Return the files of the sets that have rows. Raises InputError when none has."""
    full = [data for data in sets if data.rows]
    if not full:
        raise InputError(
            "Nothing to write: no answer was kept, dropped, corrected, thumbed or voted on among those chosen. "
            "Choose more, or use the app first."
        )
    files = {f"{data.kind}.{form}": FORMS[form](data.rows) for data in full}
    manifest = _manifest(full, chosen, files)
    texts = {MANIFEST: json.dumps(manifest, indent=1, ensure_ascii=False) + "\n", CARD: _card(full, manifest, form)}
    return Rendered(files | {name: text.encode() for name, text in texts.items()}, manifest)


def _manifest(sets: Sequence[DataSet], chosen: Chosen, files: Mapping[str, bytes]) -> dict[str, Any]:
    stamps = sorted(row["created"] for data in sets for row in data.rows)
    # Who was left out stays out of the manifest too.
    filters = {name: value for name, value in asdict(chosen).items() if name not in ("without", "names", "comments")}
    return {
        "format": 1,
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "prompts_version": VERSION,
        "from": stamps[0],
        "to": stamps[-1],
        "filters": {name: value for name, value in filters.items() if value},
        "people_left_out": len(chosen.without),
        "contains": {"names": chosen.names, "comments": chosen.comments},
        "licence": LICENCE,
        "files": {
            name: _counts(data) | {"bytes": len(files[name]), "sha256": hashlib.sha256(files[name]).hexdigest()}
            for name, data in zip(files, sets, strict=True)
        },
    }


def _counts(data: DataSet) -> dict[str, Any]:
    def of(column: str) -> dict[str, int]:
        return dict(Counter(row[column] for row in data.rows).most_common())

    return {
        "kind": data.kind, "rows": len(data.rows), "topics": data.topics, "sources": data.sources, "tasks": of("task"),
        "models": of("model"), "left_out": data.left_out, "rows_sha256": data.sha256,
    }  # fmt: skip


def _card(sets: Sequence[DataSet], manifest: Mapping[str, Any], form: str) -> str:
    """Return the card; `load_dataset(FOLDER, "dpo")` finds the files by its first lines."""
    configs = "\n".join(f"- config_name: {data.kind}\n  data_files: {data.kind}.{form}" for data in sets)
    table = "\n".join(
        f"| {data.kind} | {len(data.rows):,} | {data.topics:,} | {COLUMNS[data.kind]} |" for data in sets
    )
    held = [name for name, there in manifest["contains"].items() if there]
    private = f"It holds people's {' and '.join(held)}." if held else "People's names and comments are not in it."
    return f"""---
configs:
{configs}
---
# Feedback on answers of small language models
What people said about answers that a brainstorming workbench gave them, from {manifest["from"][:10]} to
{manifest["to"][:10]}, with the prompts as the app serves them. {private} `{MANIFEST}` has counts, sources and hashes.

| set | rows | topics | columns that trainers read |
|---|---|---|---|
{table}

`group` is the topic: rows of one belong into one split. `source` says what made the row, `model` and `adapter` who
answered.

{manifest["licence"]}
"""
