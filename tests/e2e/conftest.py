"""A real app, the real starter and a real browser for each journey. Run: `make e2e`."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.e2e.serving import BROWSER, CHROMIUM, App
from tests.engine.remote.wayward import Wayward, hang

expect.set_options(timeout=90_000)  # milliseconds; CI machines are small and busy


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder is a browser journey."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.e2e)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not Path(CHROMIUM).exists():
        pytest.fail(f"The browser journeys need Chromium at {CHROMIUM}: apt-get install -y chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**BROWSER)
        yield browser
        browser.close()


@pytest.fixture
def app(tmp_path: Path, starter: Path) -> Iterator[App]:
    """The app on the starter, with an empty database."""
    app = App(tmp_path).start()
    yield app
    app.stop()


@pytest.fixture
def slow_app(tmp_path: Path) -> Iterator[App]:
    """The app on a server that says one word and takes its time: the starter is done before anyone could stop it."""
    server = Wayward()
    server.does(hang)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    app = App(
        tmp_path, WORKBENCH_ENGINE="remote", WORKBENCH_REMOTE_URL=server.url, WORKBENCH_REMOTE_MODEL="bakery"
    ).start()
    yield app
    app.stop()
    server.release.set()
    server.shutdown()
    server.server_close()


@pytest.fixture
def open_tab(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Return a function that opens an address in a tab of its own session; nothing may be fetched from elsewhere."""
    contexts, foreign = [], []

    def open_(address: str, **options: object) -> Page:
        context = browser.new_context(**({"viewport": {"width": 1280, "height": 900}} | options))
        context.on("request", lambda request: foreign.append(request.url) if _leaves(request.url) else None)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(90_000)
        page.goto(address)
        page.locator("h1").first.wait_for()
        return page

    yield open_
    for context in contexts:
        context.close()
    assert foreign == [], "the page asked another machine"


def _leaves(url: str) -> bool:
    return url.startswith(("http", "ws")) and "//127.0.0.1:" not in url
