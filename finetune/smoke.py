"""Run the scripts end to end on toy sizes, in a temporary folder: data, pretrain, train twice, guide, checks, export.

python -m finetune.smoke            (about two minutes on two cores)
python -m finetune.smoke --out DIR  (keeps what it made)
"""

import argparse
import gzip
import json
import sys
import tempfile
import time
from pathlib import Path

from finetune import checks, export, guide, ideas, pretrain, pretrain_data, train
from workbench.errors import WorkbenchError

CONFIGS = Path(__file__).parent / "configs"
TINY_MODEL = {
    "vocab_size": 1024, "sequence_length": 256, "sources": "[app_ideas]", "textbooks": "[]", "idea_passes": 1,
    "eval_rows": 8, "hidden_size": 64, "layers": 2, "heads": 2, "key_value_heads": 1, "feed_forward": 128,
    "max_positions": 512, "batch_size": 4, "max_minutes": 5, "max_tokens": 30000, "word_vectors": "true",
}  # fmt: skip
TINY_ADAPTER = {
    "max_rows": 48, "eval_rows": 4, "rank": 4, "alpha": 8, "batch_size": 8, "eval_steps": 100, "save_steps": 100,
    "logging_steps": 2,
}  # fmt: skip

TINY_GUIDE = {"max_rows": 320, "eval_rows": 8, "eval_steps": 100}
TINY_CHECKS = {"max_ideas": 32, "epochs": 2, "eval_steps": 100}


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, help="keep the results here instead of a temporary folder")
    options = parser.parse_args(argv)
    started = time.monotonic()
    if options.out:
        run(options.out)
    else:
        with tempfile.TemporaryDirectory() as folder:
            run(Path(folder))
    print(f"smoke-train: prepare, pretrain, train and export passed in {time.monotonic() - started:.0f} s")


def run(folder: Path) -> Path:
    """Make a toy model in `folder`; return the folder of its export."""
    ideas_dir = Path(__file__).parent.parent / "data" / "ideas"
    text_dir = write_toy_text(ideas_dir, folder / "text")
    starter = ["--config", str(CONFIGS / "starter-cpu.yaml"), "--run_dir", str(folder / "starter")]
    starter += ["--ideas_dir", str(ideas_dir), "--text_dir", str(text_dir), *flags(TINY_MODEL)]
    pretrain_data.main(starter)
    pretrain.main(starter)
    base = folder / "starter" / "pretrain" / "model"
    for task in ("brainstorm", "refine"):
        chosen = ["--config", str(CONFIGS / f"{task}.yaml"), "--run_dir", str(folder / task), "--base", str(base)]
        train.main([*chosen, "--ideas_dir", str(ideas_dir), *flags(TINY_ADAPTER)])
    stage = ["--config", str(CONFIGS / "guide.yaml"), "--run_dir", str(folder / "brainstorm"), "--base", str(base)]
    guide.main([*stage, "--ideas_dir", str(ideas_dir), *flags(TINY_GUIDE)])
    stage = ["--config", str(CONFIGS / "checks.yaml"), "--run_dir", str(folder / "refine"), "--base", str(base)]
    checks.main([*stage, "--ideas_dir", str(ideas_dir), *flags(TINY_CHECKS)])
    out = folder / "export"
    adapters = ",".join(f"{task}={folder / task}" for task in ("brainstorm", "refine"))
    export.main(["--base", str(base), "--adapters", adapters, "--out", str(out), "--name", "toy"])
    return out


def flags(settings: dict) -> list[str]:
    return [part for key, value in settings.items() for part in (f"--{key}", str(value))]


def write_toy_text(ideas_dir: Path, folder: Path) -> Path:
    """Write a stand-in for general text: the refined ideas of the training topics, as documents."""
    folder.mkdir(parents=True, exist_ok=True)
    train_rows, _ = ideas.split(ideas.read(ideas_dir))
    with gzip.open(folder / "app_ideas.jsonl.gz", "wt", encoding="utf-8") as out:
        for row in train_rows["refine"][:400]:
            out.write(json.dumps({"file": row["id"], "text": f"{row['topic']}\n{row['refined']}"}) + "\n")
    return folder


if __name__ == "__main__":
    try:
        main()
    except WorkbenchError as error:
        sys.exit(str(error))
