"""What a person decides about each change of a rewrite."""

from sqlite_utils import Database

from workbench.store.migrations.steps import MIGRATIONS


@MIGRATIONS()
def m009_reviewing(db: Database) -> None:
    """`revision_id`: the wording that the rewrite is compared with. `changes`: part, old, new, accepted of each."""
    db.execute("""
        create table reviews (
            generation_id integer primary key references generations(id),
            revision_id integer not null references revisions(id),
            changes text not null,
            updated text not null
        )""")
