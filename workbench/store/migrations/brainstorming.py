"""A board's audience, dimensions and earlier questions; ideas that repeat others; lenses of the person's own."""

from sqlite_utils import Database

from workbench.store.migrations.steps import MIGRATIONS


@MIGRATIONS()
def m007_brainstorming(db: Database) -> None:
    """`folded_into`: the idea that this one repeats. `cell`: keys of values of the board's dimensions.

    Actions may now change a board (`idea_id` is null then), which SQLite lets a column do in a new table only.
    """
    db.execute("alter table boards add column audience text not null default ''")
    db.execute("alter table boards add column dimensions text not null default '[]'")
    db.execute("alter table boards add column earlier text not null default '[]'")
    db.execute("alter table ideas add column folded_into integer references ideas(id)")
    db.execute("alter table ideas add column cell text not null default '[]'")
    db.execute("alter table ideas add column stimulus text not null default ''")
    db.execute("create index ideas_folded on ideas(folded_into)")
    db.execute("create index ideas_board_updated on ideas(board_id, updated)")
    db.execute("""
        create table lenses (
            id integer primary key,
            kind text not null,
            label text not null,
            name text not null,
            instruction text not null,
            example text not null default '',
            removed integer not null default 0,
            created text not null
        )""")
    db.execute("alter table actions rename to old_actions")
    db.execute("drop index actions_board")
    db.execute("""
        create table actions (
            id integer primary key,
            board_id integer not null references boards(id),
            idea_id integer references ideas(id),
            words text not null,
            before text not null,
            after text not null,
            generation_id integer references generations(id),
            state text not null default 'done' check (state in ('done', 'undone', 'given up')),
            created text not null
        )""")
    db.execute("insert into actions select * from old_actions")
    db.execute("drop table old_actions")
    db.execute("create index actions_board on actions(board_id, state)")
