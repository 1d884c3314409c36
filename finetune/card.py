"""The model card, written from what the runs recorded."""

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


def write(manifest: dict, findings: dict, pretrain: Path, runs: dict[str, Path]) -> str:
    """Return the card as Markdown."""
    run = json.loads((pretrain / "run.json").read_text(encoding="utf-8"))
    data_manifest = pretrain.parent / "data" / "manifest.json"
    data = json.loads(data_manifest.read_text(encoding="utf-8")) if data_manifest.is_file() else {"counts": {}}
    return "\n".join(
        [
            f"# {manifest['title']}",
            "",
            manifest["notes"],
            "",
            "It is the model that the workbench starts with, so that the first run needs no download. For useful ideas",
            "move on to Llama-3.2-1B-Instruct: put its GGUF file on disk and name it in `WORKBENCH_MODEL`.",
            "",
            *_files(manifest),
            *_training(run, data, pretrain),
            *_adapters(runs),
            *_limits(),
            *_data(data),
            *_proof(findings),
        ]
    )


def _files(manifest: dict) -> list[str]:
    entries = {"base": manifest["base"], **manifest["adapters"]}
    rows = [f"| `{e['file']}` | {role} | {e['bytes']:,} | `{e['sha256'][:16]}` |" for role, e in entries.items()]
    return ["| file | role | bytes | SHA-256 begins |", "|---|---|---|---|", *rows, ""]


def _training(run: dict, data: dict, pretrain: Path) -> list[str]:
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


def _adapters(runs: dict[str, Path]) -> list[str]:
    lines = ["## Adapters", "LoRA on every matrix of the blocks; loss on the answers only, on held-out topics:", ""]
    lines += ["| adapter | rank, alpha | rows | before | after |", "|---|---|---|---|---|"]
    for task, folder in runs.items():
        run = json.loads((folder / "run.json").read_text(encoding="utf-8"))
        held = [row["heldout"] for row in record.curve(folder) if "heldout" in row]
        before, after = (
            ", ".join(f"{kind} {loss:.2f}" for kind, loss in found.items()) for found in (held[0], held[-1])
        )
        shape = run["config"]
        lines.append(f"| {task} | {shape['rank']}, {shape['alpha']} | {run['rows']:,} | {before} | {after} |")
    return [*lines, "", *(line for folder in runs.values() for line in _checks(folder))]


def _checks(folder: Path) -> list[str]:
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


def _limits() -> list[str]:
    return [
        "## What it can and cannot do",
        "- It writes `Title — sentence` lines and keeps to the form of each task. It is quick on any laptop.",
        "- It has read about as much English as a small shelf of books holds. Its sentences are often dream-like,",
        "  it often misses the topic, and a refinement may lose what it should keep.",
        "- Its yes and no follow how an idea is written (who, what, how much detail) more than whether it would work.",
        "- It knows no facts, gives no advice to rely on, and has had no safety training. English only.",
        "",
    ]


def _data(data: dict) -> list[str]:
    lines = ["## Data and licences", "The weights are CC BY 4.0. They were trained on:"]
    for name, found in data["counts"].items():
        if "licence" in found:
            lines.append(f"- `{name}`: {found['licence']} ({found['tokens']:,} tokens prepared)")
    lines.append("- `data/ideas`: this project's own idea set, CC BY 4.0; 8 % of its topics held out by a fixed hash")
    lines.append("- token embeddings begun from the word vectors of sentence-transformers/all-MiniLM-L6-v2, Apache-2.0")
    books = [f"{TITLES.get(book, book)} ({commit})" for book, commit in data.get("textbooks", {}).items()]
    if books:
        lines += ["", "OpenStax textbooks, Rice University, CC BY 4.0 (openstax.org), with the commit of their source:"]
        lines += [f"{', '.join(books)}."]
    return [*lines, ""]


def _proof(findings: dict) -> list[str]:
    lines = [
        "## Proof of the export",
        "Compared with transformers when these files were made (`proof.json`): token ids equal on "
        f"{findings['tokens']['texts equal']} awkward texts and {findings['tokens']['chats equal']} chats, and",
        "",
        "| part | rms logit difference at f16 | mean KL as shipped | equal first choices |",
        "|---|---|---|---|",
    ]
    for part, found in findings.items():
        if part != "tokens":
            shipped = found["shipped"]
            lines.append(
                f"| {part} | {found['f16']['rms logit difference']:.4f} | {shipped['mean KL divergence']:.5f} "
                f"| {shipped['equal first choices']:.1%} |"
            )
    return [*lines, ""]
