"""Lenses: the ways of looking that steer side-by-side sequences apart. They are data: JSON and word lists."""

from workbench.assist.lenses.catalogue import (
    BUILT_IN,
    KINDS,
    LENSES,
    WORST,
    Kind,
    Lens,
    asks_worst,
    catalogue,
    label_of,
    lens_kind,
    lens_name,
    read_file,
)  # fmt: skip
from workbench.assist.lenses.choosing import in_turn, of_kind, spread
from workbench.assist.lenses.personas import fitting

GOALS = (
    "more specific", "easier to start", "cheaper", "bolder", "clearer", "shorter", "measurable", "safer",
)  # fmt: skip

__all__ = [
    "BUILT_IN", "GOALS", "KINDS", "LENSES", "WORST", "Kind", "Lens", "asks_worst", "catalogue", "fitting", "in_turn",
    "label_of", "lens_kind", "lens_name", "of_kind", "read_file", "spread",
]  # fmt: skip
