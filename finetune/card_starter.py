"""What only a starter's card says: how its base was pretrained, on which texts, and what it can and cannot do."""

import json
from pathlib import Path

from finetune import record

TITLES = {
    "introduction-business": "Introduction to Business",
    "entrepreneurship": "Entrepreneurship",
    "principles-marketing": "Principles of Marketing",
    "college-success-bundle": "College Success",
    "writing-guide": "Writing Guide with Handbook",
    "psychology": "Psychology",
    "introduction-sociology": "Introduction to Sociology",
    "business-ethics": "Business Ethics",
}


def opening() -> list[str]:
    """Return what the model is there for."""
    return [
        "It is the model that the workbench starts with, so that the first run needs no download. For useful ideas",
        "move on to Llama-3.2-1B-Instruct: put its GGUF file on disk and name it in `WORKBENCH_MODEL`.",
        "",
    ]


def training(pretrain: Path) -> list[str]:
    """Return how the base was pretrained, with its curve."""
    run = json.loads((pretrain / "run.json").read_text(encoding="utf-8"))
    shape, curve = run["config"], record.curve(pretrain)
    held = [row for row in curve if "heldout" in row]
    rows = [f"| {r['tokens']:,} | {r['heldout']['general']:.2f} | {r['heldout']['ideas']:.2f} |" for r in held]
    return [
        "## Pretraining",
        f"A Llama of {run['parameters']:,} parameters ({shape['layers']} layers, {shape['hidden_size']} wide,",
        f"{shape['heads']} heads, {shape['key_value_heads']} of keys and values, vocabulary {shape['vocab_size']:,},",
        "input and output embeddings tied).",
        f"Trained on {run['machine']}, on {run['started'][:10]}, seed {shape['seed']},",
        f"for {held[-1]['seconds'] // 60} minutes: {held[-1]['tokens']:,} tokens.",
        f"It was trained on rows of {shape['sequence_length']} tokens: longer texts, up to the limit of",
        f"{shape['max_positions']}, are outside what it has seen.",
        "",
        "Loss on what was held out, in nats per token (`ideas`: completions on topics it has never seen):",
        "",
        "| tokens | general text | ideas |",
        "|---|---|---|",
        *rows,
        "",
    ]


def checks(folder: Path) -> list[str]:
    """Return what the second stage of the refine adapter brought, if it was run."""
    if not (folder / "checks.json").is_file():
        return []
    stage = json.loads((folder / "checks.json").read_text(encoding="utf-8"))
    before, after = stage["curve"][0], stage["kept"]
    numbers = " ".join(f"{auc:.2f}" for auc in after["auc"])
    return [
        f"Then the eight checks of {stage['rows']:,} judged ideas ({after['step']} steps of `finetune.checks`). On",
        f"{stage['heldout_rows']} held-out ideas, P(yes) of a yes-idea is above that of a no-idea with the probability",
        f"(AUC) {numbers}, mean {after['auc_mean']:.2f}; before this stage {before['auc_mean']:.2f},",
        f"and nearly the same P(yes) for every idea (its standard deviation {before['spread']:.2f}, since then",
        f"{after['spread']:.2f}).",
        "",
    ]


def limits() -> list[str]:
    """Return what a starter can and cannot do."""
    return [
        "## What it can and cannot do",
        "- It writes `Title — sentence` lines and keeps to the form of each task. It is quick on any laptop.",
        "- It has read about as much English as a small shelf of books holds. Its sentences are often dream-like,",
        "  it often misses the topic, and a refinement may lose what it should keep.",
        "- Its yes and no follow how an idea is written (who, what, how much detail) more than whether it would work.",
        "- It knows no facts, gives no advice to rely on, and has had no safety training. English only.",
        "",
    ]


def data(pretrain: Path) -> list[str]:
    """Return the texts that the base has read, with their licences."""
    lines = ["They were trained on:"]
    for name, found in _manifest(pretrain)["counts"].items():
        if "licence" in found:
            lines.append(f"- `{name}`: {found['licence']} ({found['tokens']:,} tokens prepared)")
    words = "- token embeddings begun from the word vectors of sentence-transformers/all-MiniLM-L6-v2, Apache-2.0"
    return [*lines, words]


def books(pretrain: Path) -> list[str]:
    """Return the textbooks, as their licence asks."""
    books = _manifest(pretrain).get("textbooks", {})
    found = [f"{TITLES.get(book, book)} ({commit})" for book, commit in books.items()]
    if not found:
        return []
    opened = "OpenStax textbooks, Rice University, CC BY 4.0 (openstax.org), with the commit of their source:"
    return ["", opened, f"{', '.join(found)}."]


def _manifest(pretrain: Path) -> dict:
    path = pretrain.parent / "data" / "manifest.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {"counts": {}}
