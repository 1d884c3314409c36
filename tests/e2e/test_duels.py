"""Duels by keys: the next pair comes, the ranking grows below, undo takes the last one back, a reload loses nothing."""

import re

from playwright.sync_api import expect

from tests.e2e import steps

CARDS = "[class*='st-key-duel_card_']"


def test_a_board_ranked_by_keys(app, open_tab):
    page = open_tab(app.url)
    steps.create_board(page)
    for title in ("Night desk", "Soup supper", "Tea trolley", "Film piano"):
        page.get_by_label("Your own idea").fill(f"{title} — Two librarians open at six.")
        page.locator(".st-key-ideas_add button").click()
        page.locator("strong", has_text=title).first.wait_for()
    steps.go(page, "Evaluate")
    page.locator(".st-key-evaluate_part").get_by_text("Ranking").click()
    expect(page.locator(CARDS)).to_have_count(2)

    for number, key in enumerate("abt", 1):
        pair = page.locator(CARDS).all_inner_texts()
        page.keyboard.press(key)
        expect(page.get_by_text(re.compile(rf"^{number} duels? · the ranking settles at about 6"))).to_be_visible()
        expect(page.locator(CARDS)).not_to_have_text(pair, use_inner_text=True)  # the next key is for the next pair
        expect(page.locator(CARDS)).to_have_count(2)
    pair = page.locator(CARDS).all_inner_texts()
    page.keyboard.press("s")  # no duel, another pair
    expect(page.locator(CARDS)).not_to_have_text(pair, use_inner_text=True)
    expect(page.get_by_text("3 duels ·")).to_be_visible()
    expect(page.get_by_text("Your ranking")).to_be_visible()
    expect(page.locator(".st-key-chart_ranking canvas, .st-key-chart_ranking svg.marks").first).to_be_visible()

    page.keyboard.press("z")
    expect(page.get_by_text("Undone: skipping of")).to_be_visible()
    page.keyboard.press("z")
    expect(page.get_by_text("Undone: tie of")).to_be_visible()
    expect(page.get_by_text("2 duels ·")).to_be_visible()

    page.locator(".st-key-duels_go button").click()
    expect(page.get_by_text("The model's ranking, folded")).to_be_visible(timeout=steps.SLOW)
    page.reload()
    page.locator(".st-key-evaluate_part").get_by_text("Ranking").click()
    expect(page.get_by_text("2 duels ·")).to_be_visible()
    expect(page.locator(".st-key-duels_go button")).to_be_visible()  # the page is whole: nothing is drawn anew
    with page.expect_download() as saved:
        page.locator(".st-key-save_ranking button").click()
    assert saved.value.path().read_text("utf-8-sig").splitlines()[0].startswith("idea,number,you rank,you place")
