"""Evaluations: a model's judgements of an idea, each of the wording that held at the time."""

import json
from collections.abc import Mapping, Sequence

from workbench.records import Evaluation
from workbench.store.connection import Connection, Row, clean, insert, now, require, select


class Evaluations(Connection):
    """Reads and writes of judgements."""

    def add_evaluation(
        self, idea_id: int, *, checks: Sequence[float], scores: Mapping[str, float], strength: str = "",
        risk: str = "", next_step: str = "", model: str = "", adapter: str | None = None,
    ) -> Evaluation:  # fmt: skip
        """Add a judgement of the idea's present wording."""
        row = {
            "idea_id": idea_id, "checks": json.dumps(list(checks)), "scores": json.dumps(dict(scores)),
            "strength": clean(strength), "risk": clean(risk), "next_step": clean(next_step),
            "model": model, "adapter": adapter, "created": now(),
        }  # fmt: skip
        with self._writing() as db:
            revision_id = require(db, "ideas", idea_id, "idea")["revision_id"]
            added = insert(db, "evaluations", row | {"revision_id": revision_id})
            return evaluation_of(require(db, "evaluations", added, "evaluation"))

    def update_evaluation(self, evaluation_id: int, *, strength: str, risk: str, next_step: str) -> Evaluation:
        """Write the three sentences, which come after the checks."""
        changes = {"strength": clean(strength), "risk": clean(risk), "next_step": clean(next_step)}
        with self._writing() as db:
            require(db, "evaluations", evaluation_id, "evaluation")
            db.table("evaluations").update(evaluation_id, changes)
            return evaluation_of(require(db, "evaluations", evaluation_id, "evaluation"))

    def evaluations(self, idea_id: int) -> list[Evaluation]:
        """Return an idea's judgements newest first."""
        with self._reading() as db:
            found = select(db, "select * from evaluations where idea_id = ? order by id desc", [idea_id])
            return [evaluation_of(row) for row in found]


def evaluation_of(row: Row) -> Evaluation:
    """Return a table row as an Evaluation."""
    return Evaluation(**row | {"checks": tuple(json.loads(row["checks"])), "scores": json.loads(row["scores"])})
