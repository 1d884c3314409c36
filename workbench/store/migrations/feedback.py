"""What people say about answers, and the names of groups of topics."""

from sqlite_utils import Database

from workbench.store.migrations.steps import MIGRATIONS


@MIGRATIONS()
def m014_feedback(db: Database) -> None:
    """One row for each answer and person. A written judgement now tells which answer of a model it is.

    `prompts_version`: of the prompts that an answer was asked with; null: it was not written down then.
    """
    db.execute("""
        create table feedback (
            id integer primary key,
            generation_id integer not null references generations(id),
            idea_id integer references ideas(id),
            revision_id integer references revisions(id),
            person text not null,
            thumb text check (thumb in ('up', 'down')),
            reasons text not null default '[]',
            comment text not null default '',
            corrected text not null default '',
            removed integer not null default 0,
            created text not null,
            updated text not null,
            unique (generation_id, person)
        )""")
    db.execute("create table topic_groups (board_id integer primary key references boards(id), name text not null)")
    db.execute("alter table generations add column prompts_version integer")
    db.execute("alter table evaluations add column generation_id integer references generations(id)")
    db.execute("""
        update evaluations set generation_id = (
            select max(id) from generations
            where task = 'evaluate' and idea_id = evaluations.idea_id and instr(text, evaluations.strength)
        ) where strength <> ''""")
    db.execute("create index ideas_generation on ideas(generation_id)")
