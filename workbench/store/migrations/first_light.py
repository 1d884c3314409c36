"""Boards, ideas with their revisions, model calls, evaluations, undo, search."""

from sqlite_utils import Database

from workbench.store.migrations.steps import MIGRATIONS


@MIGRATIONS()
def m001_boards(db: Database) -> None:
    db.execute("""
        create table boards (
            id integer primary key,
            question text not null,
            context text not null default '',
            constraints text not null default '',
            archived integer not null default 0,
            created text not null
        )""")


@MIGRATIONS()
def m002_generations(db: Database) -> None:
    """One row for each completion; `pid` and `process` (its start time) tell whether the asker still lives."""
    db.execute("""
        create table generations (
            id integer primary key,
            job_id text not null,
            task text not null,
            board_id integer references boards(id),
            idea_id integer references ideas(id),
            lens text not null default '',
            messages text not null,
            model text not null,
            model_sha256 text not null,
            adapter text,
            adapter_sha256 text,
            sampling text not null,
            seed integer not null,
            text text not null default '',
            prompt_tokens integer not null default 0,
            tokens integer not null default 0,
            first_token_s real,
            seconds real,
            finish text,
            label text check (label in ('kept', 'dropped')),
            error text,
            pid integer not null,
            process text not null,
            created text not null
        )""")
    db.execute("create index generations_board on generations(board_id)")
    db.execute("create index generations_idea on generations(idea_id)")
    db.execute("create index generations_unfinished on generations(pid) where finish is null")


@MIGRATIONS()
def m003_ideas_and_revisions(db: Database) -> None:
    """`removed`: its adding was undone. `revision_id`: the wording that holds now."""
    db.execute("""
        create table ideas (
            id integer primary key,
            board_id integer not null references boards(id),
            parent_id integer references ideas(id),
            revision_id integer references revisions(id),
            status text not null check (status in ('new', 'kept', 'dropped', 'archived')),
            origin text not null check (origin in ('person', 'model', 'library')),
            owner text not null default '',
            lens text not null default '',
            tags text not null default '[]',
            generation_id integer references generations(id),
            library_id text,
            removed integer not null default 0,
            created text not null,
            updated text not null
        )""")
    db.execute("create index ideas_board on ideas(board_id)")
    db.execute("create index ideas_parent on ideas(parent_id)")
    db.execute("""
        create table revisions (
            id integer primary key,
            idea_id integer not null references ideas(id),
            title text not null,
            body text not null,
            source text not null,
            goal text not null default '',
            generation_id integer references generations(id),
            created text not null
        )""")
    db.execute("create index revisions_idea on revisions(idea_id)")
    for event in ("update", "delete"):
        db.execute(f"""
            create trigger revisions_no_{event} before {event} on revisions begin
                select raise(abort, 'revisions are append-only');
            end""")


@MIGRATIONS()
def m004_evaluations(db: Database) -> None:
    db.execute("""
        create table evaluations (
            id integer primary key,
            idea_id integer not null references ideas(id),
            revision_id integer references revisions(id),
            checks text not null,
            scores text not null,
            strength text not null default '',
            risk text not null default '',
            next_step text not null default '',
            model text not null default '',
            adapter text,
            created text not null
        )""")
    db.execute("create index evaluations_idea on evaluations(idea_id)")


@MIGRATIONS()
def m005_actions(db: Database) -> None:
    """The undo log: what each action changed, from what to what. `given up`: undone, then something else was done."""
    db.execute("""
        create table actions (
            id integer primary key,
            board_id integer not null references boards(id),
            idea_id integer not null references ideas(id),
            words text not null,
            before text not null,
            after text not null,
            generation_id integer references generations(id),
            state text not null default 'done' check (state in ('done', 'undone', 'given up')),
            created text not null
        )""")
    db.execute("create index actions_board on actions(board_id, state)")


@MIGRATIONS()
def m006_search(db: Database) -> None:
    """A full-text index over each idea's present wording and tags, kept by triggers."""
    db.execute("""
        create virtual table ideas_fts using fts5(
            title, body, tags, tokenize = "porter unicode61 remove_diacritics 2"
        )""")
    fill = """
        insert into ideas_fts(rowid, title, body, tags)
        select ideas.id, revisions.title, revisions.body, ideas.tags
        from ideas join revisions on revisions.id = ideas.revision_id"""
    db.execute(fill)
    db.execute(f"""
        create trigger ideas_search after update of revision_id, tags on ideas begin
            delete from ideas_fts where rowid = new.id;
            {fill} where ideas.id = new.id;
        end""")
