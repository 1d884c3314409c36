"""Tracked changes by mouse, key and touch: decided in the text, kept over a reload, and then a new version."""

from playwright.sync_api import expect

from tests.e2e import steps
from workbench.assist import prompts
from workbench.store import Store

REWRITE = (
    "Lentil supper — Two librarians and the school cook serve lentil soup at six on Tuesdays while pupils do homework. "
    "A sign at the gate says so."
)


def on_refine(app, open_tab, **options):
    """Open Refine on an idea whose rewrite waits: the starter's own has no changes that one could name here."""
    store = Store(app.folder / "workbench.db")
    board = store.create_board(steps.QUESTION)
    idea = store.add_idea(
        board.id, "Homework supper", "Two librarians and the cook serve soup at six while pupils do homework."
    )
    gid = store.start_generation(
        job_id="j", task="refine", messages=prompts.refine(board.question, "Homework supper — Soup.", "cheaper"),
        model="starter", model_sha256="", adapter=None, adapter_sha256=None, sampling={}, seed=1, board_id=board.id,
        idea_id=idea.id,
    )  # fmt: skip
    store.finish_generation(
        gid, text=REWRITE, prompt_tokens=1, tokens=1, first_token_s=0.1, seconds=0.1, finish="stop"
    )
    store.close()
    page = open_tab(f"{app.url}/refine?board={board.id}&idea={idea.id}", **options)
    page.locator(".tracked [data-change='0']").wait_for()
    return page


def test_changes_are_decided_by_key_and_mouse_and_become_a_version(app, open_tab):
    page = on_refine(app, open_tab)
    changes = page.locator(".tracked [data-change]")
    expect(changes).to_have_count(5)
    expect(changes.first.locator("del")).to_have_text("Homework")
    expect(changes.first.locator("ins")).to_have_text("Lentil")

    page.keyboard.press("a")  # the title; the next change becomes the current one
    expect(page.locator(".result .title")).to_have_text("Lentil supper")
    expect(page.locator(".tracked .where")).to_have_text("Change 2 of 5")
    page.keyboard.press("x")
    page.keyboard.press("j")  # back to it
    expect(page.locator("[data-focus='reject']")).to_have_attribute("aria-pressed", "true")
    changes.nth(4).click()
    page.locator("[data-focus='accept']").click()
    reads = "Two librarians and the cook serve soup at six while pupils do homework. A sign at the gate says so."
    expect(page.locator(".result .body")).to_have_text(reads)

    page.reload()  # nothing decided is lost
    expect(page.locator(".result .body")).to_have_text(reads)
    expect(page.locator(".tracked .change.accepted")).to_have_count(2)
    expect(page.locator(".tracked .change.rejected")).to_have_count(1)
    page.locator("h1").first.click()
    page.keyboard.press("k")
    expect(page.get_by_text("Version 2")).to_be_visible()
    expect(page.locator("[class*='st-key-revision_']").first).to_contain_text(reads)
    expect(page.locator(".st-key-refine_compare")).to_be_visible()

    page.locator(".st-key-undo button").click()  # the rewrite is back, with what was decided
    expect(page.locator(".tracked .change.accepted")).to_have_count(2)


def test_changes_are_decided_by_touch_on_a_phone(app, open_tab):
    page = on_refine(app, open_tab, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    for name in ("before", "next", "accept", "reject"):
        box = page.locator(f"[data-focus='{name}']").bounding_box()
        assert min(box["height"], box["width"]) >= 44, f"{name} is too small for a thumb: {box}"
    page.locator(".tracked [data-change='1']").tap()
    page.locator("[data-focus='accept']").tap()
    expect(page.locator(".result .body")).to_contain_text("the school cook")
    page.locator("[data-focus='reject-all']").tap()
    expect(page.locator(".tracked .change.rejected")).to_have_count(4)
    page.locator("[class*='st-key-accept_'] button:enabled").tap()
    expect(page.get_by_text("Version 2")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "the page scrolls sideways"


def test_the_page_keeps_up_with_quick_fingers(app, open_tab):
    page = on_refine(app, open_tab)
    page.locator(".tracked [data-change='0']").click()  # the focus goes along with the current change
    for key in "aaxak":
        page.keyboard.press(key)
    expect(page.locator("[class*='st-key-revision_']").first).to_contain_text(
        "Two librarians and the school cook serve soup at six on Tuesdays while pupils do homework."
    )
    expect(page.locator("[class*='st-key-revision_']").first).to_contain_text("Lentil supper")


def test_a_key_in_a_text_field_is_a_letter(app, open_tab):
    page = on_refine(app, open_tab)
    page.locator(".st-key-refine_goal").get_by_text("in your own words").click()
    page.get_by_label("Your goal").fill("")
    page.get_by_label("Your goal").press_sequentially("axl")
    expect(page.get_by_label("Your goal")).to_have_value("axl")
    expect(page.locator(".tracked .change.open")).to_have_count(5)
