"""Feedback out as a data set: JSON Lines or Parquet, with a manifest and a card, in folders that are never rewritten.

    written = write(render(sets, chosen, "jsonl"), Path("data/feedback"))
"""

from workbench.exchange.datasets.folder import Written, packed, write
from workbench.exchange.datasets.rendering import FORMS, Rendered, render

__all__ = ["FORMS", "Rendered", "Written", "packed", "render", "write"]
