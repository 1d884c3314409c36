"""The desk on the real starter and a real database."""

import pytest

from workbench.assist import Desk
from workbench.engine import open_engine
from workbench.settings import Settings
from workbench.store import Library, Store


@pytest.fixture(scope="session")
def engine():
    engine = open_engine(Settings())
    assert not engine.status().error, engine.status().error
    yield engine
    engine.close()


@pytest.fixture(scope="session")
def library(tmp_path_factory):
    settings = Settings()
    return Library(settings.library, tmp_path_factory.mktemp("library") / "library.db")


@pytest.fixture
def desk(engine, tmp_path):
    settings = Settings(db=tmp_path / "workbench.db")
    desk = Desk(engine, Store(settings.db), Library(settings.library, settings.library_file))
    yield desk
    for run in desk.runs():
        run.stop()
        run.wait(120)
    desk.store.close()
