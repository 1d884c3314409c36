"""Feedback as data sets: what people kept, corrected, dropped, thumbed and voted, as rows that trainers read.

    data = build(store, "dpo", Chosen(tasks=("refine",)))
    print(enough(data).words)

`workbench.exchange.datasets` writes them to files; `finetune.prepare` reads them from the database or from those files.
"""

from workbench.lab.sets.building import KINDS, DataSet, build
from workbench.lab.sets.enough import LEAST, Enough, enough
from workbench.lab.sets.material import Chosen

__all__ = ["KINDS", "LEAST", "Chosen", "DataSet", "Enough", "build", "enough"]
