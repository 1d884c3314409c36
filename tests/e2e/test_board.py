"""A board of some ideas: the keys, several at once, the map, and a download."""

import json
import re

import pytest
from playwright.sync_api import expect

from tests.e2e import steps
from workbench.store import Store

TITLES = [f"{kind} {number}" for number in range(4) for kind in ("Soup supper", "Night lamp")]
TEXTS = {"Soup": "The school cook serves lentil soup in the hall.", "Night": "A lamp burns late at the desk."}


@pytest.fixture
def store(app):
    """The app's own database, opened beside it."""
    store = Store(app.folder / "workbench.db")
    board = store.create_board(steps.QUESTION)
    for title in TITLES:
        store.add_idea(board.id, title, TEXTS[title.split()[0]])
    yield store
    store.close()


def test_one_hand_on_the_keyboard(app, store, open_tab):
    page = open_tab(f"{app.url}/?board=1")
    html = page.locator("html")
    newest = page.locator("[class*='st-key-card_']").first
    expect(newest).to_contain_text(TITLES[-1])
    page.wait_for_function("window.workbenchKeys")  # a busy machine draws the cards before it has read the script
    page.locator("h1").first.click()

    page.keyboard.press("l")
    expect(html).to_have_attribute("data-marked", "st-key-card_8")
    page.keyboard.press("l")
    expect(html).to_have_attribute("data-marked", "st-key-card_7")
    page.keyboard.press("j")
    expect(html).to_have_attribute("data-marked", "st-key-card_8")

    page.keyboard.press("t")  # from the card's menu
    tags = page.locator(".st-key-tag_tags_8 input")
    expect(tags).to_be_focused()
    page.keyboard.type("warm")  # none of these letters is heard as a key
    page.keyboard.press("Enter")
    page.locator(".st-key-tag_save_8 button").click()
    expect(newest).to_contain_text("#warm")
    assert store.idea(8).tags == ("warm",)

    page.locator("h1").first.click()
    page.keyboard.press("x")
    page.keyboard.press("l")
    page.keyboard.press("x")
    expect(page.get_by_text("2 ideas selected")).to_be_visible()
    expect(page.locator(".st-key-several_drop button")).to_be_enabled()  # until then the key is for the marked card
    page.keyboard.press("d")
    expect(page.get_by_text("Dropped: 2 ideas")).to_be_visible()
    expect(page.get_by_text(re.compile("dropped 2"))).to_be_visible()
    page.keyboard.press("z")
    expect(page.get_by_text("Undone: drop of 2 ideas")).to_be_visible()
    expect(newest).to_contain_text(TITLES[-1])

    page.keyboard.press("?")
    expect(page.get_by_text("the opposite", exact=False).first).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("o")
    expect(page.get_by_role("heading", name="Brainstorm", exact=True)).to_be_visible()
    steps.wait_for_end(page)


def test_an_idea_is_carried_over_to_a_new_question_by_keys_alone(app, store, open_tab):
    page = open_tab(f"{app.url}/?board=1")
    expect(page.locator("[class*='st-key-card_']").first).to_contain_text(TITLES[-1])
    page.wait_for_function("window.workbenchKeys")
    page.locator("h1").first.click()
    page.keyboard.press("v")  # from the card's menu
    expect(page.locator(".st-key-carry_question_8 input")).to_be_focused()
    page.keyboard.type("Who feeds the hens?")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Brainstorm", exact=True)).to_be_visible()
    expect(page.get_by_role("heading", name="Who feeds the hens?")).to_be_visible()
    steps.wait_for_end(page)
    (idea,) = store.list_ideas(store.list_boards()[0].id)
    assert (idea.lens, idea.stimulus) == (f"carried over from: {TITLES[-1]}", f"{TITLES[-1]} — {TEXTS['Night']}")


def test_a_point_of_the_map_opens_its_idea_and_the_board_goes_out_as_a_file(app, store, open_tab):
    page = open_tab(f"{app.url}/?board=1")
    page.locator(".st-key-ideas_view").get_by_text("Map", exact=True).click()
    points = page.locator("[data-testid='stVegaLiteChart'] path[aria-label*='Idea: ']")
    expect(points).to_have_count(len(TITLES), timeout=steps.SLOW)  # the first map of a process loads scikit-learn
    point = points.first
    title = re.search(r"Idea: ([^;]+)", point.get_attribute("aria-label"))[1]
    point.click()
    expect(page.locator("[class*='st-key-card_']")).to_contain_text(title)

    page.locator(".st-key-export_board button").first.click()
    with page.expect_download() as waiting:
        page.locator(".st-key-export_board_json button").first.click()
    assert waiting.value.suggested_filename.endswith(".json")
    written = json.loads(waiting.value.path().read_text(encoding="utf-8"))
    assert written["question"] == steps.QUESTION
    assert [idea["title"] for idea in written["ideas"]] == TITLES
