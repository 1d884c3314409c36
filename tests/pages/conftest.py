"""Pages on the fake engine and a database of the test's own; each test has its own desk."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.runtime.pages_manager import PagesManager
from streamlit.testing.v1 import AppTest

from workbench.assist import Desk
from workbench.settings import ROOT, settings
from workbench.ui import resources

PATIENT = 120  # seconds; AppTest's own 3 are too few on a busy machine


@pytest.fixture(scope="session")
def library_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One search index of the library for all tests: building it takes a second."""
    return tmp_path_factory.mktemp("library") / "library.db"


@pytest.fixture
def desk(own_data: Path, library_index: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """The desk that the pages of this test share, on the fake engine."""
    monkeypatch.setenv("WORKBENCH_ENGINE", "fake")
    monkeypatch.setenv("WORKBENCH_LIBRARY_INDEX", str(library_index))
    settings.cache_clear()
    st.cache_resource.clear()
    desk = resources.desk()
    desk.engine.delay = 0.0
    yield desk
    st.cache_resource.clear()  # closes it


@pytest.fixture
def open_page(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Callable[..., AppTest]:
    """Return a function that opens a page the way a browser does: through app.py, with an address."""
    # AppTest forgets at each run that app.py has called st.navigation, and would run the files in pages/ past it.
    as_it_is = PagesManager.__init__

    def remembering(self: PagesManager, *args: object, **kwargs: object) -> None:
        PagesManager.uses_pages_directory = False
        as_it_is(self, *args, **kwargs)

    monkeypatch.setattr(PagesManager, "__init__", remembering)

    def open_(name: str, **address: object) -> AppTest:
        app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENT)
        for key, value in address.items():
            app.query_params[key] = str(value)
        app.run()
        if name != "ideas":
            for key, value in address.items():
                app.query_params[key] = str(value)
            app.switch_page(f"pages/{name}.py").run()
        assert not app.exception, app.exception
        return app

    return open_


def texts(app: AppTest) -> str:
    """Return everything a page says, for a look whether something is there."""
    said = [*app.markdown, *app.caption, *app.subheader, *app.error, *app.warning, *app.title]
    return "\n".join(str(each.value) for each in said)
