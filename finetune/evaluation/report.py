"""All that was measured as report.json, and as report.md for people: the gain and what was forgotten side by side."""

from pathlib import Path

from finetune import record
from finetune.evaluation.heldout import REJECTED, UNWANTED

NOT = "not measured"


def write(folder: Path, found: dict) -> None:
    """Write both files."""
    record.write(folder / "report.json", found)
    aside = folder / ".report.md"
    aside.write_text(text(found), encoding="utf-8")
    aside.replace(folder / "report.md")


def text(found: dict) -> str:
    """Return the report in Markdown."""
    lines = [
        f"# {found['name']}: base against tuned", "",
        f"Base: `{found['base']}`. Tuned: `{found['tuned']}`. {found['made'][:10]}, {found['machine']}, "
        f"commit {found['commit'][:12]}.", "", *verdict(found), "",
        "## Loss: what was learned, and what was forgotten", "", *_losses(found), "",
        "## Tasks (lm-eval)", "", *_tasks(found), "",
        "## The app's own figures", "", *_quality(found), "",
        "## Blind duels, tuned against base", "", *_duels(found),
    ]  # fmt: skip
    return "\n".join(lines) + "\n"


def verdict(found: dict) -> list[str]:
    """Return one line on the gain and one on the cost, each no surer than its interval."""
    parts = (found.get("losses") or {}).get("parts", [])
    said = []
    for learned, words in ((True, "Learned"), (False, "Not trained on")):
        shown = [part for part in parts if not part["name"].endswith((REJECTED, UNWANTED))]
        mine = [part for part in shown if part["learned"] is learned]
        if not mine:
            continue
        better = [part["name"] for part in mine if _sign(part) < 0]
        worse = [part["name"] for part in mine if _sign(part) > 0]
        same = [part["name"] for part in mine if _sign(part) == 0]
        named = {"better": better, "worse": worse, "no clear change": same}
        pieces = [f"{label}: {', '.join(names)}" for label, names in named.items() if names]
        said.append(f"- **{words}.** {'; '.join(pieces)}.")
    return said


def _sign(part: dict) -> int:
    """Return -1 for a loss that is clearly lower, 1 for one clearly higher, 0 where the interval holds no change."""
    low, high = part["interval"] or (-1, 1)
    return -1 if high < 0 else 1 if low > 0 else 0


def _losses(found: dict) -> list[str]:
    losses = found.get("losses")
    if not losses:
        return [_why(found, "losses")]
    lines = [
        "| Rows | | n | Base loss | Tuned loss | Change [95 %] | Base perplexity | Tuned perplexity |",
        "|---|---|---:|---:|---:|---:|---:|---:|",
    ]
    for part in losses["parts"]:
        kind = "learned" if part["learned"] else "not trained on"
        lines.append(
            f"| {part['name']} | {kind} | {part['rows']} | {part['base']:.4f} | {part['tuned']:.4f} | "
            f"{part['difference']:+.4f} {_interval(part['interval'], '+.4f')} | "
            f"{part['base_perplexity']:.2f} | {part['tuned_perplexity']:.2f} |"
        )
    for name, one in losses["preferences"].items():
        lines += ["", f"{name}: moved toward the chosen answer in {one['moved_to_chosen']:.1%} of {one['rows']} pairs "
                  f"{_interval(one['interval'], '.1%')}; 50 % is chance."]  # fmt: skip
    lines += ["", "Nats per token of the answers only, masked as in training; of general text, every token. Lower is "
              "better. Intervals: paired bootstrap, rows on one topic drawn together."]  # fmt: skip
    return [*lines, *(f"Note: {note}" for note in losses["notes"])]


def _tasks(found: dict) -> list[str]:
    tasks = found.get("tasks")
    if not tasks:
        return [_why(found, "tasks")]
    lines = ["| Task | Metric | Base | Tuned | Improvement |", "|---|---|---:|---:|---:|"]
    for name, metrics in tasks["tasks"].items():
        lines += [
            f"| {name} | {metric} | " + " | ".join(
                [_with_error(one["base"]), _with_error(one["tuned"]), _with_error(one["improvement"], "+")]
            ) + " |"
            for metric, one in metrics.items()
        ]  # fmt: skip
    if not tasks["tasks"]:
        lines = []
    few = f" At most {tasks['limit']} rows a task." if tasks["limit"] else ""
    lines += ["", f"± is one standard error; of an improvement, that of the paired differences.{few}"] if lines else []
    return [*lines, *(["", f"{tasks['missing']} ({NOT})"] if tasks["missing"] else [])]


def _with_error(pair: list, sign: str = "") -> str:
    value, error = pair
    return f"{value:{sign}.4f}" + (f" ± {error:.4f}" if error is not None else "")


def _quality(found: dict) -> list[str]:
    quality = found.get("quality")
    if not quality:
        return [_why(found, "quality")]
    lines = ["| Figure | Base | Tuned |", "|---|---:|---:|"]
    for name, sides in quality["figures"].items():
        cells = [f"{sides[s][0]:.3f} {_interval(sides[s][1], '.3f')}".strip() for s in ("base", "tuned")]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    told = "its adapters off and on; docs/quality.md tells what they mean."
    return [*lines, "", f"Of the export `{quality['export']}`, {told}"]


def _duels(found: dict) -> list[str]:
    lines = []
    if duels := found.get("duels"):
        decided = duels.get("wins_of_decided")
        lines += [
            f"Judge: {duels['judge']['model']}. {duels['pairs']} pairs of answers, each in both orders.", "",
            "| Tuned wins | Ties | Base wins | Win rate [95 %] |", "|---:|---:|---:|---:|",
            f"| {duels['wins']} | {duels['ties']} | {duels['losses']} | {duels['win_rate']:.1%} "
            f"{_interval(duels['interval'], '.1%')} |", "",
            "A split between the orders is a tie, and a tie half a win"
            + (f"; of the decided alone {decided[0]:.1%} {_interval(decided[1], '.1%')} (Wilson)" if decided else "")
            + f". The answer shown first was preferred {duels['first_preferred']:.0%} of the time (50 % is no bias).",
        ]  # fmt: skip
        if duels["no_answer"]:
            lines.append(f"{duels['no_answer']} more pairs got neither A nor B.")
    else:
        lines.append(_why(found, "duels"))
    if people := found.get("people"):
        lines += ["", f"People: {people['pairs']} votes, win rate {people['win_rate']:.1%} "
                  f"{_interval(people['interval'], '.1%')}."]  # fmt: skip
    return lines


def _interval(ends: list[float] | None, form: str) -> str:
    return f"[{ends[0]:{form}}, {ends[1]:{form}}]" if ends else ""


def _why(found: dict, part: str) -> str:
    return f"{NOT.capitalize()}: {found['not_measured'].get(part, 'not asked for')}"
