"""Draw what rounds with simulated people came to: votes at the gate, and what the preference asked for.

python -m finetune.improving.chart runs/loop/loop.json runs/loop-random/loop.json --out docs/loop.svg
"""

import argparse
import json
from pathlib import Path

COLOURS = ("#0b5cad", "#b5651d")


def main(argv: list[str] | None = None) -> None:
    import vl_convert

    made = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("rounds", nargs="+", type=Path, help="loop.json of each")
    made.add_argument("--out", type=Path, required=True, help="SVG to write")
    options = made.parse_args(argv)
    found = [json.loads(path.read_text(encoding="utf-8")) for path in options.rounds]
    options.out.write_text(vl_convert.vegalite_to_svg(spec(found)), encoding="utf-8")


def spec(found: list[dict]) -> dict:
    """Return two charts in Vega-Lite beside each other, a row for each kind of voters."""
    votes = [
        {"voters": each["voters"], "value": each["verdict"]["win_rate"], "low": each["verdict"]["interval"][0],
         "high": each["verdict"]["interval"][1]} for each in found
    ]  # fmt: skip
    places = []
    for each in found:
        share = each["asked for"]["a place"]
        low, high = share["interval"]
        places.append({"voters": each["voters"], "value": share["new"] - share["old"], "low": low, "high": high})
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json", "background": "white",
        "config": {"axis": {"gridColor": "#e6e6e6", "labelFontSize": 12}, "view": {"stroke": None}},
        "hconcat": [
            _chart(votes, "Votes that the new adapter won, 95 % interval", 0.5, [0, 1], labelled=True),
            _chart(places, "Change in the share of ideas with a place", 0.0, [-0.2, 0.5], labelled=False),
        ],
    }  # fmt: skip


def _chart(rows: list[dict], title: str, nothing: float, domain: list[float], *, labelled: bool) -> dict:
    y = {"field": "voters", "type": "nominal", "title": None, "sort": None,
         "axis": {"labels": labelled, "ticks": False, "domain": False, "labelLimit": 220}}  # fmt: skip
    shown = {"format": "+.0%" if nothing == 0 else ".0%"}
    x = {"type": "quantitative", "title": None, "scale": {"domain": domain}, "axis": shown}
    colour = {"field": "voters", "type": "nominal", "legend": None, "scale": {"range": list(COLOURS)}, "sort": None}
    return {
        "title": {"text": title, "fontSize": 12}, "width": 300, "height": 34 * len(rows),
        "layer": [
            {"data": {"values": [{"at": nothing}]}, "mark": {"type": "rule", "strokeDash": [4, 4], "color": "#666"},
             "encoding": {"x": x | {"field": "at"}}},
            {"data": {"values": rows}, "mark": {"type": "rule", "strokeWidth": 5, "opacity": 0.35},
             "encoding": {"y": y, "x": x | {"field": "low"}, "x2": {"field": "high"}, "color": colour}},
            {"data": {"values": rows}, "mark": {"type": "point", "filled": True, "size": 90, "opacity": 1},
             "encoding": {"y": y, "x": x | {"field": "value"}, "color": colour}},
        ],
    }  # fmt: skip


if __name__ == "__main__":
    main()
