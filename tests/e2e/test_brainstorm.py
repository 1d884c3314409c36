"""Brainstorm in the browser: own ideas, a grid that fills, and a second tab that notices."""

import re

from playwright.sync_api import expect

from tests.e2e.steps import create_board, go


def at_rest(page):
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning", timeout=60_000)


def test_own_ideas_then_a_grid_and_a_second_tab_that_notices(app, open_tab):
    page = open_tab(app.url)
    create_board(page)
    go(page, "Brainstorm")
    page.get_by_role("textbox", name="One idea a line").fill("Night desk — A nurse answers.\nHomework supper")
    page.get_by_role("button", name="Put them on the board").click()
    expect(page.get_by_text("2 ideas of yours on the board")).to_be_visible()
    page.wait_for_timeout(500)
    at_rest(page)  # a click on an expander would be lost while the page is drawn anew

    page.get_by_text("Grid: every combination once").click()
    at_rest(page)
    page.get_by_role("button", name="Take whom, when, by what means", exact=True).click()
    expect(page.get_by_text("0 of 16 cells covered")).to_be_visible()
    other = open_tab(page.url)
    expect(other.get_by_role("heading", name="Brainstorm", exact=True)).to_be_visible()
    expect(other.get_by_text("From the library", exact=True)).to_be_visible()
    page.get_by_role("button", name="Fill 8 empty cells").click()
    # Eight as a rule; a small model now and then writes nothing, or the same twice.
    expect(page.get_by_text(re.compile(r"^[5-8] of 16 cells covered"))).to_be_visible(timeout=180_000)
    for tab in (page, other):
        expect(tab.get_by_text("Really different:")).to_be_visible()
        expect(tab.locator("[class*='st-key-keep_']").first).to_be_visible()
