"""What a data set is made of: sources with licences, counts at each stage, hashes of what went in and came out."""

import hashlib
from pathlib import Path
from types import SimpleNamespace

from finetune import ideas, record
from finetune.rowdata.reading import NAMED

IDEAS = "CC BY 4.0, written for this project"
FEEDBACK = "the people's own; ask them before it leaves the machine"
LOCAL = "not known: a local file"


def describe(settings: SimpleNamespace, counts: dict, written: dict[str, int], kind: str, folder: Path) -> dict:
    """Return the manifest of the data set in `folder`."""
    return {
        "made": record.now(),
        "commit": record.commit(),
        "kind": kind,
        "config": record.settings_of(settings),
        "licences": {name(source): source.get("licence") or licence(source) for source in settings.sources},
        "counts": counts | {"splits": written},
        "inputs": {path.name: sha256(path) for source in settings.sources for path in files(source)},
        "outputs": {path.name: sha256(path) for path in sorted(folder.glob("*.jsonl")) if path.stem in written},
    }


def name(source: dict) -> str:
    return source.get("name") or Path(source["path"]).name


def licence(source: dict) -> str:
    if source.get("name") == "ideas":
        return IDEAS
    if source.get("name") == "feedback":
        return FEEDBACK
    return NAMED[source["name"]][1] if source.get("name") in NAMED else LOCAL


def files(source: dict) -> list[Path]:
    """Return the local files of a source; a live database is left out, as its bytes say nothing of its rows."""
    if source.get("name") == "ideas":
        return [Path(source.get("path") or "data/ideas") / f"{part}.jsonl.gz" for part in ideas.PARTS]
    return [Path(source["path"])] if source.get("path") and source.get("name") != "feedback" else []


def sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()
