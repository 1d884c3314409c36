"""Models on this machine, and which of them does which task."""

from sqlite_utils import Database

from workbench.store.migrations.steps import MIGRATIONS


@MIGRATIONS()
def m012_registry(db: Database) -> None:
    """`switches` only grows: the last row holds. `before_id`, `restores_id`: 0 is the beginning, before any switch.

    `bindings` has what holds after a switch for each task; a task without a row is done by the default model.
    """
    db.execute("""
        create table models (
            id integer primary key,
            kind text not null check (kind in ('base', 'adapter')),
            name text not null,
            title text not null,
            task text not null default '',
            path text not null unique,
            sha256 text not null,
            bytes integer not null,
            modified integer not null,
            parameters integer not null default 0,
            rank integer not null default 0,
            base_sha256 text not null default '',
            licence text not null default '',
            notes text not null default '',
            run text not null default '{}',
            figures text not null default '{}',
            removed integer not null default 0,
            added text not null
        )""")
    db.execute("""
        create table switches (
            id integer primary key,
            words text not null,
            before_id integer not null,
            restores_id integer,
            created text not null
        )""")
    db.execute("""
        create table bindings (
            switch_id integer not null references switches(id),
            task text not null,
            base_id integer not null references models(id),
            adapter_id integer references models(id),
            primary key (switch_id, task)
        ) without rowid""")
