"""Feedback given while a run goes on: the run is neither stopped nor lost, and what is being typed survives its end."""

import json
import threading

import pytest
from playwright.sync_api import expect

from tests.e2e import steps
from tests.e2e.serving import App
from tests.engine.remote.wayward import Exchange, Wayward, words
from workbench.records import Thumb
from workbench.store import Store

WHOLE = (words("Bread bus — The baker drives forty loaves round the "), words("gates at six.", "stop"))


def in_two_parts(exchange: Exchange) -> None:
    """Stream a word, and the rest when the test says so."""
    exchange.stream(words("Soup van"), end=False)
    exchange.server.release.wait(120)
    for piece in (json.dumps(words(" — Two cooks drive the soup round.", "stop")), "[DONE]"):
        exchange.event(piece)
    exchange.wfile.write(b"0\r\n\r\n")


@pytest.fixture
def half_slow_app(tmp_path):
    """The app on a server that writes the first idea at once and then says a word and waits."""
    server = Wayward()
    server.does(lambda exchange: exchange.stream(*WHOLE), in_two_parts)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    app = App(
        tmp_path, WORKBENCH_ENGINE="remote", WORKBENCH_REMOTE_URL=server.url, WORKBENCH_REMOTE_MODEL="bakery"
    ).start()
    app.server = server
    yield app
    app.stop()
    server.release.set()
    server.shutdown()
    server.server_close()


def test_feedback_during_a_run_is_kept_and_the_run_goes_on(half_slow_app, open_tab):
    page = open_tab(half_slow_app.url)
    steps.create_board(page)
    steps.go(page, "Brainstorm")
    steps.ask_for(page, 2)
    page.locator(".st-key-brainstorm_go button").click()
    card = page.locator("[class*='st-key-card_']", has_text="Bread bus")
    growing = page.locator("[class*='st-key-growing_']")
    card.locator("[class*='st-key-thumb_'] button").nth(1).click()  # down
    more = card.locator("[class*='st-key-feedback_more_'] button:visible")
    more.click()
    form = page.locator("[data-testid='stForm']", has=page.get_by_label("Comment"))
    form.get_by_text("too vague").click()
    comment = form.get_by_label("Comment")
    comment.press_sequentially("Which gates, and")
    expect(growing).to_be_visible()
    expect(page.locator("[class*='st-key-stop_'] button")).to_be_visible()

    half_slow_app.server.release.set()  # the run ends while the sentence is half written
    expect(page.locator("[class*='st-key-stop_']")).to_have_count(0)
    expect(comment).to_have_value("Which gates, and")
    expect(comment).to_be_focused()
    comment.press_sequentially(" who pays?")
    form.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Noted.")).to_be_visible()
    expect(card.locator("[class*='st-key-keep_'] button")).to_be_visible()

    store = Store(half_slow_app.folder / "workbench.db")
    (row,) = store.feedback()
    assert (row.said.thumb, row.said.reasons, row.said.comment) == (
        Thumb.DOWN, ("vague",), "Which gates, and who pays?"
    )  # fmt: skip
    assert all(each.finish for each in store.generations(task="brainstorm"))
    store.close()
    page.locator("h1").first.click()
    page.keyboard.press("z")
    expect(page.get_by_text("Undone: your feedback on an answer")).to_be_visible()
    page.keyboard.press("g")  # the first card's thumb, by key
    expect(page.locator("[class*='st-key-card_'] [class*='st-key-feedback_more_']").first).to_be_visible()
