"""Blind votes by keys: the next pair, the names after the vote, undo of the last one, a reload that loses nothing."""

from contextlib import closing

from playwright.sync_api import expect

from workbench.records import ComparisonKind, Contender, NewComparison, Outcome, Prompt
from workbench.store import Store

CARDS = "[class*='st-key-vote_card_']"
PROMPTS = [Prompt(text, ({"role": "user", "content": text},)) for text in ("Sky?", "Life?", "Bread?", "Soup?", "Rain?")]
OUTCOMES = {"a": Outcome.LEFT, "b": Outcome.RIGHT, "t": Outcome.TIE, "n": Outcome.BOTH_BAD}


def test_a_comparison_voted_on_by_keys(app, open_tab):
    with closing(Store(app.folder / "workbench.db")) as store:
        made = store.add_answered(
            NewComparison(
                title="Old and new", kind=ComparisonKind.OUTSIDE, prompts=tuple(PROMPTS),
                contenders=(Contender("Elder", ""), Contender("Younger", "")),
            ),
            [((at, place, 0), f"{at} said in way {place}.") for at in range(5) for place in range(2)],
        )  # fmt: skip
        page = open_tab(f"{app.url}/compare")
        page.get_by_role("radio", name="Vote").click()
        expect(page.locator(CARDS)).to_have_count(2)
        expect(page.get_by_text("0 votes of 5 pairs")).to_be_visible()
        assert "Elder" not in page.locator("[data-testid=stMain]").inner_text()

        for number, key in enumerate(OUTCOMES, 1):
            pair = page.locator(CARDS).all_inner_texts()
            page.keyboard.press(key)
            expect(page.get_by_text(f"{number} {'vote' if number == 1 else 'votes'} of 5 pairs")).to_be_visible()
            expect(page.locator(CARDS)).not_to_have_text(pair, use_inner_text=True)  # the next key is for the next pair
            expect(page.locator(CARDS)).to_have_count(2)
            expect(page.locator(".st-key-vote_last").get_by_text("was")).to_contain_text("Elder")
        assert [vote.outcome for vote in store.answer_votes(made.id)] == list(OUTCOMES.values())
        expect(page.locator(".st-key-chart_verdict_people canvas, .st-key-chart_verdict_people svg.marks").first
               ).to_be_visible()  # fmt: skip

        page.keyboard.press("z")
        expect(page.get_by_text("3 votes of 5 pairs")).to_be_visible()
        page.reload()
        page.get_by_role("radio", name="Vote").click()
        expect(page.get_by_text("3 votes of 5 pairs")).to_be_visible()
        assert [vote.outcome for vote in store.answer_votes(made.id)] == [Outcome.LEFT, Outcome.RIGHT, Outcome.TIE]
