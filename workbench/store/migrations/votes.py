"""Votes: which of two is the better, by people and by models."""

from sqlite_utils import Database

from workbench.store.migrations.steps import MIGRATIONS


@MIGRATIONS()
def m011_votes(db: Database) -> None:
    """`left_id`, `right_id`: of ideas or of generations, as `kind` says; left is what was shown on the left or first.

    `order_seed` drew the sides. `p_first`, `p_second`: a model's P(left is better) with left shown first and second.
    """
    db.execute("""
        create table votes (
            id integer primary key,
            kind text not null check (kind in ('idea', 'answer')),
            board_id integer references boards(id),
            left_id integer not null,
            right_id integer not null check (right_id <> left_id),
            left_revision_id integer references revisions(id),
            right_revision_id integer references revisions(id),
            outcome text not null check (outcome in ('left', 'right', 'tie', 'both_bad', 'skip')),
            judge text not null check (judge in ('person', 'model')),
            judge_name text not null default '',
            judge_sha256 text not null default '',
            order_seed integer not null,
            p_first real,
            p_second real,
            reason text not null default '',
            removed integer not null default 0,
            created text not null
        )""")
    db.execute("create index votes_board on votes(board_id, kind, judge)")
