"""Rows as Parquet, each column of one type even where every row leaves it empty."""

import io
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow
from pyarrow import parquet

TEXT, TEXTS, YES_NO, NUMBER = pyarrow.string(), pyarrow.list_(pyarrow.string()), pyarrow.bool_(), pyarrow.int64()
MESSAGES = pyarrow.list_(pyarrow.struct({"role": TEXT, "content": TEXT}))
CHANGES = pyarrow.list_(pyarrow.struct({"part": TEXT, "old": TEXT, "new": TEXT, "accepted": YES_NO}))
SPOKEN = {"thumb": TEXT, "reasons": TEXTS, "corrected": TEXT, "created": TEXT, "comment": TEXT, "person": TEXT}
TYPES = {
    "messages": MESSAGES, "prompt": MESSAGES, "completion": MESSAGES, "chosen": MESSAGES, "rejected": MESSAGES,
    "label": YES_NO, "reasons": TEXTS, "people": TEXTS, "changes": CHANGES, "prompts_version": NUMBER,
}  # fmt: skip


def as_parquet(rows: Sequence[Mapping[str, Any]]) -> bytes:
    """Return rows, of which there is one at least, as a Parquet file."""
    schema = pyarrow.schema([(name, _type(name, value)) for name, value in rows[0].items()])
    out = io.BytesIO()
    parquet.write_table(pyarrow.Table.from_pylist(list(rows), schema), out)
    return out.getvalue()


def _type(name: str, value: object) -> Any:
    if name != "feedback":
        return TYPES.get(name, TEXT)
    return pyarrow.list_(pyarrow.struct(SPOKEN))
