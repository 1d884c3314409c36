"""Comparisons of models: prompt sets, what is compared, each answer, and the jobs that ask for them."""

from sqlite_utils import Database

from workbench.store.migrations.steps import MIGRATIONS


@MIGRATIONS()
def m013_comparisons(db: Database) -> None:
    """Prompts, contenders and sampling are JSON: they are read whole, and a comparison keeps what was really asked.

    `prompt` and `contender` are places in those lists, prompt -1 the warm-up. An answer's text and times are in
    `generations`. `pid` and `process` tell whether a job's process still lives.
    """
    db.execute("""
        create table prompt_sets (
            id integer primary key,
            name text not null,
            about text not null default '',
            prompts text not null,
            removed integer not null default 0,
            created text not null
        )""")
    db.execute("""
        create table comparisons (
            id integer primary key,
            title text not null,
            kind text not null check (kind in ('live', 'batch', 'outside')),
            prompts text not null,
            contenders text not null,
            sampling text not null default '{}',
            repeats integer not null default 1,
            seed integer not null default 1,
            warm_up text not null default '[]',
            machine text not null default '{}',
            removed integer not null default 0,
            created text not null
        )""")
    db.execute("""
        create table comparison_trials (
            id integer primary key,
            comparison_id integer not null references comparisons(id),
            prompt integer not null,
            contender integer not null,
            repeat integer not null,
            place integer not null,
            generation_id integer references generations(id),
            memory_bytes integer,
            disturbed integer not null default 0,
            error text not null default ''
        )""")
    db.execute("create index comparison_trials_comparison on comparison_trials(comparison_id, place)")
    db.execute("create index comparison_trials_generation on comparison_trials(generation_id)")
    db.execute("""
        create table comparison_jobs (
            id integer primary key,
            comparison_id integer not null references comparisons(id),
            kind text not null check (kind in ('answers', 'judge')),
            judge text,
            state text not null check (state in ('waiting', 'running', 'done', 'cancelled', 'failed')),
            error text not null default '',
            cancel integer not null default 0,
            pid integer,
            process text,
            created text not null,
            ended text not null default ''
        )""")
