"""Photograph every page at desktop and phone width, light and dark, on the real model, for the README.

.venv/bin/python -m tests.e2e.screenshots --out docs/screenshots --runs runs
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tests.e2e import steps
from tests.e2e.serving import BROWSER, App
from workbench.records import Origin, Said, Thumb
from workbench.settings import ROOT, first_model
from workbench.store import Library, Store

SIZES = {"desktop": (1280, 860), "phone": (390, 844)}
THEMES = ("light", "dark")
SEARCHES = ("library evening", "soup supper neighbours", "music concert", "homework pupils", "language cafe", "games")
PAGES = ("ideas", "brainstorm", "refine", "evaluate", "compare", "feedback", "models", "training")
QUESTION = "How might we bring people into the library on weekday evenings?"
OWN = "Homework supper — Two librarians and the school cook serve soup at six on Tuesdays while pupils do homework."


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("docs/screenshots"))
    parser.add_argument("--engine", default="llama", choices=["llama", "fake"])
    parser.add_argument("--runs", type=Path, default=Path("runs"), help="training runs for the Training page")
    out = parser.parse_args()
    out.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        own = {"WORKBENCH_ENGINE": out.engine, "WORKBENCH_RUNS": str(out.runs.resolve())}
        app = App(Path(folder), WORKBENCH_DEFAULT_MODEL=str(first_model()), **own).start()
        browser = playwright.chromium.launch(**BROWSER)
        try:
            photograph_welcome(browser, app, out.out)
            fill(browser, app)
            fill_lab(app)
            for size in SIZES:
                for theme in THEMES:
                    for name in PAGES:
                        photograph(browser, app, out.out, name, size, theme)
            photograph_map(browser, app, out.out)
        finally:
            browser.close()
            app.stop()


def open_page(browser: Browser, address: str, size: str, theme: str) -> Page:
    width, height = SIZES[size]
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=theme)
    page = context.new_page()
    page.goto(address)
    page.locator("h1").first.wait_for()
    page.wait_for_timeout(1000)
    page.wait_for_function("!document.querySelector('[data-testid=stSkeleton]')")
    page.wait_for_timeout(500)
    return page


def photograph(browser: Browser, app: App, out: Path, name: str, size: str, theme: str) -> None:
    path = "" if name == "ideas" else name  # the first page has no name of its own in the address
    page = open_page(browser, f"{app.url}/{path}?board=1&idea={0 if name == 'brainstorm' else 1}", size, theme)
    save(page, out / f"{name}-{size}-{theme}.png")


def photograph_map(browser: Browser, app: App, out: Path) -> None:
    """A board of library ideas, as a map: what the model writes would say more of the model than of the map."""
    store = Store(app.folder / "workbench.db")
    library = Library(ROOT / "data" / "ideas" / "brainstorm.jsonl.gz", app.folder / "library.db")
    board = store.create_board(QUESTION)
    found = {idea.id: idea for words in SEARCHES for idea in library.search(words, 6)}
    for idea in found.values():
        store.add_idea(board.id, idea.title, idea.text, origin=Origin.LIBRARY, library_id=idea.id, source="library")
    store.close()
    page = open_page(browser, f"{app.url}/?board={board.id}", "desktop", "light")
    page.get_by_role("radio", name="Map").click()
    page.locator("canvas, svg.marks").first.wait_for()
    page.wait_for_timeout(2000)
    save(page, out / "map-desktop-light.png")


def photograph_welcome(browser: Browser, app: App, out: Path) -> None:
    for size in SIZES:
        save(open_page(browser, app.url, size, "light"), out / f"welcome-{size}-light.png")


def save(page: Page, path: Path) -> None:
    """Write a small PNG: 256 colours are plenty for a page of text."""
    page.screenshot(path=path)
    Image.open(path).convert("RGB").quantize(256).save(path, optimize=True)
    page.context.close()


def fill(browser: Browser, app: App) -> None:
    """Work a little, so that the pages have something to show."""
    page = open_page(browser, app.url, "desktop", "light")
    page.get_by_label("Your question").fill(QUESTION)
    page.get_by_role("button", name="Start").click()
    page.get_by_label("Your own idea").fill(OWN)
    page.get_by_role("button", name="Add", exact=True).click()
    page.get_by_text("Homework supper").filter(visible=True).first.wait_for()
    page.locator(".st-key-ideas_brainstorm button").click()
    page.locator("[class*='st-key-again_'] button").wait_for(timeout=120_000)
    for card in ("keep_2", "keep_3"):  # the first two the model wrote
        page.locator(f".st-key-{card} button").click()
        page.locator(f".st-key-{card} button").wait_for(state="detached")
    page.locator("[class*='st-key-lib_keep_'] button").first.click()
    page.wait_for_timeout(1500)
    page.goto(f"{app.url}/refine?board=1&idea=1")
    page.locator(".st-key-refine_go button:enabled").wait_for()
    steps.refine(page)
    page.goto(f"{app.url}/evaluate?board=1&idea=1")
    page.locator(".st-key-evaluate_go button").click()
    page.get_by_text("Evaluate again").wait_for(timeout=120_000)
    page.context.close()


def fill_lab(app: App) -> None:
    """Compare the adapters of the model that the app opens with, and say something about its ideas."""
    model = first_model()
    models = [f"bare={model}", f"brainstorm={model}+brainstorm", f"refine={model}+refine"]
    asked = [part for words in ("Why is the sky blue?", QUESTION, OWN) for part in ("--prompt", words)]
    command = [sys.executable, "-m", "workbench", "compare", "run", *models, *asked, "--repeats", "3"]
    database = app.folder / "workbench.db"
    subprocess.run(command, cwd=ROOT, env=os.environ | {"WORKBENCH_DB": str(database)}, check=True)
    store = Store(database)
    kinds = ((Thumb.UP, ("surprising",)), (Thumb.DOWN, ("vague",)), (Thumb.DOWN, ("off_topic", "vague")))
    for number, answer in enumerate(store.generations(limit=-1)):
        if answer.task in ("brainstorm", "refine"):
            thumb, reasons = kinds[number % len(kinds)]
            store.give_feedback(answer.id, ("Ada", "Ben")[number % 2], Said(thumb, reasons))
    store.close()


if __name__ == "__main__":
    main()
