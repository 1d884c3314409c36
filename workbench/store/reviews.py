"""Reviews: what the person decided about each change of a rewrite, kept as data for a later training too."""

import json
from collections.abc import Sequence
from dataclasses import astuple

from workbench.records import Decision, Review
from workbench.store.connection import Connection, Row, clean, now, require, select


class Reviews(Connection):
    """Reads and writes of decisions on changes. They are no actions: undo takes back the new wording, not these."""

    def save_review(self, generation_id: int, revision_id: int, decisions: Sequence[Decision]) -> Review:
        """Write down where the review of a rewrite is, against the wording it is compared with."""
        rows = [[clean(part) if isinstance(part, str) else part for part in astuple(each)] for each in decisions]
        row = {
            "generation_id": generation_id, "revision_id": revision_id,
            "changes": json.dumps(rows, ensure_ascii=False), "updated": now(),
        }  # fmt: skip
        with self._writing() as db:
            require(db, "generations", generation_id, "model answer")
            require(db, "revisions", revision_id, "version")
            db.table("reviews").upsert(row, pk="generation_id")
            return review_of(row)

    def review(self, generation_id: int) -> Review | None:
        """Return the review of a rewrite; None before the first decision."""
        with self._reading() as db:
            found = select(db, "select * from reviews where generation_id = ?", [generation_id])
            return review_of(found[0]) if found else None


def review_of(row: Row) -> Review:
    """Return a table row as a Review."""
    return Review(**row | {"changes": tuple(Decision(*each) for each in json.loads(row["changes"]))})
