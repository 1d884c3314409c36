"""Charts: one look in both themes, a name for those who do not see them, the figures as a file.

Colours are told apart by the colour-blind too, and a shape or a word always says the same. `pictures` saves a chart.
"""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import altair as alt
import streamlit as st

Rows = Sequence[Mapping[str, object]]
Chart = alt.Chart | alt.LayerChart | alt.FacetChart


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours of a theme, each of text and marks at least 4.5 : 1 against its background."""

    text: str
    quiet: str
    line: str  # of what is only there to guide the eye
    person: str
    model: str


LIGHT = Palette(text="#121417", quiet="#55595f", line="#c9c3b6", person="#0f6b66", model="#a8480a")
DARK = Palette(text="#e9e6df", quiet="#b3b0aa", line="#4a525a", person="#6fd0c8", model="#f2a45c")


def palette() -> Palette:
    """Return the colours of the theme the browser shows."""
    return DARK if st.context.theme.type == "dark" else LIGHT


def data(rows: Rows) -> alt.InlineData:
    """Return rows as a chart's data; each encoding then names its type, as in `score:Q`."""
    return alt.InlineData(values=[dict(row) for row in rows])


def show(chart: Chart, *, key: str, alt_text: str) -> None:
    """Draw a chart as wide as there is room; `alt_text` says what it shows to those who do not see it."""
    with st.container(key=f"chart_{key}"):
        st.altair_chart(chart, alt=alt_text, width="stretch")


def download(rows: Rows, *, key: str) -> None:
    """Draw the button that saves figures as a CSV file named after the key; the first row names the columns."""
    st.download_button(
        "Save the figures (CSV)", lambda: as_csv(rows), f"{key}.csv", "text/csv", key=f"save_{key}",
        icon=":material/download:", type="tertiary", on_click="ignore",
    )  # fmt: skip


def as_csv(rows: Rows) -> bytes:
    """Return rows as CSV that spreadsheets read as UTF-8."""
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]) if rows else [], extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode("utf-8-sig")
