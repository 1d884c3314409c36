"""Building a data set: the rows of one kind, in a fixed order, and why the rest gave none."""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from workbench.errors import InputError
from workbench.lab.sets import rows
from workbench.lab.sets.material import Answer, Chosen, Material
from workbench.lab.sets.rows import LeftOut, Row
from workbench.lab.sets.votes import preferences
from workbench.store import Store

OF_ANSWER: dict[str, Callable[[Answer, Chosen], Iterator[Row]]] = {
    "sft": rows.sft, "kto": rows.kto, "dpo": rows.dpo, "raw": rows.raw,
}  # fmt: skip
KINDS = tuple(OF_ANSWER)


@dataclass(frozen=True, slots=True)
class DataSet:
    """Rows of one kind, and how many answers gave none, by reason."""

    kind: str  # sft | kto | dpo | raw
    rows: tuple[Row, ...]
    left_out: dict[str, int] = field(default_factory=dict)

    @property
    def sources(self) -> dict[str, int]:
        """How many rows came from what."""
        return dict(Counter(row["source"] for row in self.rows).most_common())

    @property
    def topics(self) -> int:
        """On how many topics the rows are."""
        return len({row["group"] for row in self.rows})

    @property
    def sha256(self) -> str:
        """The hash of the rows: the same rows, the same hash."""
        lines = (json.dumps(row, sort_keys=True, ensure_ascii=False) for row in self.rows)
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def build(store: Store, kind: str, chosen: Chosen | None = None) -> DataSet:
    """Return the data set of a kind, oldest answers first, votes after them. Raises InputError for an unknown kind."""
    if kind not in OF_ANSWER:
        raise InputError(f"Feedback cannot be made into {kind!r}. Choose {', '.join(KINDS)}.")
    chosen = chosen or Chosen()
    material, left_out = Material(store, chosen), Counter[str]()
    found: list[Row] = []
    for answer in material.answers():
        try:
            found += OF_ANSWER[kind](answer, chosen)
        except LeftOut as reason:
            left_out[str(reason)] += 1
    if kind == "dpo":
        found += preferences(material, chosen, left_out)
    return DataSet(kind, tuple(found), dict(left_out.most_common()))
