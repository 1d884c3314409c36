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


def test_what_is_in_memory_and_which_adapter_serves_which_task(open_page):
    app = open_page("models")
    said = texts(app)
    assert said.count("**fake**") == 3 and said.count("through refine\\.gguf") == 2
    assert list(app.table[0].value["Model"]) == ["fake"] and "The app holds" in said


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


@pytest.fixture
def remote(desk, monkeypatch):
    """Settings that name a server; nobody is asked there, so nothing has to answer."""
    monkeypatch.setenv("WORKBENCH_ENGINE", "remote")
    monkeypatch.setenv("WORKBENCH_REMOTE_URL", "http://gpu-box:8000/v1")
    monkeypatch.setenv("WORKBENCH_REMOTE_MODEL", "llama-70b")
    monkeypatch.setenv("WORKBENCH_REMOTE_MODEL_REFINE", "llama-8b")
    monkeypatch.setenv("WORKBENCH_REMOTE_KEY", "sk-secret-7")
    settings.cache_clear()
    st.cache_resource.clear()


def test_with_a_server_every_page_says_where_prompts_go(open_page, remote):
    assert "Nothing leaves the machine" not in texts(open_page("ideas"))
    store = resources.desk().store
    board = store.create_board("How might we waste less bread?")
    idea = store.add_idea(board.id, "Bread bus", "The baker drives.")
    for name in PAGES:
        said = texts(open_page(name, board=board.id, idea=idea.id)).replace("\\", "")
        assert "Prompts leave this computer: llama-70b (llama-8b for refine) at `http://gpu-box:8000`" in said, name
        assert "not encrypted" in said and "sk-secret" not in said


def test_the_models_page_names_the_server_and_its_models(open_page, remote):
    app = open_page("models")
    assert [row.replace("\\", "") for row in app.table[0].value["Model"]] == ["llama-70b", "llama-8b", "llama-70b"]
    assert not app.error


def test_a_server_without_an_address_is_a_sentence(open_page, remote, monkeypatch):
    monkeypatch.delenv("WORKBENCH_REMOTE_URL")
    settings.cache_clear()
    st.cache_resource.clear()
    app = open_page("models")
    assert "WORKBENCH\\_REMOTE\\_URL" in app.error[0].value and "WORKBENCH_ENGINE" in texts(app)


def test_an_embedding_model_that_cannot_be_loaded_is_named_and_the_rest_goes_on(open_page, desk, own_data, monkeypatch):
    monkeypatch.setenv("WORKBENCH_EMBEDDING_MODEL", str(own_data / "none.gguf"))
    settings.cache_clear()
    st.cache_resource.clear()
    app = open_page("models")
    assert "no embedding model" in app.warning[0].value and app.table
    assert resources.desk().embedder is None
