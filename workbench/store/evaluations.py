"""Evaluations: a model's judgements of an idea, each of the wording that held at the time."""

import json
from dataclasses import asdict

from workbench.records import Evaluation, Measured, Rubric, Ways
from workbench.store.connection import Connection, Row, clean, insert, now, require, select, update
from workbench.store.rubrics import read_rubric, rubric_text

OF_BOARD = """
    from evaluations join ideas on ideas.id = evaluations.idea_id
    where ideas.board_id = ? and evaluations.revision_id = ideas.revision_id order by evaluations.id"""


class Evaluations(Connection):
    """Reads and writes of judgements, and of what a model answers to ideas that say nothing."""

    def add_evaluation(
        self, idea_id: int, *, rubric: Rubric, measured: Measured, strength: str = "", risk: str = "",
        next_step: str = "", model: str = "", adapter: str | None = None, revision_id: int | None = None,
        generation_id: int | None = None,
    ) -> Evaluation:  # fmt: skip
        """Add a judgement of the idea's present wording, or of an earlier one that is named."""
        row = _columns(measured) | {
            "idea_id": idea_id, "rubric": rubric_text(rubric), "strength": clean(strength), "risk": clean(risk),
            "next_step": clean(next_step), "model": model, "adapter": adapter, "created": now(),
            "generation_id": generation_id,
        }  # fmt: skip
        with self._writing() as db:
            row["revision_id"] = revision_id or require(db, "ideas", idea_id, "idea")["revision_id"]
            added = insert(db, "evaluations", row)
            return evaluation_of(require(db, "evaluations", added, "evaluation"))

    def update_evaluation(
        self, evaluation_id: int, *, measured: Measured | None = None, strength: str | None = None,
        risk: str | None = None, next_step: str | None = None, generation_id: int | None = None,
    ) -> Evaluation:  # fmt: skip
        """Write down what has come since; what is not given stays."""
        words = {"strength": strength, "risk": risk, "next_step": next_step}
        changes: Row = {name: clean(text) for name, text in words.items() if text is not None}
        changes |= _columns(measured) if measured else {}
        changes |= {"generation_id": generation_id} if generation_id is not None else {}
        with self._writing() as db:
            require(db, "evaluations", evaluation_id, "evaluation")
            if changes:
                update(db, "evaluations", evaluation_id, changes)
            return evaluation_of(require(db, "evaluations", evaluation_id, "evaluation"))

    def evaluations(self, idea_id: int) -> list[Evaluation]:
        """Return an idea's judgements newest first."""
        with self._reading() as db:
            found = select(db, "select * from evaluations where idea_id = ? order by id desc", [idea_id])
            return [evaluation_of(row) for row in found]

    def newest_evaluations(self, board_id: int) -> dict[int, Evaluation]:
        """Return the newest judgement of each of a board's ideas that has one of its present wording, by idea."""
        with self._reading() as db:
            newest = {row["idea_id"]: row for row in select(db, f"select evaluations.* {OF_BOARD}", [board_id])}
            return {idea_id: evaluation_of(row) for idea_id, row in newest.items()}

    def judged_by(self, board_id: int) -> dict[int, Rubric]:
        """Return what the newest judgement of each idea, as now worded, was made by; quicker than the judgements."""
        with self._reading() as db:
            newest = select(db, f"select evaluations.idea_id, evaluations.rubric {OF_BOARD}", [board_id])
            return {row["idea_id"]: read_rubric(row["rubric"]) for row in newest}

    def calibration(self, model_sha256: str, adapter_sha256: str, prompts_sha256: str) -> Ways | None:
        """Return what this model answers to ideas that say nothing, if it was asked before."""
        sql = "select free from calibrations where model_sha256 = ? and adapter_sha256 = ? and prompts_sha256 = ?"
        with self._reading() as db:
            found = select(db, sql, [model_sha256, adapter_sha256, prompts_sha256])
            return ways_of(found[0]["free"]) if found else None

    def save_calibration(self, model_sha256: str, adapter_sha256: str, prompts_sha256: str, free: Ways) -> None:
        """Keep what a model answered to ideas that say nothing: it costs as much as three judgements."""
        row = {"model_sha256": model_sha256, "adapter_sha256": adapter_sha256, "prompts_sha256": prompts_sha256}
        with self._writing() as db:
            db.table("calibrations").insert(row | {"free": json.dumps(free), "created": now()}, ignore=True)


def _columns(measured: Measured) -> Row:
    return {name: json.dumps(value) for name, value in asdict(measured).items()}


def evaluation_of(row: Row) -> Evaluation:
    """Return a table row as an Evaluation."""
    intervals = {name: (low, high) for name, (low, high) in json.loads(row["intervals"]).items()}
    return Evaluation(
        **row | {
            "checks": tuple(json.loads(row["checks"])), "scores": json.loads(row["scores"]),
            "intervals": intervals, "unsure": tuple(json.loads(row["unsure"])),
            "rubric": read_rubric(row["rubric"]), "yes": ways_of(row["yes"]), "free": ways_of(row["free"]),
        }
    )  # fmt: skip


def ways_of(text: str) -> Ways:
    """Return answers by check, wording and order as they were measured."""
    return tuple(tuple(tuple(orders) for orders in wordings) for wordings in json.loads(text or "[]"))
