"""Several things at once as one action; ideas that are combined of two."""

from sqlite_utils import Database

from workbench.store.migrations.steps import MIGRATIONS


@MIGRATIONS()
def m008_groups(db: Database) -> None:
    """`group_id`: the first action of those that one undo takes back together."""
    db.execute("alter table actions add column group_id integer references actions(id)")
    db.execute("create index actions_group on actions(group_id) where group_id is not null")
    db.execute("alter table ideas add column second_parent_id integer references ideas(id)")
