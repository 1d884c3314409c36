"""An idea judged with the person's own word in it, then the whole board drawn and saved."""

from pathlib import Path

from playwright.sync_api import expect

from tests.e2e import steps
from tests.e2e.steps import SLOW


def test_own_answers_count_are_undone_and_show_in_the_boards_charts(app, open_tab, tmp_path):
    page = open_tab(app.url, accept_downloads=True)
    steps.create_board(page)
    steps.write_idea(page)
    steps.write_idea(page, "Night bus — A bus waits outside at ten until the last reader is in.")
    steps.go(page, "Evaluate")
    page.locator(".st-key-evaluate_go button").click()
    page.get_by_text("How each check was asked").wait_for(timeout=SLOW)

    first = page.locator("[class*='st-key-check_']").first
    first.get_by_text("no", exact=False).last.click()
    expect(page.get_by_text("with your answers")).to_be_visible()
    page.locator("body").press("z")
    expect(page.get_by_text("with your answers")).to_have_count(0)
    first.get_by_text("yes", exact=False).last.click()
    expect(page.get_by_text("with your answers")).to_be_visible()

    page.locator(".st-key-evaluate_part").get_by_text("All ideas").click()
    page.locator(".st-key-evaluate_all button").click()
    expect(page.get_by_text("2 of 2 ideas judged")).to_be_visible(timeout=SLOW)
    expect(page.get_by_test_id("stVegaLiteChart")).to_have_count(2)
    for kind, beginning in (("SVG", b"<svg"), ("PNG", b"\x89PNG")):
        with page.expect_download() as saved:
            page.locator(f"[class*='st-key-save_checks_'][class*='{kind}'] button").click()
        file = Path(tmp_path) / f"checks.{kind.lower()}"
        saved.value.save_as(file)
        assert file.read_bytes().startswith(beginning)
    assert "✓ you".encode() in (tmp_path / "checks.svg").read_bytes()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "the page scrolls sideways"
