"""From an old schema to the present one: nothing lost, a copy made first, all or nothing."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlite_utils import Database, Migrations

from workbench.assist.prompts import CHECKS
from workbench.store import Store
from workbench.store.migrations import MIGRATIONS, migration_names


def make_old(path: Path, *, before: str) -> None:
    """Write a database as the version before a migration left it, with one idea in it."""
    with closing(sqlite3.connect(path)) as conn:
        db = Database(conn)
        MIGRATIONS.apply(db, stop_before=before)
        db.execute("insert into boards (id, question, created) values (1, 'How?', '2026-01-01T00:00:00.000+00:00')")
        db.execute(
            "insert into ideas (id, board_id, status, origin, tags, created, updated)"
            " values (1, 1, 'kept', 'person', '[\"evening\"]', '2026-01-01', '2026-01-01')"
        )
        db.execute("insert into revisions values (1, 1, 'Night desk', 'Librarians serve soup', 'person', '', null, '')")
        db.execute("update ideas set revision_id = 1")


def schema(path: Path) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(path)) as conn:
        return conn.execute("select name, sql from sqlite_master order by name").fetchall()


def backups(path: Path) -> list[Path]:
    return sorted(path.parent.glob("workbench-*.db"))


@pytest.mark.parametrize("before", ["m004_evaluations", "m005_actions", "m006_search", "m008_groups", "m011_votes"])
def test_an_old_database_comes_to_the_shape_of_a_new_one_and_keeps_its_rows(path: Path, before: str) -> None:
    make_old(path, before=before)
    store, fresh = Store(path), Store(path.with_name("fresh.db"))
    assert schema(path) == schema(fresh.path)
    (idea,) = store.list_ideas(1)
    assert (idea.title, idea.body, idea.tags) == ("Night desk", "Librarians serve soup", ("evening",))
    assert store.search("librarian") == [idea]
    assert store.set_tags(1, ["soup"]).tags == ("soup",)
    assert store.undo(1) == "Undone: tags of “Night desk”"


def test_a_dated_backup_of_the_old_shape_is_made_first(path: Path) -> None:
    make_old(path, before="m005_actions")
    old = schema(path)
    Store(path)
    (backup,) = backups(path)
    assert re.fullmatch(r"workbench-\d{8}-\d{6}\.before-m005\.db", backup.name)
    assert schema(backup) == old
    with closing(sqlite3.connect(backup)) as conn:
        assert conn.execute("select title from revisions").fetchall() == [("Night desk",)]


def test_a_backup_can_take_the_place_of_the_database(path: Path) -> None:
    make_old(path, before="m006_search")
    Store(path).close()
    path.unlink()
    backups(path)[0].rename(path)
    assert [idea.title for idea in Store(path).list_ideas(1)] == ["Night desk"]


def test_no_backup_is_made_of_a_new_or_a_current_database(path: Path) -> None:
    Store(path).close()
    Store(path).close()
    assert [file.name for file in path.parent.iterdir()] == ["workbench.db"]


def test_a_migration_that_fails_leaves_the_database_as_it_was(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_old(path, before="m005_actions")
    old = schema(path)

    def m998_breaks(db: Database) -> None:
        db.execute("drop table ideas")
        raise RuntimeError("half way")

    broken = Migrations._Migration("m998_breaks", m998_breaks)
    monkeypatch.setattr(MIGRATIONS, "_migrations", [*MIGRATIONS._migrations, broken])
    with pytest.raises(RuntimeError, match="half way"):
        Store(path)
    assert schema(path) == old
    assert len(backups(path)) == 1


def test_a_judgement_from_before_rubrics_is_of_the_eight_checks(path: Path) -> None:
    make_old(path, before="m010_judging")
    with closing(sqlite3.connect(path)) as conn:
        conn.execute("insert into evaluations (idea_id, revision_id, checks, scores, created) values (1, 1, ?, ?, '')",
                     ["[0.9, 0.1, 0.5, 0.25, 1.0, 0.0, 0.75, 0.6]", '{"novelty": 3.0}'])  # fmt: skip
        conn.commit()
    (found,) = Store(path).evaluations(1)
    assert found.checks == (0.9, 0.1, 0.5, 0.25, 1.0, 0.0, 0.75, 0.6) and found.scores == {"novelty": 3.0}
    assert tuple(check.text for check in found.rubric.checks) == CHECKS
    assert (found.yes, found.free, found.unsure, found.intervals) == ((), (), (), {})


def test_migrations_are_numbered_in_order_and_the_merged_ones_keep_their_names() -> None:
    names = migration_names()
    numbers = [name.split("_")[0] for name in names]
    assert numbers == sorted(set(numbers))
    first = ["boards", "generations", "ideas_and_revisions", "evaluations", "actions", "search"]
    assert [name.partition("_")[2] for name in names[: len(first)]] == first
