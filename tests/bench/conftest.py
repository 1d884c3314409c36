"""A desk over the shipped starter, with a store of its own."""

import pytest

from workbench.assist import Desk
from workbench.engine import open_engine
from workbench.settings import Settings, settings
from workbench.store import Library, Store


@pytest.fixture
def desk(tmp_path, starter):
    """Yield the three verbs over the starter."""
    library = Library(settings().library, tmp_path / "library.db")
    desk = Desk(open_engine(Settings(model=starter)), Store(tmp_path / "quality.db"), library)
    yield desk
    desk.close()
