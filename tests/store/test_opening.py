"""What happens to the file itself: made, checked, refused, never harmed."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.errors import DamagedDatabase, NewerDatabase, StoreError
from workbench.store import Store


def seen(folder: Path) -> dict[str, bytes]:
    """Return every file of a folder with its bytes."""
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def fill(path: Path, ideas: int = 50) -> None:
    store = Store(path)
    board = store.create_board("How?")
    for number in range(ideas):
        store.add_idea(board.id, f"Idea {number}", "soup " * 40)
    store.close()


def test_a_missing_database_is_made_with_its_folder(tmp_path: Path) -> None:
    store = Store(tmp_path / "new" / "folder" / "ideas.db")
    assert store.list_boards() == []


def test_an_empty_file_becomes_a_database(path: Path) -> None:
    path.touch()
    assert Store(path).list_boards() == []


def test_a_path_with_signs_that_mean_something_in_a_uri_works(tmp_path: Path) -> None:
    path = tmp_path / "50% off? #1 é.db"
    fill(path, 1)
    assert len(Store(path).list_boards()) == 1
    assert [file.name for file in tmp_path.glob("*.db")] == [path.name]


def test_wal_and_foreign_keys_are_on(store: Store, path: Path) -> None:
    with store._reading() as db:
        assert db.execute("pragma foreign_keys").fetchone()[0] == 1
        assert db.execute("pragma journal_mode").fetchone()[0] == "wal"
        with pytest.raises(sqlite3.IntegrityError):
            db.execute("insert into revisions values (null, 99, '', '', '', '', null, '')")


def test_closing_leaves_one_file_and_opening_again_finds_everything(path: Path) -> None:
    fill(path)
    assert [file.name for file in path.parent.iterdir()] == ["workbench.db"]
    store = Store(path)
    assert len(store.list_ideas(store.list_boards()[0].id)) == 50


def test_a_closed_store_says_so(path: Path) -> None:
    store = Store(path)
    store.close()
    with pytest.raises(StoreError, match="is closed"):
        store.list_boards()


def test_a_newer_database_is_refused_and_left_untouched(path: Path) -> None:
    fill(path)
    with closing(sqlite3.connect(path)) as conn:
        conn.execute("insert into _sqlite_migrations values (null, 'workbench', 'm999_far_future', '2030-01-01')")
        conn.commit()
    before = seen(path.parent)
    with pytest.raises(NewerDatabase, match=r"newer version.*m999_far_future.*Update"):
        Store(path)
    assert seen(path.parent) == before


def test_a_newer_database_that_its_program_has_open_is_refused_and_left_untouched(path: Path) -> None:
    fill(path)
    with closing(sqlite3.connect(path)) as conn:
        conn.execute("insert into _sqlite_migrations values (null, 'workbench', 'm999_far_future', '2030-01-01')")
        conn.commit()  # still in the -wal file
        wal = path.with_name("workbench.db-wal")
        before = path.read_bytes(), wal.read_bytes()
        with pytest.raises(NewerDatabase):
            Store(path)
        assert (path.read_bytes(), wal.read_bytes()) == before


@pytest.mark.parametrize(
    "text", [b"Dear diary, " * 999, b"x", b"SQLite format 3\x00", b"SQLite format 3\x00" + b"\xff" * 9999]
)
def test_a_file_that_is_no_database_is_refused_and_left_untouched(path: Path, text: bytes) -> None:
    path.write_bytes(text)
    with pytest.raises(DamagedDatabase):
        Store(path)
    assert seen(path.parent) == {path.name: text}


def test_a_truncated_database_is_refused_and_left_untouched(path: Path) -> None:
    fill(path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    before = seen(path.parent)
    with pytest.raises(DamagedDatabase, match="damaged"):
        Store(path)
    assert seen(path.parent) == before


@given(st.data())
@settings(max_examples=15, deadline=None)
def test_a_database_with_a_spoiled_page_opens_or_is_refused_but_is_never_harmed(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    path = tmp_path_factory.mktemp("spoiled") / "workbench.db"
    fill(path, 30)
    content = bytearray(path.read_bytes())
    at = data.draw(st.integers(0, len(content) // 4096 - 1)) * 4096
    content[at : at + 4096] = data.draw(st.sampled_from([b"\xff", b"\x00", b"\x2a"])) * 4096
    path.write_bytes(content)
    try:
        Store(path).close()
    except StoreError:
        assert seen(path.parent) == {path.name: bytes(content)}


def test_another_programs_database_is_refused_and_left_untouched(path: Path) -> None:
    with closing(sqlite3.connect(path)) as conn:
        conn.execute("create table cookies (host text)")
    before = seen(path.parent)
    with pytest.raises(StoreError, match="another program"):
        Store(path)
    assert seen(path.parent) == before


def test_a_folder_in_place_of_the_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="is a folder"):
        Store(tmp_path)


def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreError, match="cannot be made or reached"):
        Store(tmp_path / "file" / "workbench.db")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
@pytest.mark.parametrize("mode", [0o500, 0o000])
def test_a_folder_without_the_right_to_write_is_refused(tmp_path: Path, mode: int) -> None:
    folder = tmp_path / "theirs"
    folder.mkdir(mode=mode)
    with pytest.raises(StoreError, match=r"no right to write|cannot be made or reached"):
        Store(folder / "workbench.db")
    folder.chmod(0o700)  # so that the folder can be tidied away
