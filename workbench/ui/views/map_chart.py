"""The idea map as a chart: a shape and a colour for each group, its words beside it, circles where nothing is."""

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd

from workbench.assist.map import IdeaMap
from workbench.ui.words import short

POINT, GAP = "point", "gap"  # the names of the two selections
HEIGHT = 520
SHAPES = ["circle", "square", "triangle-up", "diamond", "cross", "triangle-down", "triangle-right", "triangle-left"]
# Okabe and Ito's palette, which people with any colour vision tell apart, lightened or darkened for each background.
LIGHT = ["#0b66a0", "#b3570a", "#00785c", "#a84a86", "#7a6a00", "#3a3f44", "#c0392b", "#2a7fb8"]
DARK = ["#6fb8e6", "#f0a35e", "#43c9a4", "#e29ac7", "#e0d24a", "#c4c9cf", "#ff8f7f", "#9fd0f0"]
INK = {False: "#121417", True: "#e9e6df"}
PAPER = {False: "#fcfbf8", True: "#16191c"}
QUIET = {False: "#6b6f75", True: "#9a9ea4"}
FRAME = alt.Scale(domain=[-0.08, 1.08])


def chart(found: IdeaMap, titles: Mapping[int, str], open_id: int | None, *, dark: bool) -> alt.LayerChart:
    """Return the layers, from the empty places below to the names on top."""
    layers: alt.LayerChart = (
        alt.layer(_gaps(found, dark), _ring(found, open_id, dark), _points(found, titles, dark), _names(found, dark))
        .properties(height=HEIGHT)
        .configure_view(strokeWidth=0)
    )
    return layers


def _points(found: IdeaMap, titles: Mapping[int, str], dark: bool) -> Any:
    rows = pd.DataFrame(
        {
            "idea": found.idea_ids, "x": found.x, "y": found.y,
            "group": [_name(found, number) for number in found.group_of],
            "title": [short(titles.get(idea_id, ""), 80) for idea_id in found.idea_ids],
        }
    )  # fmt: skip
    names = [_name(found, number) for number in range(len(found.groups))]
    size = 150 if len(rows) <= 80 else 70 if len(rows) <= 500 else 26
    colour = alt.Color("group:N", scale=alt.Scale(domain=names, range=(DARK if dark else LIGHT)[: len(names)]))
    shape = alt.Shape("group:N", scale=alt.Scale(domain=names, range=SHAPES[: len(names)]))
    return (
        alt.Chart(rows)
        .mark_point(filled=True, size=size, opacity=0.85 if len(rows) <= 500 else 0.6, cursor="pointer")
        .encode(
            _x(), _y(), colour.legend(None), shape.legend(None),
            tooltip=[alt.Tooltip("title:N", title="Idea"), alt.Tooltip("group:N", title="Group")],
        )
        .add_params(alt.selection_point(POINT, fields=["idea"], toggle=False, clear=False))
    )  # fmt: skip


def _gaps(found: IdeaMap, dark: bool) -> Any:
    rows = pd.DataFrame(
        {
            "gap": range(len(found.gaps)), "x": [gap.x for gap in found.gaps], "y": [gap.y for gap in found.gaps],
            "says": ["Nothing here yet: think into it"] * len(found.gaps),
        }
    )  # fmt: skip
    base = alt.Chart(rows).encode(_x(), _y())
    circle = (
        base.mark_point(shape="circle", strokeDash=[5, 5], strokeWidth=1.5, filled=False, cursor="pointer",
                        fill=PAPER[dark], fillOpacity=0.01, stroke=QUIET[dark], opacity=1, size=2800)
        .encode(tooltip=alt.Tooltip("says:N", title="Empty place"))
        .add_params(alt.selection_point(GAP, fields=["gap"], toggle=False, clear=False))
    )  # fmt: skip
    plus = base.mark_text(text="+", fontSize=18, color=QUIET[dark])
    return alt.layer(circle, plus)


def _ring(found: IdeaMap, open_id: int | None, dark: bool) -> Any:
    places = zip(found.idea_ids, found.x, found.y, strict=True)
    rows = pd.DataFrame([{"x": x, "y": y} for idea_id, x, y in places if idea_id == open_id], columns=["x", "y"])
    ring = alt.Chart(rows).mark_point(size=520, strokeWidth=2.5, color=INK[dark], opacity=1)
    return ring.encode(_x(), _y())


def _names(found: IdeaMap, dark: bool) -> Any:
    places = _name_places(found)
    rows = pd.DataFrame(
        {
            "x": [x for x, _ in places], "y": [y for _, y in places],
            "says": [" · ".join(group.terms[:2]) for group in found.groups],
        }
    )  # fmt: skip
    base = alt.Chart(rows).encode(_x(), _y(), text="says:N")
    style: dict[str, Any] = {"fontSize": 13, "fontWeight": 600}
    halo = base.mark_text(**style, stroke=PAPER[dark], strokeWidth=4, strokeJoin="round", color=PAPER[dark])
    return alt.layer(halo, base.mark_text(**style, color=INK[dark]))


def _name_places(found: IdeaMap) -> list[tuple[float, float]]:
    """Return where each group's name stands: near its ideas, over as few points, circles and names as can be."""
    named: list[tuple[float, float]] = []
    for number, group in enumerate(found.groups):
        inside = [y for y, home in zip(found.y, found.group_of, strict=True) if home == number]
        heights = (max(inside) + 0.045, min(inside) - 0.045, group.y + 0.03)
        places = [(min(max(group.x + step, 0.12), 0.88), y) for y in heights for step in (0, -0.07, 0.07)]
        named.append(min(places, key=lambda place: _covered(found, place, named)))
    return named


def _covered(found: IdeaMap, place: tuple[float, float], named: Sequence[tuple[float, float]]) -> int:
    """Return how much a name at this place would cover; it is about 0.2 wide and 0.05 high."""

    def near(x: float, y: float, wide: float, high: float) -> bool:
        return abs(x - place[0]) < wide and abs(y - place[1]) < high

    points = sum(near(x, y, 0.09, 0.035) for x, y in zip(found.x, found.y, strict=True))
    gaps = sum(near(gap.x, gap.y, 0.13, 0.08) for gap in found.gaps)
    return points + 3 * gaps + 5 * sum(near(x, y, 0.22, 0.06) for x, y in named)


def _name(found: IdeaMap, number: int) -> str:
    return f"{number + 1}. {', '.join(found.groups[number].terms)}"


def _x() -> alt.X:
    return alt.X("x:Q", scale=FRAME, axis=None)


def _y() -> alt.Y:
    return alt.Y("y:Q", scale=FRAME, axis=None)
