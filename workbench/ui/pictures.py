"""Charts as picture files, drawn on this machine by vl-convert: light, as they will stand on paper or in a mail."""

from collections.abc import Callable
from functools import partial

import streamlit as st
import vl_convert

from workbench.ui.charts import LIGHT, Chart, Palette

Drawn = Callable[[Palette], Chart]  # a chart in the colours of a theme
WIDTH = 640  # pixels; the browser's own width does not reach us


def download(chart: Drawn, *, key: str) -> None:
    """Draw the buttons that save a chart as PNG and as SVG, files named after the key."""
    for kind, mime in (("PNG", "image/png"), ("SVG", "image/svg+xml")):
        st.download_button(
            f"Save as {kind}", partial(picture, chart, kind), f"{key}.{kind.lower()}", mime,
            key=f"save_{key}_{kind}", icon=":material/image:", type="tertiary", on_click="ignore",
        )  # fmt: skip


def picture(chart: Drawn, kind: str) -> bytes:
    """Return the chart as the bytes of a PNG or SVG file."""
    spec = chart(LIGHT).properties(width=WIDTH, background="white").to_json()
    return vl_convert.vegalite_to_png(spec, scale=2) if kind == "PNG" else vl_convert.vegalite_to_svg(spec).encode()
