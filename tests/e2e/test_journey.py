"""One idea through brainstorm, refine and evaluate, with a reload in the middle."""

import re

from playwright.sync_api import expect

from tests.e2e import steps


def test_from_a_question_to_a_refined_and_judged_idea(app, open_tab):
    page = open_tab(app.url)
    steps.create_board(page)

    steps.go(page, "Brainstorm")
    expect(page.locator("[class*='st-key-lib_keep_'] button")).to_have_count(6)  # before any model
    page.locator(".st-key-brainstorm_go button").click()
    steps.wait_for_words(page)
    page.reload()  # in the middle: the run goes on in the app
    expect(page.get_by_role("heading", name=steps.QUESTION)).to_be_visible()
    steps.wait_for_end(page)
    cards = page.locator("[class*='st-key-card_']")
    assert 6 <= cards.count() <= 8, "a card for each idea; a rare empty one gives none"

    first = re.search(r"st-key-card_(\d+)", cards.first.get_attribute("class"))[1]
    title = cards.first.locator("strong").first.inner_text()
    page.locator("h1").first.click()
    page.keyboard.press("k")  # keeps the first undecided card
    page.locator(f".st-key-keep_{first}").wait_for(state="detached")
    page.locator(f".st-key-refine_{first} button").first.click()

    expect(page.get_by_role("heading", name="Refine", exact=True)).to_be_visible()
    expect(page.get_by_text(title).filter(visible=True).first).to_be_visible()
    steps.refine(page)
    steps.keep_rewrite(page)
    expect(page.get_by_text("Version 2")).to_be_visible()

    steps.go(page, "Evaluate")
    steps.evaluate(page)
    expect(page.locator("[class*='st-key-check_'] .marks")).to_have_count(8)
    expect(page.get_by_text("Next step:")).to_be_visible()

    page.locator(".st-key-undo button").click()
    expect(page.get_by_text("Undone: new wording")).to_be_visible()
    steps.go(page, "Refine")
    expect(page.get_by_text("Version 1")).to_be_visible()
    expect(page.locator("[class*='st-key-revision_']").last).to_contain_text("this is the wording now")


def test_two_tabs_at_once(app, open_tab):
    one = open_tab(app.url)
    steps.create_board(one)
    steps.go(one, "Brainstorm")
    two = open_tab(f"{app.url}/brainstorm?board=1")
    one.locator(".st-key-brainstorm_go button").click()
    two.locator(".st-key-brainstorm_go button").click()
    steps.wait_for_words(one)
    steps.go(two, "Ideas")  # a page switch ends nothing
    steps.write_idea(two, "Tea trolley — A volunteer wheels tea to the readers.")
    steps.go(two, "Brainstorm")
    steps.wait_for_end(two)
    two.reload()
    expect(two.get_by_text("Still to decide")).to_be_visible()  # the first tab's ideas
    one.reload()
    steps.wait_for_end(one)
    steps.go(one, "Ideas")
    expect(one.get_by_text("Tea trolley").filter(visible=True)).to_be_visible()
    expect(one.get_by_text(re.compile(r"undecided 1[0-6]"))).to_be_visible()


def test_stop_keeps_what_was_written(slow_app, open_tab):
    page = open_tab(slow_app.url)
    steps.create_board(page)
    steps.go(page, "Brainstorm")
    steps.ask_for(page, 4)
    page.locator(".st-key-brainstorm_go button").click()
    expect(page.get_by_text("Bread").filter(visible=True).first).to_be_visible()
    page.locator("[class*='st-key-stop_'] button").click()
    expect(page.get_by_text("Stopped by you")).to_be_visible()
    page.reload()
    expect(page.get_by_text("Stopped by you")).to_be_visible()
    expect(page.get_by_text("Bread").filter(visible=True).first).to_be_visible()


def test_dialogs_and_keys(app, open_tab):
    page = open_tab(app.url)
    steps.create_board(page)
    page.locator(".st-key-board_new button").click()
    page.locator(".st-key-new_save button").click()
    expect(page.get_by_role("dialog").get_by_text("needs a question")).to_be_visible()
    page.get_by_role("dialog").get_by_label("Question").fill("A second question?")
    page.locator(".st-key-new_save button").click()
    expect(page.get_by_role("heading", name="A second question?")).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)

    steps.write_idea(page, "<b>Tea</b> :red[trolley] — It costs $5 or *six*.")
    expect(page.get_by_text("<b>Tea</b> :red[trolley]").first).to_be_visible()
    steps.write_idea(page, "Signs — :tada: :material/home: a -> b & c_d_e `f` [g](h) ~~i~~ #j.")
    shown = page.locator("[class*='st-key-card_']").first.inner_text().replace("\u2060", "")
    assert ":tada: :material/home:" in shown and "b & c_d_e `f` [g](h) ~~i~~ #j." in shown
    page.locator("h1").first.click()
    page.keyboard.press("z")
    expect(page.get_by_text("Undone: adding of “Signs")).to_be_visible()
    page.keyboard.press("z")
    expect(page.get_by_text("Undone: adding of “<b>Tea")).to_be_visible()
    expect(page.get_by_text("It costs $5")).to_have_count(0)
    page.keyboard.press("Shift+Z")
    expect(page.get_by_text("It costs $5")).to_be_visible()
    page.keyboard.press("/")
    expect(page.get_by_label("Search")).to_be_focused()
    page.locator("h1").first.click()
    page.keyboard.press("?")
    expect(page.get_by_text("the opposite")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("r")
    expect(page.get_by_role("heading", name="Refine", exact=True)).to_be_visible()


def test_a_page_opened_by_its_own_address_first_is_the_same_app(app, open_tab):
    page = open_tab(f"{app.url}/models")  # nobody has opened the app since it started
    expect(page.get_by_role("heading", name="Models", exact=True)).to_be_visible()
    navigation = page.get_by_test_id("stSidebarNav").locator("a")
    names = ("Ideas", "Brainstorm", "Refine", "Evaluate", "Compare", "Feedback", "Models", "Training")
    expect(navigation).to_have_text([re.compile(name) for name in names])
