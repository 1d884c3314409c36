"""finetune.prepare on synthetic ShareGPT rows: seconds, rows a second, and peak memory of its process.

    python -m finetune.bench.prepare                 (100,000 rows, in a temporary folder; exact and near repeats)
    python -m finetune.bench.prepare --rows 10000

Prepare runs in a process of its own, so that the peak is its alone.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import yaml

from finetune.bench.rows import sharegpt
from finetune.config import read

CONFIG = Path(__file__).parents[1] / "configs" / "data-study.yaml"


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000)
    asked = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as folder:
        print(json.dumps(measure(Path(folder), asked.rows), indent=1))


def measure(folder: Path, rows: int) -> dict:
    """Return what preparing so many rows takes."""
    source = folder / "rows.jsonl"
    sharegpt(source, rows)
    settings = read(CONFIG) | {
        "out_dir": str(folder / "out"), "sources": [{"path": str(source)}],
        "splits": {"train": None, "validation": 0.1, "test": 0.1}, "min_score": 3,
    }  # fmt: skip
    (folder / "config.yaml").write_text(yaml.safe_dump(settings), encoding="utf-8")
    began = time.perf_counter()
    command = [sys.executable, "-m", "finetune.prepare", "--config", str(folder / "config.yaml")]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)
    counts = json.loads((folder / "out" / "manifest.json").read_text(encoding="utf-8"))["counts"]
    return {
        "rows": rows, "source_mb": round(source.stat().st_size / 1e6), "seconds": round(seconds, 1),
        "rows_per_s": round(rows / seconds), "peak_memory_mb": round(peak), "counts": counts,
        "load": round(os.getloadavg()[0], 1),
    }  # fmt: skip


if __name__ == "__main__":
    main()
