"""A real store on a file in the test's folder."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from workbench.records import Board
from workbench.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(tmp_path / "workbench.db")
    yield opened
    opened.close()


@pytest.fixture
def board(store: Store) -> Board:
    return store.create_board("How might we waste less bread?", context="a village", constraints="no money")
