"""What was measured so far, a file for each part: a call that was stopped goes on, and nothing is measured twice."""

import json
from collections.abc import Callable
from pathlib import Path

from finetune import record


class Kept:
    """The parts in one folder. A part made from other inputs is made anew."""

    def __init__(self, folder: Path, inputs: dict) -> None:
        """`inputs`: what every part depends on (the weights' hashes)."""
        self.folder, self.inputs = folder, inputs
        folder.mkdir(parents=True, exist_ok=True)

    def part(self, name: str, inputs: dict, make: Callable[[], dict]) -> dict:
        """Return the kept findings of a part, or make and keep them."""
        wanted = json.loads(json.dumps(self.inputs | inputs))
        path = self.folder / f"{name}.json"
        if path.is_file():
            found = json.loads(path.read_text(encoding="utf-8"))
            if found["inputs"] == wanted:
                print(f"{name}: measured before", flush=True)
                return found["found"]
        print(f"{name}: measuring", flush=True)
        found = make()
        record.write(path, {"made": record.now(), "commit": record.commit(), "inputs": wanted, "found": found})
        return found
