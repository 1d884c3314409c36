"""A data set on the disk: `v1`, `v2`, ... side by side; a version is written whole or not at all, and never again."""

import io
import json
import re
import shutil
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.errors import InputError
from workbench.exchange.datasets.rendering import MANIFEST, Rendered

VERSION = re.compile(r"v([1-9]\d*)")


@dataclass(frozen=True, slots=True)
class Written:
    """Where a version lies."""

    folder: Path
    version: int
    new: bool  # False: this very content lay there already, and nothing was written
    manifest: Mapping[str, Any]


def write(rendered: Rendered, out: Path) -> Written:
    """Write the next version below `out`, unless the latest one says the same. Raises InputError."""
    try:
        found = {int(match[1]): each for each in _folders(out) if (match := VERSION.fullmatch(each.name))}
        latest = max(found, default=0)
        if latest:
            manifest = json.loads((found[latest] / MANIFEST).read_text(encoding="utf-8"))
            if _content(manifest) == _content(rendered.manifest):
                return Written(found[latest], latest, False, manifest)
        folder = out / f"v{latest + 1}"
        _whole(rendered, folder)
    except OSError as error:
        raise InputError(f"The data set cannot be written to {out}: {error.strerror}. Pick another place.") from error
    except ValueError as error:
        raise InputError(f"{out}/v{latest}/{MANIFEST} is damaged ({error}). Move that folder away.") from error
    return Written(folder, latest + 1, True, rendered.manifest)


def packed(rendered: Rendered) -> bytes:
    """Return the files as one ZIP archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in rendered.files.items():
            archive.writestr(name, content)
    return out.getvalue()


def _folders(out: Path) -> list[Path]:
    return [each for each in out.iterdir() if each.is_dir()] if out.exists() else []


def _content(manifest: Mapping[str, Any]) -> dict[str, str]:
    return {name: file["rows_sha256"] for name, file in manifest["files"].items()}


def _whole(rendered: Rendered, folder: Path) -> None:
    aside = folder.with_name(f".new-{folder.name}")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    try:
        for name, content in rendered.files.items():
            (aside / name).write_bytes(content)
        aside.replace(folder)
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        raise
