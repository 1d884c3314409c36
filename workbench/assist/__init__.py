"""What the engine is asked and how its answer is read.

Names are looked up on first use: training machines import `prompts` alone, with no SQLite there.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workbench.assist.desk import Desk
    from workbench.assist.difference import SAME, clusters, really_different, rouge1
    from workbench.assist.judgement import dimension_scores, with_own
    from workbench.assist.lenses import GOALS, LENSES, Lens, lens_name
    from workbench.assist.prompts import CHECKS, DIMENSIONS, idea_line
    from workbench.assist.reading import read_judgement, split_line, split_list, valid_form
    from workbench.assist.runs import Item, Run, RunView

__all__ = [
    "CHECKS", "DIMENSIONS", "GOALS", "LENSES", "SAME", "Desk", "Item", "Lens", "Run", "RunView", "clusters",
    "dimension_scores", "idea_line", "lens_name", "read_judgement", "really_different", "rouge1",
    "split_line", "split_list", "valid_form", "with_own",
]  # fmt: skip
MODULES = ("prompts", "lenses", "reading", "difference", "runs", "judgement", "desk")


def __getattr__(name: str) -> object:
    for module in MODULES if name in __all__ else ():
        found = vars(import_module(f"workbench.assist.{module}"))
        if name in found:
            return found[name]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
