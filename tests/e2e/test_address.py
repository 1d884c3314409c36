"""The first visitor of a fresh app may come by a page's own address; the page runs through app.py all the same."""

import re

from playwright.sync_api import expect


def test_a_pages_own_address_opens_the_whole_app(app, open_tab):
    page = open_tab(f"{app.url}/evaluate")
    expect(page.locator("h1").first).to_have_text("Evaluate")
    expect(page).to_have_title(re.compile("Brainstorming workbench"))  # set by app.py and nowhere else
    links = page.get_by_test_id("stSidebarNavLink")
    expect(links).to_have_count(5)
    assert "Ideas" in links.nth(0).inner_text()  # in the order of app.py, not of the alphabet
