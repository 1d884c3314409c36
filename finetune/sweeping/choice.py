"""Which cell to choose, and whether the seeds allow to say so."""

from statistics import fmean, stdev
from typing import Any

CHEAPER = 0.9  # of the seconds: below this a cell is worth naming as the cheaper one


def choose(cells: list[dict[str, Any]]) -> dict[str, Any] | None:
    """Return the cell of the lowest mean loss among those with the most seeds, and why in one line.

    `because` says whether its lead over the next one exceeds what the seed alone changes: the 95 % t-interval of the
    differences, seed by seed (every cell sees the same rows in the same order with the same seed).
    """
    if not cells:
        return None
    most = max(len(cell["seeds"]) for cell in cells)
    compared = [cell for cell in cells if len(cell["seeds"]) == most]
    best, others = compared[0], compared[1:]
    parts = [f"its loss is the lowest, {_figure(best)}"]
    if others:
        parts.append(_against(best, others[0], "the next"))
    baseline = next((cell for cell in others[1:] if cell["baseline"]), None)
    if baseline:
        parts.append(_against(best, baseline, "the baseline"))
    level = [cell for cell in others if not _differs(best, cell)]
    cheaper = min(level, key=lambda cell: cell["seconds"] or float("inf"), default=None)
    if most > 1 and cheaper and best["seconds"] and (cheaper["seconds"] or 0) < CHEAPER * best["seconds"]:
        parts.append(
            f"{cheaper['name']} is as good within the seeds' spread and took "
            f"{cheaper['seconds']:.0f} s instead of {best['seconds']:.0f} s"
        )
    because = "; ".join(parts)
    return {
        "settings": best["settings"],
        "because": because,
        "line": f"Choose {best['name']}, because {because}.",
    }


def paired(best: dict[str, Any], other: dict[str, Any]) -> tuple[float, float, float] | None:
    """Return (mean, low, high) of other minus best, seed by seed; None with fewer than two seeds in common."""
    from scipy.stats import t

    ours = dict(zip(best["seeds"], best["losses"], strict=True))
    theirs = dict(zip(other["seeds"], other["losses"], strict=True))
    differences = [theirs[seed] - ours[seed] for seed in ours if seed in theirs]
    n = len(differences)
    if n < 2:
        return None
    half = float(t.ppf(0.975, n - 1)) * stdev(differences) / n**0.5
    return fmean(differences), fmean(differences) - half, fmean(differences) + half


def _differs(best: dict[str, Any], other: dict[str, Any]) -> bool:
    found = paired(best, other)
    return found is not None and found[1] > 0


def _against(best: dict[str, Any], other: dict[str, Any], name: str) -> str:
    found = paired(best, other)
    said = f"{name} ({other['name']}) is {other['mean'] - best['mean']:.4f} higher"
    if found is None:
        return f"{said}, and with one seed it is not known whether that exceeds the seeds' spread"
    verdict = "exceeds the seeds' spread" if _differs(best, other) else "does not exceed the seeds' spread"
    return f"{said}, which {verdict} (95 % interval over {len(best['seeds'])} seeds {found[1]:.4f} to {found[2]:.4f})"


def _figure(cell: dict[str, Any]) -> str:
    return f"{cell['mean']:.4f}" + (f" ± {cell['sd']:.4f}" if cell["sd"] is not None else "")
