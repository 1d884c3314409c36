"""Own rubrics, the person's own answers, and everything that was measured of an evaluation."""

import json

from sqlite_utils import Database

from workbench.store.migrations.steps import MIGRATIONS

# What every evaluation before this step was asked: they had no rubric of their own.
EARLIER_RUBRIC = {
    "name": "The eight checks",
    "checks": [
        {"text": "Most people would not think of it first.", "dimension": "novelty"},
        {"text": "It joins or changes things in an unexpected way.", "dimension": "novelty"},
        {"text": "It could be started within a month with ordinary means.", "dimension": "workability"},
        {"text": "Nothing obvious stands in its way: law, safety, cost, physics.", "dimension": "workability"},
        {"text": "It addresses the stated topic.", "dimension": "relevance"},
        {"text": "It would help noticeably if it worked.", "dimension": "relevance"},
        {"text": "It says who does what.", "dimension": "specificity"},
        {"text": "There is enough detail to act on it.", "dimension": "specificity"},
    ],
}


@MIGRATIONS()
def m010_judging(db: Database) -> None:
    """`yes`: P(yes) by check, wording and order, as measured. `free`: the same for ideas that say nothing.

    Labels are a column of ideas, so that the undo log covers them; the view shows them as rows.
    """
    db.execute("""
        create table rubrics (
            id integer primary key,
            name text not null,
            checks text not null,
            removed integer not null default 0,
            created text not null,
            updated text not null
        )""")
    db.execute("alter table boards add column rubric_id integer references rubrics(id)")
    for column in ("rubric", "yes", "free"):
        db.execute(f"alter table evaluations add column {column} text not null default ''")
    db.execute("alter table evaluations add column unsure text not null default '[]'")
    db.execute("alter table evaluations add column intervals text not null default '{}'")
    db.execute("update evaluations set rubric = ?", [json.dumps(EARLIER_RUBRIC)])
    db.execute("""
        create table calibrations (
            id integer primary key,
            model_sha256 text not null,
            adapter_sha256 text not null,
            prompts_sha256 text not null,
            free text not null,
            created text not null,
            unique (model_sha256, adapter_sha256, prompts_sha256)
        )""")
    db.execute("alter table ideas add column labels text not null default '[]'")
    db.execute("""
        create view check_labels as
        select ideas.board_id, ideas.id as idea_id, json_extract(value, '$.revision_id') as revision_id,
            json_extract(value, '$.check') as "check", json_extract(value, '$.dimension') as dimension,
            json_extract(value, '$.answer') as answer, json_extract(value, '$.created') as created
        from ideas, json_each(ideas.labels) where not ideas.removed""")
