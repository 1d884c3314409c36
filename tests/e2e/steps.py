"""What a person does in the browser, in words."""

from playwright.sync_api import Page
from playwright.sync_api import TimeoutError as NotYet

SLOW = 180_000
QUESTION = "How might we bring people into the library on weekday evenings?"
OWN = "Homework supper — Two librarians and the school cook serve soup at six on Tuesdays while pupils do homework."


def create_board(page: Page, question: str = QUESTION) -> None:
    page.get_by_label("Your question").fill(question)
    page.locator(".st-key-welcome_start button").click()
    page.get_by_role("heading", name=question).wait_for()


def write_idea(page: Page, line: str = OWN) -> None:
    page.get_by_label("Your own idea").fill(line)
    page.locator(".st-key-ideas_add button").click()
    page.get_by_text(line.split(" — ")[0]).filter(visible=True).first.wait_for()


def go(page: Page, name: str) -> None:
    page.get_by_test_id("stSidebarNav").get_by_text(name, exact=True).click()
    page.get_by_role("heading", name=name, exact=True).wait_for()


def ask_for(page: Page, n: int) -> None:
    """Set the slider by keys, as a person without a mouse would."""
    slider = page.locator(".st-key-brainstorm_n").get_by_role("slider")
    slider.focus()
    slider.press("Home")
    for _ in range(n - 1):
        slider.press("ArrowRight")
    page.get_by_role("button", name=f"Brainstorm {n}").wait_for()


def wait_for_words(page: Page) -> None:
    """Wait until a card holds the first words of a model; on a quick machine it may be a finished one."""
    page.locator("[class*='st-key-growing_'] strong, [class*='st-key-keep_']").first.wait_for(timeout=SLOW)


def refine(page: Page) -> None:
    """Ask for a rewrite until the model writes one: a small one now and then ends before its first word."""
    written = page.locator("[class*='st-key-accept_'] button")
    nothing = page.get_by_text("The model wrote nothing")
    for _ in range(6):
        page.locator(".st-key-refine_go button").click()
        page.wait_for_timeout(1000)  # an empty one may have come and gone before the page could show it at work
        page.locator("[class*='st-key-progress_']").wait_for(state="detached", timeout=SLOW)
        written.or_(nothing).first.wait_for(timeout=SLOW)
        if written.count():
            return
    raise AssertionError("six rewrites, and none had a word")


def evaluate(page: Page) -> None:
    """Ask for a judgement until it has its next step: a small model leaves a sentence out now and then."""
    for _ in range(6):
        page.locator(".st-key-evaluate_go button").click()
        page.get_by_text("Evaluate again").wait_for(timeout=SLOW)
        try:
            return page.get_by_text("Next step:").wait_for(timeout=SLOW // 3)
        except NotYet:
            continue
    raise AssertionError("six judgements, and none had a next step")


def keep_rewrite(page: Page) -> None:
    """Accept every change of the rewrite at hand and keep what comes of it as a new version."""
    page.locator("[data-focus='accept-all']").first.click()
    page.locator("[class*='st-key-accept_'] button:enabled").first.click()


def wait_for_end(page: Page) -> None:
    page.locator("[class*='st-key-again_'] button").wait_for(timeout=SLOW)
