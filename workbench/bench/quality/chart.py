"""The figures between 0 and 1 as a chart: the model's among its controls."""

from pathlib import Path
from typing import Any

from workbench.bench.quality.tables import COLUMNS
from workbench.errors import InputError

SHOWN = {
    "valid": "valid form",
    "topic_retrieval": "own topic the nearest of ten, by words",
    "topic_retrieval_embedded": "own topic the nearest of ten, by meaning",
    "repeated_across_topics": "repeats an idea of an unrelated topic",
    "refine_noop": "rewrite: nothing changed",
    "refine_lost_facts": "rewrite: names and numbers lost",
    "refine_drift": "rewrite: words of the idea gone",
    "refine_goal_met": "rewrite: nearer to its goal",
    "refine_useful": "rewrite: nearer, nothing lost, same idea",
    "order_consistency": "checks: same in both answer orders",
    "wording_consistency": "checks: same in all wordings",
    "checks_auc_mean": "checks: AUC against labels",
    "label_agreement": "checks: agreement with labels",
}
SHAPES = {
    "model": "circle", "do nothing": "cross", "random": "triangle-up", "shuffled": "triangle-down",
    "length alone": "square", "written": "diamond",
}  # fmt: skip
COLOURS = ("#0b5cad", "#8a8a8a", "#b5651d", "#c99a2e", "#7a6aa8", "#2b8a57")
FORMATS = (".svg", ".png")


def check(file: Path) -> None:
    """Raise InputError when a chart cannot be written to this file: asked before the measuring, which takes long."""
    if file.suffix not in FORMATS:
        raise InputError(f"{file} is no chart's name: let it end in {' or '.join(FORMATS)}.")
    if not file.parent.is_dir():
        raise InputError(f"There is no folder {file.parent} to write the chart into.")


def draw(measured: dict[str, Any], file: Path) -> None:
    """Write the chart of measured figures as SVG or PNG."""
    import vl_convert

    if file.suffix == ".svg":
        file.write_text(vl_convert.vegalite_to_svg(spec(measured)), encoding="utf-8")
    else:
        file.write_bytes(vl_convert.vegalite_to_png(spec(measured), scale=2))


def spec(measured: dict[str, Any]) -> dict[str, Any]:
    """Return the chart in Vega-Lite: a row each figure, a mark each control, a bar for the model's interval."""
    there = {key: words for key, words in SHOWN.items() if measured.get(key) is not None}
    points = [
        {"figure": words, "of": name, "value": value}
        for key, words in there.items() for name, value in _values(measured, key).items() if value is not None
    ]  # fmt: skip
    ends = measured["intervals"]
    bars = [{"figure": words, "low": ends[key][0], "high": ends[key][1]} for key, words in there.items() if key in ends]
    y = {
        "field": "figure", "type": "nominal", "sort": list(there.values()), "title": None,
        "axis": {"labelLimit": 320, "labelPadding": 8, "grid": True, "ticks": False, "domain": False},
    }  # fmt: skip
    x = {
        "type": "quantitative", "title": None, "axis": {"format": ".0%"},
        "scale": {"domain": [-0.02, 1.02], "nice": False},  # room for the marks at both ends
    }  # fmt: skip
    named = {"field": "of", "type": "nominal", "sort": list(SHAPES), "title": None}
    colour = named | {"scale": {"domain": list(SHAPES), "range": list(COLOURS)}}
    shape = named | {"scale": {"domain": list(SHAPES), "range": list(SHAPES.values())}}
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "title": f"{measured['model']['name']}: figures of quality and their controls",
        "background": "white", "width": 460, "height": 26 * len(there),
        "config": {"axis": {"gridColor": "#e6e6e6", "labelFontSize": 12}, "view": {"stroke": None}},
        "layer": [
            {
                "data": {"values": bars},
                "mark": {"type": "rule", "strokeWidth": 6, "opacity": 0.35, "color": COLOURS[0]},
                "encoding": {"y": y, "x": x | {"field": "low"}, "x2": {"field": "high"}},
            },
            {
                "data": {"values": points},
                "mark": {"type": "point", "size": 80, "strokeWidth": 2, "opacity": 1},  # outlines: one on another shows
                "encoding": {"y": y, "x": x | {"field": "value"}, "color": colour, "shape": shape},
            },
        ],
    }  # fmt: skip


def _values(measured: dict[str, Any], key: str) -> dict[str, float | None]:
    beside = measured["controls"].get(key, {})
    return {"model": measured[key]} | {COLUMNS[name]: value for name, value in beside.items()}
