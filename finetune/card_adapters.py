"""What a card says of the adapters: what each was trained on, its losses before and after, and its later stages."""

import json
from pathlib import Path

from finetune import record
from finetune.exporting.runs import Run

RATED = (
    "Its two checks of novelty were also shown people's ratings of unusual uses (massivetexts/ocsai, MIT; the training "
    "split, of the same objects as the answers that the published correlation is measured on)."
)


def write(runs: list[Run]) -> list[str]:
    """Return a table of the adapters, and what their later stages brought."""
    lines = ["## Adapters", "LoRA on every matrix of the blocks; loss on the answers only, on held-out topics:", ""]
    lines += ["| adapter | method | rank, alpha | rows | before | after |", "|---|---|---|---|---|---|"]
    for run in runs:
        held = [row["heldout"] for row in record.curve(run.folder) if row.get("heldout")]
        before, after = (_losses(held[0]), _losses(held[-1])) if held else ("not recorded", "not recorded")
        config = run.record.get("config", {})
        shape = f"{config['rank']}, {config['alpha']}" if "rank" in config and run.form != "whole" else "-"
        method = config.get("method", "lora") + (", merged" if run.form == "merged" else "")
        rows = f"{run.record['rows']:,}" if "rows" in run.record else "not recorded"
        lines.append(f"| {run.task} | {method} | {shape} | {rows} | {before} | {after} |")
    whole = [f"{run.task}: exported as a whole model, because {run.why}." for run in runs if run.why]
    later = [line for run in runs for part in (guide, checks) for line in part(run.folder)]
    return [*lines, "", *whole, *later]


def _losses(found: dict) -> str:
    return ", ".join(f"{kind} {loss:.2f}" for kind, loss in found.items())


def guide(folder: Path) -> list[str]:
    """Return what the second stage of the brainstorm adapter brought, if it was run."""
    if not (folder / "guide.json").is_file():
        return []
    stage = json.loads((folder / "guide.json").read_text(encoding="utf-8"))
    before, after = stage["curve"][0]["heldout"], stage["curve"][-1]["heldout"]
    return [
        f"Then guidance of {stage['config']['guidance']} toward the topic, taught to the adapter by itself",
        f"(`finetune.guide`, {stage['rows']:,} rows). On {stage['heldout_rows']} held-out rows, its divergence from",
        f"its own guided probabilities fell from {before['kl']:.2f} to {after['kl']:.2f} nats a token; its loss",
        f"on what was written went from {before['loss']:.2f} to {after['loss']:.2f}. Of what it learned",
        f"{stage['config']['kept']:.0%} is kept: its alpha is that much smaller.",
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
        *([RATED, ""] if stage["config"].get("rated") else [""]),
    ]
