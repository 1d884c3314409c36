"""A model is fetched from a hub, chosen, brainstormed with, and rolled back."""

import json

import pytest
from playwright.sync_api import expect

from tests.e2e import steps
from tests.e2e.serving import App
from tests.engine import tiny_gguf
from tests.models.hub_server import Hub
from workbench.store import Store

ENTRY = {
    "name": "tiny", "title": "Tiny One", "parameters": 100, "repository": "someone/Tiny-GGUF",
    "files": {"Q8_0": {"file": "tiny.gguf", "bytes": 1000}}, "licence": "MIT", "context": 512,
    "kv_bytes_per_token": 1, "template": "llama-3", "good_for": "This journey.",
}  # fmt: skip


@pytest.fixture
def hub_app(tmp_path):
    """The app with a models folder of its own, and a hub that has one small model."""
    hub = Hub({"someone/Tiny-GGUF/tiny.gguf": tiny_gguf.write_base(tmp_path / "tiny.gguf").read_bytes()})
    (tmp_path / "own.json").write_text(json.dumps([ENTRY]))
    app = App(
        tmp_path, HF_ENDPOINT=hub.start(), WORKBENCH_MODELS=str(tmp_path / "models"),
        WORKBENCH_CATALOGUE=str(tmp_path / "own.json"),
    ).start()  # fmt: skip
    yield app
    app.stop()
    hub.stop()


def test_a_model_is_fetched_chosen_asked_and_rolled_back(hub_app, open_tab):
    store = Store(hub_app.folder / "workbench.db")
    board = store.create_board(steps.QUESTION)
    page = open_tab(f"{hub_app.url}/models")
    at_work = page.locator(".st-key-in_use_brainstorm")
    expect(at_work).to_contain_text("Starter")
    page.get_by_role("tab", name="Get another").click()
    page.locator(".st-key-get_tiny button").click()
    page.get_by_text("Get Tiny One Q8_0?").wait_for()
    page.locator(".st-key-offer_yes button").click()
    page.get_by_text("is installed").wait_for(timeout=steps.SLOW)
    page.get_by_role("tab", name="On this machine").click()
    mine = page.locator("[class*='st-key-model_']").filter(has_text="Tiny One (Q8_0)")
    mine.locator("[class*='st-key-use_'] button").first.click()
    expect(at_work).to_contain_text("Tiny One (Q8_0)", timeout=steps.SLOW)
    page.goto(f"{hub_app.url}/brainstorm?board={board.id}")
    steps.ask_for(page, 1)
    page.locator(".st-key-brainstorm_go button").click()
    steps.wait_for_end(page)
    assert {row.model for row in store.generations(board_id=board.id)} == {"tiny-q8_0"}
    page.goto(f"{hub_app.url}/models")
    page.get_by_role("tab", name="History").click()
    page.locator(".st-key-roll_back button").click()
    expect(at_work).to_contain_text("Starter", timeout=steps.SLOW)
    assert store.in_use().of == {}
    store.close()
