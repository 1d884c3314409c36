"""What may be done with an export: the base's licence, the data's, and whether either forbids trade."""

import json
import re
from pathlib import Path

from finetune.exporting.runs import Run, licences

# How licences are written here and there -> what the hub's model cards call them
NAMES = {
    "mit": "mit", "apache": "apache-2.0", "cc by-nc": "cc-by-nc-4.0", "cc-by-nc": "cc-by-nc-4.0", "cc by": "cc-by-4.0",
    "cc-by": "cc-by-4.0", "llama3.2": "llama3.2", "llama 3.2": "llama3.2",
}  # fmt: skip
STARTER = "cc-by-4.0"  # a base pretrained by finetune.pretrain, whose card names every text
FREE = ("mit", "apache-2.0", STARTER)  # these ask nothing of what is trained on a base but to be named


def of_base(base: Path) -> str:
    """Return the base's licence as the hub names it; "" when nothing says."""
    if (base.parent / "run.json").is_file() and (base.parent / "curve.jsonl").is_file():
        return STARTER
    if (base / "source.json").is_file():  # restored by finetune.from_gguf
        return json.loads((base / "source.json").read_text(encoding="utf-8"))["licence"]
    card = base / "README.md"
    found = re.search(r"^license:\s*(\S+)", card.read_text(encoding="utf-8"), re.MULTILINE) if card.is_file() else None
    return found.group(1) if found else ""


def of_data(runs: list[Run]) -> dict[str, str]:
    """Return source -> licence over all runs."""
    return {source: licence for run in runs for source, licence in licences(run).items()}


def name_of(words: str) -> str:
    """Return a licence's name on the hub; "" for words that name none."""
    found = [name for written, name in NAMES.items() if re.search(rf"\b{re.escape(written)}\b", words.lower())]
    return next((name for name in found if "nc" in name), found[0] if found else "")


def non_commercial(names: list[str]) -> bool:
    """Say whether one of the licences forbids trade."""
    return any(re.search(r"\bnc\b|non-?commercial", name.lower()) for name in names)


def overall(base: str, data: dict[str, str]) -> str:
    """Return the licence of the whole, as the hub names it: non-commercial as soon as any part is, else the base's.

    `other` where nothing says, or where data of no stated licence went in: then a person has to decide.
    """
    parts = [base, *data.values()]
    if non_commercial(parts):
        return "cc-by-nc-4.0" if base in (*FREE, "cc-by-nc-4.0") else "other"
    if not base or not data or not all(name_of(words) for words in data.values()):
        return "other"
    return base


def of_adapters(base: str, data: dict[str, str]) -> str:
    """Return the licence of adapters without their base: this project's own where the base's leaves that free."""
    return overall(STARTER if base in FREE else base, data)


def of_both(base: str, adapters: str) -> str:
    """Return the licences of a base that lies elsewhere and of its adapters, as people write them."""
    whole = base == adapters or adapters == "other"
    return in_words(adapters) if whole else f"{in_words(base)} (base), {in_words(adapters)} (adapters)"


def in_words(name: str) -> str:
    """Return a licence as people write it."""
    words = {
        "cc-by-4.0": "CC BY 4.0", "cc-by-nc-4.0": "CC BY-NC 4.0 (not for trade)", "mit": "MIT",
        "apache-2.0": "Apache-2.0", "other": "not settled: see the model card",
    }  # fmt: skip
    return words.get(name, name)
