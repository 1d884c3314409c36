"""Rows of a data set, one at a time: named ones from the hub or a local copy, and any local file."""

import csv
import gzip
import json
from collections.abc import Iterator
from pathlib import Path

from workbench.errors import InputError

UNKNOWN = "see its card on the hub before anything made from it is passed on"
NAMED = {  # name -> (hub data set, licence as it states it)
    "explore_instruct_brainstorming": (
        "Wanfq/Explore_Instruct_Brainstorming_10k", "CC BY-NC 4.0: what is trained on it is non-commercial"
    ),
    "finetome": ("mlabonne/FineTome-100k", "none declared"),
    "fusechat": ("FuseAI/FuseChat-Mixture", UNKNOWN),
    "creative_writing": ("Nitral-AI/Creative_Writing-ShareGPT", UNKNOWN),
    "math": ("PJMixers/Math-Multiturn-100K-ShareGPT", UNKNOWN),
}  # fmt: skip
SUFFIXES = (".jsonl", ".json", ".csv", ".parquet", ".jsonl.gz", ".json.gz", ".csv.gz")


def rows(source: dict) -> Iterator[tuple[str, dict]]:
    """Yield (place, row) of a source: `{"path": FILE}` or `{"name": NAMED}`, the latter with an optional `path`.

    Raises InputError with the place of what cannot be read.
    """
    if source.get("path"):
        yield from local(Path(source["path"]))
    elif source.get("name") in NAMED:
        yield from from_hub(NAMED[source["name"]][0], source.get("split", "train"))
    else:
        raise InputError(
            f"The source {source} names neither a path nor one of {', '.join(NAMED)}, ideas, feedback. Mend the config."
        )


def local(path: Path) -> Iterator[tuple[str, dict]]:
    """Yield the rows of a local file, streamed but for plain JSON."""
    if not path.is_file():
        raise InputError(f"There is no data at {path}. Name a {', '.join(SUFFIXES[:4])} file (.gz too).")
    kind = next((suffix for suffix in SUFFIXES if path.name.lower().endswith(suffix)), "")
    if not kind:
        raise InputError(f"{path} is of no known kind. Name a {', '.join(SUFFIXES[:4])} file (.gz too).")
    if kind == ".parquet":
        yield from _parquet(path)
        return
    with gzip.open(path, "rt", encoding="utf-8") if kind.endswith(".gz") else path.open(encoding="utf-8") as file:
        if kind.startswith(".csv"):
            csv.field_size_limit(2**31 - 1)
            yield from ((f"{path.name}, line {n}", row) for n, row in enumerate(csv.DictReader(file), 2))
        elif kind.startswith(".jsonl"):
            yield from _json_lines(path, file)
        else:
            yield from _json(path, file)


def _json_lines(path: Path, file) -> Iterator[tuple[str, dict]]:
    for number, line in enumerate(file, 1):
        if not line.strip():
            continue
        place = f"{path.name}, line {number:,}"
        try:
            row = json.loads(line)
        except ValueError as error:
            raise InputError(f"{place} is not valid JSON ({error}). Mend or remove it; nothing was written.") from error
        yield place, _object(row, place)


def _json(path: Path, file) -> Iterator[tuple[str, dict]]:
    try:
        found = json.load(file)
    except ValueError as error:
        raise InputError(f"{path.name} is not valid JSON ({error}). Mend it; nothing was written.") from error
    if isinstance(found, dict):  # {"data": [...]} as some exports write it
        found = next((value for value in found.values() if isinstance(value, list)), None)
    if not isinstance(found, list):
        raise InputError(f"{path.name} holds no list of rows. Give one object for each row.")
    for number, row in enumerate(found, 1):
        yield f"{path.name}, row {number:,}", _object(row, f"{path.name}, row {number:,}")


def _object(row: object, place: str) -> dict:
    if not isinstance(row, dict):
        raise InputError(f"{place} is no JSON object but {type(row).__name__}. Give one object for each row.")
    return row


def _parquet(path: Path) -> Iterator[tuple[str, dict]]:
    import pyarrow
    from pyarrow import parquet

    try:
        number = 0
        for batch in parquet.ParquetFile(path).iter_batches(1000):
            for row in batch.to_pylist():
                number += 1
                yield f"{path.name}, row {number:,}", row
    except (pyarrow.ArrowInvalid, OSError) as error:
        raise InputError(f"{path.name} is no readable Parquet file ({str(error).splitlines()[0]}).") from error


def from_hub(dataset: str, split: str) -> Iterator[tuple[str, dict]]:
    """Yield the rows of a hub data set, streamed; HF_ENDPOINT, HF_TOKEN and proxies are honoured."""
    from datasets import load_dataset

    try:
        for number, row in enumerate(load_dataset(dataset, split=split, streaming=True), 1):
            yield f"{dataset}, row {number:,}", row
    except (OSError, ValueError) as error:
        raise InputError(
            f"{dataset} cannot be read from the hub ({str(error).splitlines()[0][:150]}). "
            "Check the network, or give a local copy as `path`."
        ) from error
