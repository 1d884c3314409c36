"""The Models page, and every page when the model is broken or the database cannot be opened."""

import pytest
import streamlit as st

from tests.pages.conftest import texts
from workbench.settings import settings
from workbench.ui import resources

PAGES = ("ideas", "brainstorm", "refine", "evaluate", "models")


@pytest.fixture
def broken_model(desk, own_data, monkeypatch):
    """A file that is no model, in place of one."""
    path = own_data / "broken.gguf"
    path.write_bytes(b"this is not a model")
    monkeypatch.setenv("WORKBENCH_ENGINE", "llama")
    monkeypatch.setenv("WORKBENCH_MODEL", str(path))
    settings.cache_clear()
    st.cache_resource.clear()
    return path


def test_what_is_loaded_and_which_adapter_serves_which_task(open_page):
    app = open_page("models")
    assert {metric.label for metric in app.metric} >= {"Parameters", "File", "Memory of the app", "Context"}
    assert list(app.table[0].value["Task"]) == ["Brainstorm", "Refine and Evaluate"]


def test_a_broken_model_is_named_and_the_rest_goes_on(open_page, broken_model):
    app = open_page("models")
    assert "broken" in app.error[0].value
    assert "WORKBENCH\\_MODEL" in texts(app) or "WORKBENCH_MODEL" in texts(app)


def test_with_a_broken_model_every_page_is_usable(open_page, broken_model):
    store = resources.desk().store
    board = store.create_board("How might we waste less bread?")
    idea = store.add_idea(board.id, "Bread bus", "The baker drives.")
    for name in PAGES:
        open_page(name, board=board.id, idea=idea.id)
    app = open_page("brainstorm", board=board.id)
    assert app.button(key="brainstorm_go").disabled
    keep = next(button.key for button in app.button if button.key.startswith("lib_keep_"))
    app.button(key=keep).click().run()
    assert len(store.list_ideas(board.id)) == 2
    assert open_page("refine", board=board.id, idea=idea.id).button(key="refine_go").disabled


@pytest.mark.parametrize("name", PAGES)
def test_a_database_that_cannot_be_opened_is_one_sentence(open_page, own_data, monkeypatch, name):
    path = own_data / "damaged.db"
    path.write_bytes(b"not a database" * 100)
    monkeypatch.setenv("WORKBENCH_DB", str(path))
    settings.cache_clear()
    st.cache_resource.clear()
    app = open_page(name)
    assert len(app.error) == 1 and "damaged" in app.error[0].value
    assert path.read_bytes() == b"not a database" * 100
