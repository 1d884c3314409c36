"""Time both set-ups on a fresh clone and write docs/setup-times.json; minutes.

    python3 scripts/time_setup.py             # with what pip has kept from before
    python3 scripts/time_setup.py --no-cache  # as on a new machine: downloads everything, builds llama.cpp
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FIGURES = ROOT / "docs" / "setup-times.json"
TARGETS = {"app (make setup)": "setup", "tests and training on top (make test's set-up)": "setup-test"}


def main(arguments: list[str]) -> None:
    fresh = "--no-cache" in arguments
    env = os.environ | ({"PIP_NO_CACHE_DIR": "1"} if fresh else {})
    env.pop("VENV", None)
    seconds = {}
    with tempfile.TemporaryDirectory(prefix="workbench-setup-") as folder:
        subprocess.run(["git", "clone", "-q", str(ROOT), folder], check=True)
        for words, target in TARGETS.items():
            began = time.monotonic()
            subprocess.run(["make", "--no-print-directory", target], cwd=folder, env=env, check=True)
            kept = ", nothing kept by pip" if fresh else ", pip's cache warm"
            seconds[words + kept] = round(time.monotonic() - began, 1)
    known = json.loads(FIGURES.read_text(encoding="utf-8"))["seconds"] if FIGURES.is_file() else {}
    record = {"measured": date.today().isoformat(), "cores": os.cpu_count(), "seconds": known | seconds}
    FIGURES.parent.mkdir(exist_ok=True)
    FIGURES.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(seconds, indent=1))


if __name__ == "__main__":
    main(sys.argv[1:])
