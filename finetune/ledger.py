"""What a long job got so far: an append-only JSON Lines file that a kill at any moment leaves whole."""

import json
import os
from pathlib import Path

from workbench.errors import InputError


class Ledger:
    """Rows with a `key` each: one is there whole or not at all, and never twice. One writer at a time."""

    def __init__(self, path: Path) -> None:
        """Read what is there; a last line that a kill cut off is taken away."""
        self._path, self.rows = path, {}
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_file():
            text = path.read_bytes()
            whole = text[: text.rfind(b"\n") + 1]
            if len(whole) < len(text):
                with path.open("r+b") as file:
                    file.truncate(len(whole))
            for line in whole.decode().splitlines():
                row = json.loads(line)
                self.rows[row["key"]] = row

    def __contains__(self, key: str) -> bool:
        return key in self.rows

    def add(self, row: dict) -> None:
        """Append the row with one write, on the disk before the next is asked for."""
        if row["key"] in self.rows:
            return
        before = self._path.stat().st_size if self._path.exists() else 0
        try:
            with self._path.open("ab") as out:
                out.write(json.dumps(row, ensure_ascii=False).encode() + b"\n")
                out.flush()
                os.fsync(out.fileno())
        except OSError as error:
            if self._path.exists():
                os.truncate(self._path, before)  # or the next row would be written onto half of this one
            raise InputError(
                f"{self._path} cannot be written to ({error.strerror}). What is in it is whole; mend that and go on "
                "with the same command."
            ) from error
        self.rows[row["key"]] = row
