"""Two pictures of a sweep: the held-out loss by step, and where each trial ended."""

from pathlib import Path
from statistics import fmean
from typing import Any

COLOURS = ["#0b5cad", "#b5651d", "#2b8a57", "#7a6aa8", "#c99a2e", "#8a8a8a", "#b23a48", "#3a8fb2"]
DASHES = [[1, 0], [6, 3], [2, 2], [8, 3, 2, 3]]
MOST = 8  # cells in a chart of curves: more cannot be told apart


def write(made: dict[str, Any], out: Path) -> list[tuple[str, str]]:
    """Write the charts that there is anything to draw in; return (file, what it shows) of each."""
    import vl_convert

    drawn = []
    if made["cells"]:
        for file, spec, shows in (
            ("curves.svg", _curves(made), f"{made['judge_by']} loss by step of each cell, mean over seeds"),
            ("losses.svg", _ends(made), f"Last {made['judge_by']} loss of every trial by cell, with the mean"),
        ):
            (out / file).write_text(vl_convert.vegalite_to_svg(spec), encoding="utf-8")
            drawn.append((file, shows))
    return drawn


def mean_curve(made: dict[str, Any], cell: dict[str, Any], kind: str) -> list[tuple[int, float]]:
    """Return the mean over a cell's seeds at each step that all of them reached."""
    curves = [dict(trial["curves"].get(kind, [])) for trial in made["trials"] if trial["number"] in cell["trials"]]
    shared = sorted(set.intersection(*(set(curve) for curve in curves))) if curves else []
    return [(int(step), fmean(curve[step] for curve in curves)) for step in shared]


def shown_name(cell: dict[str, Any]) -> str:
    return cell["name"] + " (baseline)" * (cell["baseline"] and cell["name"] != "baseline")


def _frame(title: str, height: int) -> dict[str, Any]:
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "title": {"text": title, "anchor": "start", "fontSize": 13},
        "background": "white", "width": 520, "height": height, "padding": 8,
        "config": {
            "axis": {
                "gridColor": "#e6e6e6", "labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": "normal",
                "labelLimit": 320, "tickCount": 6,
            },
            "legend": {
                "labelFontSize": 12, "labelLimit": 320,
                "symbolType": "stroke", "symbolStrokeWidth": 2, "symbolSize": 400,
            },
            "view": {"stroke": None},
        },
    }  # fmt: skip


def _curves(made: dict[str, Any]) -> dict[str, Any]:
    cells = made["cells"][:MOST]
    names = [cell["name"] for cell in cells]
    values = [
        {"cell": name, "step": step, "loss": loss}
        for name, cell in zip(names, cells, strict=True)
        for step, loss in mean_curve(made, cell, made["judge_by"])
    ]
    named = {"field": "cell", "type": "nominal", "title": None, "sort": names}
    dashes = [DASHES[number % len(DASHES)] for number in range(len(names))]
    return _frame(f"{made['judge_by'].capitalize()} loss by step, mean over seeds", 260) | {
        "data": {"values": values},
        "mark": {"type": "line", "point": {"size": 28}, "strokeWidth": 2},
        "encoding": {
            "x": {"field": "step", "type": "quantitative", "title": "step", "axis": {"tickMinStep": 1}},
            "y": {"field": "loss", "type": "quantitative", "title": None, "scale": {"zero": False}},
            "color": named
            | {"scale": {"domain": names, "range": COLOURS}, "legend": {"orient": "bottom", "columns": 2}},
            "strokeDash": named | {"scale": {"domain": names, "range": dashes}},
        },
    }  # fmt: skip


def _ends(made: dict[str, Any]) -> dict[str, Any]:
    names = [shown_name(cell) for cell in made["cells"]]
    points = [
        {"cell": name, "loss": loss, "seed": str(seed)}
        for name, cell in zip(names, made["cells"], strict=True)
        for loss, seed in zip(cell["losses"], cell["seeds"], strict=True)
    ]
    means = [{"cell": name, "loss": cell["mean"]} for name, cell in zip(names, made["cells"], strict=True)]
    y = {"field": "cell", "type": "nominal", "sort": names, "title": None, "axis": {"grid": True}}
    axis = {"format": ".3f", "tickCount": 5}
    x = {"field": "loss", "type": "quantitative", "title": None, "scale": {"zero": False}, "axis": axis}
    return _frame(f"Last {made['judge_by']} loss: each seed, and the mean (bar)", 26 * len(names)) | {
        "layer": [
            {
                "data": {"values": means},
                "mark": {"type": "tick", "thickness": 3, "size": 20, "color": COLOURS[0]},
                "encoding": {"y": y, "x": x},
            },
            {
                "data": {"values": points},
                "mark": {"type": "point", "size": 46, "color": "#333333", "opacity": 0.8},
                "encoding": {"y": y, "x": x},
            },
        ],
    }  # fmt: skip
