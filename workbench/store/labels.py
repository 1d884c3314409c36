"""Labels: the person's own answers to checks, each of the wording it was given to."""

import json

from workbench.records import Check, CheckLabel
from workbench.store.actions import act
from workbench.store.connection import Connection, Row, clean, now, require, select
from workbench.store.evaluations import evaluation_of
from workbench.store.ideas import get_idea


class Labels(Connection):
    """Reads and writes of the person's own answers."""

    def label_check(
        self, idea_id: int, check: Check, answer: bool | None, *, revision_id: int | None = None
    ) -> None:
        """Answer a check of an idea's wording (the present one unless another is named); None takes the answer away."""
        with self._writing() as db:
            idea, row = get_idea(db, idea_id), require(db, "ideas", idea_id, "idea")
            of = idea.revision_id if revision_id is None else revision_id
            text = clean(check.text)
            kept = [each for each in json.loads(row["labels"]) if (each["revision_id"], each["check"]) != (of, text)]
            if answer is not None:
                label = {"revision_id": of, "check": text, "dimension": check.dimension, "answer": answer}
                kept.append(label | {"created": now()})
            words = f"your answer to “{text}” of “{idea.title or idea.body}”"
            act(db, row, words, {"labels": json.dumps(kept, ensure_ascii=False)})

    def check_labels(self, *, board_id: int | None = None, idea_id: int | None = None) -> list[CheckLabel]:
        """Return the person's answers, oldest first, each with the model's newest answer to the same wording."""
        given = {"board_id": board_id, "idea_id": idea_id}
        filters = {f"{column} = ?": value for column, value in given.items() if value is not None}
        where = " and ".join(filters) or "true"
        answers: dict[tuple[int, int, str], tuple[float, bool, str]] = {}
        with self._reading() as db:
            labels = select(db, f"select * from check_labels where {where} order by created", list(filters.values()))
            judged = "select * from evaluations where (idea_id, revision_id) in"
            judged += f" (select idea_id, revision_id from check_labels where {where}) order by id"
            for row in select(db, judged, list(filters.values())):
                answers |= _answers(row)
        return [_label(row, answers.get((row["idea_id"], row["revision_id"], row["check"]))) for row in labels]


def _answers(row: Row) -> dict[tuple[int, int, str], tuple[float, bool, str]]:
    evaluation = evaluation_of(row)
    unsure_ones = evaluation.unsure or (False,) * len(evaluation.checks)  # empty: from before that was measured
    return {
        (row["idea_id"], row["revision_id"], check.text): (p, unsure, evaluation.model)
        for check, p, unsure in zip(evaluation.rubric.checks, evaluation.checks, unsure_ones, strict=False)
    }


def _label(row: Row, answered: tuple[float, bool, str] | None) -> CheckLabel:
    p, unsure, model = answered or (None, False, "")
    return CheckLabel(**row | {"answer": bool(row["answer"]), "p": p, "unsure": unsure, "model": model})
