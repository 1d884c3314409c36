"""The Models page at work: switch, roll back, get, add, remove. python -m pytest tests/pages/test_switching.py"""

import hashlib
import json
import shutil

import pytest
import streamlit as st

from tests.models.hub_server import Hub
from tests.pages.conftest import texts
from workbench.engine.router import Router
from workbench.settings import settings
from workbench.ui import resources
from workbench.ui.inventory.shelf import shelf

NAME = "small"
CATALOGUE = {
    "name": "tiny", "title": "Tiny 1B", "parameters": 100, "repository": "someone/Tiny-GGUF",
    "files": {"Q8_0": {"file": "tiny.gguf", "bytes": 1000}}, "licence": "MIT", "context": 512,
    "kv_bytes_per_token": 1, "template": "llama-3", "good_for": "tests",
}  # fmt: skip


@pytest.fixture(scope="session")
def gguf_maker():
    from tests.engine import tiny_gguf

    return tiny_gguf


def write_model(folder, gguf_maker, name, seed=0):
    """A model with an adapter for refining."""
    folder.mkdir(parents=True)
    base, refine = gguf_maker.write_base(folder / "base.gguf", seed=seed), gguf_maker.write_adapter(folder / "r.gguf")
    entry = {
        path.stem: {"file": path.name, "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
                    "bytes": path.stat().st_size} for path in (base, refine)
    }  # fmt: skip
    manifest = {"name": name, "title": f"The {name} one", "base": entry["base"], "adapters": {"refine": entry["r"]},
                "trial": {"decode_per_s": 1.0}}  # fmt: skip
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder


@pytest.fixture
def models(desk, own_data, monkeypatch, gguf_maker):
    """The starter as the default, and a models folder with a small model."""
    folder = own_data / "models"
    write_model(folder / NAME, gguf_maker, NAME)
    monkeypatch.setenv("WORKBENCH_ENGINE", "llama")
    monkeypatch.setenv("WORKBENCH_MODELS", str(folder))
    monkeypatch.setenv("WORKBENCH_CATALOGUE", str(folder / "catalogue.json"))
    (folder / "catalogue.json").write_text(json.dumps([CATALOGUE]))
    settings.cache_clear()
    st.cache_resource.clear()
    return folder


def row_of(name):
    return next(each for each in resources.desk().store.registered() if each.name == name)


def serving(task):
    status = resources.desk().engine.serving(task).status()
    return status.model, [each.path.name for each in status.adapters]


def test_one_click_switches_every_task_and_one_rolls_back(open_page, models):
    app = open_page("models")
    assert isinstance(resources.desk().engine, Router) and serving("refine")[0] == "starter"
    app.button(key=f"use_{row_of(NAME).id}").click().run()
    assert [serving(task) for task in ("brainstorm", "refine", "evaluate")] == [
        ("small", []), ("small", ["r.gguf"]), ("small", ["r.gguf"]),
    ]  # fmt: skip
    assert "**The small one**" in texts(app) and "small for everything" in texts(app)
    app.button(key="roll_back").click().run()
    assert serving("refine")[0] == "starter" and app.button(key="roll_back").disabled
    app.button(key="bring_back_1").click().run()
    assert serving("refine")[0] == "small"


def test_a_task_alone_and_an_adapter_by_hand(open_page, models):
    app = open_page("models")
    base, adapter = row_of(NAME), row_of("small/refine")
    app.pills(key=f"tasks_{base.id}").set_value(["brainstorm"]).run()
    app.selectbox(key=f"adapter_{base.id}").set_value(adapter.path).run()
    app.button(key=f"switch_{base.id}").click().run()
    assert serving("brainstorm") == ("small", ["r.gguf"]) and serving("refine")[0] == "starter"
    assert "small with small/refine for brainstorm" in texts(app).replace("\\", "")
    app.button(key=f"use_adapter_{adapter.id}").click().run()
    assert serving("refine")[0] == serving("evaluate")[0] == "small"


def test_switching_nothing_is_a_sentence(open_page, models):
    app = open_page("models")
    app.button(key=f"switch_{row_of(NAME).id}").click().run()
    assert "No task is ticked" in app.error[0].value and not resources.desk().store.switches()


def test_what_is_chosen_survives_a_restart_and_a_file_that_is_gone(open_page, models):
    app = open_page("models")
    app.button(key=f"use_{row_of(NAME).id}").click().run()
    st.cache_resource.clear()  # closes the desk
    assert serving("brainstorm")[0] == "small"
    shutil.move(models / NAME, models / ".elsewhere")
    app = open_page("models")
    assert "cannot be used, and starter does it meanwhile" in app.warning[0].value.replace("\\", "")
    assert serving("brainstorm")[0] == "starter"


def test_a_model_whose_package_is_missing_is_named_with_what_to_do(open_page, models, monkeypatch):
    manifest = json.loads((models / NAME / "manifest.json").read_text())
    manifest["base"] |= {"package": "weights_that_are_nowhere", "requirement": "weights==1.0"}
    shutil.copytree(models / NAME, models / "packed")
    (models / "packed" / "manifest.json").write_text(json.dumps(manifest | {"name": "packed"}))
    app = open_page("models")
    assert "packed needs the Python package weights==1.0" in app.warning[0].value.replace("\\", "")
    assert serving("refine")[0] == "starter" and "**The small one**" in texts(app)
    assert "A better one belongs here" not in texts(open_page("ideas"))
    monkeypatch.delenv("WORKBENCH_DEFAULT_MODEL")
    monkeypatch.setattr("workbench.settings.FIRST", models / "packed")
    settings.cache_clear()
    said = texts(open_page("ideas")).replace("\\", "")
    assert "At work: **Starter" in said and "A better one belongs here: packed needs the Python package" in said


def test_a_model_in_use_is_not_removed_another_one_is(open_page, models):
    app = open_page("models")
    base = row_of(NAME)
    app.button(key=f"use_{base.id}").click().run()
    app.button(key=f"remove_go_{base.id}").click().run()
    assert "is in use" in app.error[0].value.replace("\\", "") and (models / NAME).is_dir()
    app.button(key="roll_back").click().run()
    app.button(key=f"remove_go_{base.id}").click().run()
    assert not (models / NAME).exists() and "The small one" not in texts(app)


def test_a_model_set_in_the_environment_is_said_to_win(open_page, models, monkeypatch):
    monkeypatch.setenv("WORKBENCH_MODEL", str(models / NAME))
    settings.cache_clear()
    st.cache_resource.clear()
    app = open_page("models")
    assert "wins over what is chosen here" in app.info[0].value
    assert all(app.button(key=f"use_{row_of(name).id}").disabled for name in (NAME, "starter"))


@pytest.fixture
def server(models, monkeypatch, gguf_maker, tmp_path):
    """A hub with the catalogue's model on it."""
    data = gguf_maker.write_base(tmp_path / "tiny.gguf", seed=3).read_bytes()
    hub = Hub({"someone/Tiny-GGUF/tiny.gguf": data})
    monkeypatch.setenv("HF_ENDPOINT", hub.start())
    monkeypatch.delenv("HF_TOKEN", raising=False)
    monkeypatch.setattr("huggingface_hub.constants.DOWNLOAD_CHUNK_SIZE", 64 * 1024)
    yield hub
    hub.stop()


def test_nothing_is_fetched_before_a_yes_and_then_it_is_installed(open_page, server, models):
    app = open_page("models")
    assert server.asked == []
    app.button(key="get_tiny").click().run()
    assert "Get Tiny 1B Q8_0?" in texts(app) and all(line.startswith("HEAD") for line in server.asked)
    app.button(key="offer_no").click().run()
    assert "Q8_0?" not in texts(app)
    app.button(key="get_tiny").click().run()
    app.button(key="offer_yes").click().run()
    assert shelf().work.wait(240).words == "done", shelf().work.step()
    app.run()
    assert "Tiny 1B Q8_0 is installed" in texts(app).replace("\\", "") and row_of("tiny-q8_0")
    app.button(key="fetch_close").click().run()
    assert shelf().work is None and serving("brainstorm")[0] == "starter"


def test_a_cancelled_download_is_offered_again_and_can_be_thrown_away(open_page, server, models):
    server.hold_after = 64 * 1024  # so it cannot have ended before it is cancelled
    app = open_page("models")
    app.button(key="get_tiny").click().run()
    app.button(key="offer_yes").click().run()
    assert app.button(key="get_tiny").disabled
    while shelf().work.step().bytes < 64 * 1024:
        assert not shelf().work.wait(0.02).ended
    app.button(key="fetch_cancel").click().run()
    server.release.set()
    assert shelf().work.wait(240).words == "stopped"
    app.run()
    assert "was cancelled" in texts(app) and "was begun and is not complete" in texts(app)
    app.button(key="go_on_tiny-q8_0").click().run()
    assert "Get Tiny 1B Q8_0?" in texts(app)
    app.button(key="drop_tiny-q8_0").click().run()
    assert "was begun" not in texts(app)


def test_a_hub_that_is_not_there_is_a_sentence(open_page, models, monkeypatch):
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    app = open_page("models")
    app.button(key="get_tiny").click().run()
    assert "cannot be reached" in app.error[0].value


def test_a_file_is_added_by_its_path_after_a_trial(open_page, models, tmp_path, gguf_maker):
    path = gguf_maker.write_base(tmp_path / "mine.gguf", seed=4)
    app = open_page("models")
    app.text_input(key="add_path").set_value(str(path)).run()
    app.button(key="add_path_go").click().run()
    assert shelf().work.wait(240).words == "done", shelf().work.step()
    app.run()
    assert row_of("mine").kind == "base" and path.is_file()


def test_a_file_that_is_no_model_is_refused_and_leaves_nothing(open_page, models, tmp_path):
    (tmp_path / "no.gguf").write_bytes(b"GGUF" + b"\0" * 50)
    app = open_page("models")
    app.text_input(key="add_path").set_value(str(tmp_path / "no.gguf")).run()
    app.button(key="add_path_go").click().run()
    assert shelf().work.wait(240).words == "failed"
    app.run()
    assert app.error and sorted(each.name for each in models.iterdir() if each.name[0] != ".") == [
        "catalogue.json", NAME,
    ]  # fmt: skip
    app.text_input(key="add_path").set_value("/nowhere.gguf").run()
    app.button(key="add_path_go").click().run()
    assert any("There is no file at" in each.value for each in app.error)


def test_an_uploaded_file_is_added(open_page, models, tmp_path, gguf_maker):
    data = gguf_maker.write_base(tmp_path / "up.gguf", seed=6).read_bytes()
    app = open_page("models")
    app.file_uploader(key="add_file_0").set_value(("up.gguf", data, "application/octet-stream")).run()
    app.button(key="add_file_go").click().run()
    assert shelf().work.wait(240).words == "done", shelf().work.step()
    app.run()
    assert row_of("up") and list((models / ".uploads").iterdir()) == []
