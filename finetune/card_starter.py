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
    "principles-economics-bundle": "Principles of Economics",
    "introduction-anthropology": "Introduction to Anthropology",
    "american-government": "American Government",
    "introduction-political-science": "Introduction to Political Science",
    "introduction-philosophy": "Introduction to Philosophy",
}


def opening() -> list[str]:
    """Return what the model is there for."""
    return [
        "It is what the workbench runs on where its usual model is not there, the model of its tests, and the example",
        "of training from scratch. For more useful ideas take a larger one: `python -m workbench models catalogue`.",
        "",
    ]


def stages(pretrain: Path) -> list[Path]:
    """Return the folders of a starter's pretraining, first to last: each stage's config names where it began."""
    before = _run(pretrain)["config"].get("start_from")
    return [*(stages(Path(before).parent) if before else []), pretrain]


def training(pretrain: Path) -> list[str]:
    """Return how the base was pretrained, with its curve."""
    rows, tokens, minutes = [], 0, 0
    for number, folder in enumerate(stages(pretrain), 1):
        held = [row for row in record.curve(folder) if "heldout" in row]
        rows += [
            f"| {number} | {tokens + r['tokens']:,} | {r['heldout']['general']:.2f} | {r['heldout']['ideas']:.2f} |"
            for r in held
        ]
        tokens, minutes = tokens + held[-1]["tokens"], minutes + held[-1]["seconds"] // 60
    run = _run(pretrain)
    shape = run["config"]
    return [
        "## Pretraining",
        f"A Llama of {run['parameters']:,} parameters ({shape['layers']} layers, {shape['hidden_size']} wide,",
        f"{shape['heads']} heads, {shape['key_value_heads']} of keys and values, vocabulary {shape['vocab_size']:,},",
        "input and output embeddings tied).",
        f"Trained on {run['machine']}, until {run['started'][:10]}, for {minutes} minutes in all: {tokens:,} tokens.",
        f"Its last stage read rows of {shape['sequence_length']} tokens: longer texts, up to the limit of",
        f"{shape['max_positions']}, are outside what it is used to.",
        "",
        "Loss on what was held out, in nats per token (`ideas`: completions on topics it has never seen; each stage",
        "holds out its own texts, and ideas of the idea set as it then was):",
        "",
        "| stage | tokens | general text | ideas |",
        "|---|---|---|---|",
        *rows,
        "",
        *_averaged(pretrain),
    ]


def _averaged(pretrain: Path) -> list[str]:
    path = pretrain / "average.json"
    if not path.is_file():
        return []
    share = json.loads(path.read_text(encoding="utf-8"))["share of the last"]
    return [f"The base is {share:.0%} of the last stage's weights and {1 - share:.0%} of those before it.", ""]


def _run(pretrain: Path) -> dict:
    return json.loads((pretrain / "run.json").read_text(encoding="utf-8"))


def limits() -> list[str]:
    """Return what a starter can and cannot do."""
    return [
        "## What it can and cannot do",
        "- It writes `Title — sentence` lines and keeps to the form of each task. It is quick on any laptop.",
        "- It has read about as much English as a small shelf of books holds. Its ideas speak of the topic and show",
        "  their lens, but what they propose is often dream-like: take them as words to think from.",
        "- Its yes and no follow how an idea is written (who, what, how much detail) more than whether it would work.",
        "- It knows no facts, gives no advice to rely on, and has had no safety training. English only.",
        "",
    ]


def data(pretrain: Path) -> list[str]:
    """Return the texts that the base has read, with their licences; of a text in several stages the larger part."""
    found: dict[str, dict] = {}
    for manifest in map(_manifest, stages(pretrain)):
        for name, counted in manifest["counts"].items():
            if "licence" in counted and counted["tokens"] > found.get(name, {"tokens": 0})["tokens"]:
                found[name] = counted
    lines = [f"- `{name}`: {one['licence']} ({one['tokens']:,} tokens prepared)" for name, one in found.items()]
    words = "- token embeddings begun from the word vectors of sentence-transformers/all-MiniLM-L6-v2, Apache-2.0"
    return ["They were trained on:", *lines, words]


def books(pretrain: Path) -> list[str]:
    """Return the textbooks, as their licence asks."""
    manifests = map(_manifest, stages(pretrain))
    books = {book: commit for manifest in manifests for book, commit in manifest.get("textbooks", {}).items()}
    found = [f"{TITLES.get(book, book)} ({commit})" for book, commit in books.items()]
    if not found:
        return []
    opened = "OpenStax textbooks, Rice University, CC BY 4.0 (openstax.org), with the commit of their source:"
    return ["", opened, f"{', '.join(found)}."]


def _manifest(pretrain: Path) -> dict:
    path = pretrain.parent / "data" / "manifest.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {"counts": {}}
