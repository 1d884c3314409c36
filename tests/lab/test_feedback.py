"""Feedback looked at: reasons, counts, weeks, groups of topics, and rates that are not over-read."""

from random import Random

import numpy as np
import pytest

from workbench.lab.feedback import DOWN, LEAST, Wanted, alike, counts, in_words, rates, reasons_for, reasons_of, week_of
from workbench.lab.feedback.fairness import wilson
from workbench.records import Feedback, Said, Thumb


def row(number=0, thumb=Thumb.UP, reasons=(), *, group="", task="brainstorm", created="2026-11-21T10:00:00"):
    return Feedback(
        number, number, "me", Said(thumb, tuple(reasons)), created, created, task, "starter", "", "Bread bus.", "[]",
        topic_group=group,
    )  # fmt: skip


def test_each_task_has_reasons_of_its_own_and_those_of_the_thumb_come_first():
    for task in ("brainstorm", "refine", "evaluate", "reword", "dimensions", "compare"):
        up, down = reasons_for(task), reasons_for(task, Thumb.DOWN)
        assert {each.key for each in up} == {each.key for each in down} and len({each.key for each in up}) == len(up)
        assert len({each.words for each in up}) == len(up), "words tell the options apart"
        assert up[0].side is Thumb.UP and down[0].side is Thumb.DOWN
    assert "loses my point" in {each.words for each in reasons_for("refine")}
    assert in_words("refine", "loses") == "loses my point" and in_words("refine", "old_one") == "old one"


def test_rows_are_found_by_everything_that_is_named_together():
    rows = [row(1, Thumb.DOWN, ["vague"]), row(2, Thumb.DOWN, ["repeats"]), row(3, task="refine")]
    assert Wanted().find(rows) == rows
    assert [each.id for each in Wanted(thumbs=[Thumb.DOWN], reasons=["too vague", "repeats"]).find(rows)] == [1, 2]
    assert Wanted(thumbs=[Thumb.DOWN], tasks=["refine"]).find(rows) == []


@pytest.mark.parametrize(
    ("stamp", "monday"),
    [("2026-11-21T23:59:00", "2026-11-16"), ("2026-11-16", "2026-11-16"), ("2027-01-01", "2026-12-28")],
)
def test_a_week_is_named_by_its_monday(stamp, monday):
    assert week_of(stamp) == monday


def test_counts_tell_thumbs_apart_and_the_commonest_comes_first():
    rows = [row(1, Thumb.DOWN, ["vague"]), row(2, Thumb.UP, ["vague"]), row(3, None, ["repeats"])]
    assert counts(rows, reasons_of) == [
        ("too vague", Thumb.DOWN, 1), ("too vague", Thumb.UP, 1), ("repeats", None, 1),
    ]  # fmt: skip


def test_a_difference_is_named_and_a_small_group_says_nothing():
    rows = [row(n, Thumb.DOWN if n % 5 else Thumb.UP, group="water") for n in range(40)]
    rows += [row(n, Thumb.UP if n % 5 else Thumb.DOWN, group="food") for n in range(40)]
    rows += [row(n, Thumb.DOWN, group="health") for n in range(LEAST - 1)]
    found = {rate.group: rate for rate in rates(rows, lambda each: [each.topic_group], [DOWN])}
    assert found["water"].words == "more often than elsewhere" and found["food"].words == "less often than elsewhere"
    assert found["health"].words == "too few to say" and not found["health"].clear and found["health"].k == LEAST - 1
    assert found["water"].rate.low < 0.8 == found["water"].rate.value < found["water"].rate.high


def test_where_groups_do_not_differ_chance_is_seldom_called_a_difference():
    rng, wrong, tries = Random(1), 0, 200
    for _ in range(tries):
        rows = [row(n, rng.choice(list(Thumb)), group=f"g{n % 5}") for n in range(100)]
        wrong += any(rate.clear for rate in rates(rows, lambda each: [each.topic_group], [DOWN]))
    assert wrong / tries <= 0.09, "5 % is the aim; three standard errors more are 9.6"


def test_intervals_cover_at_their_stated_rate():
    rng = np.random.default_rng(2)
    for n, p in ((20, 0.3), (50, 0.1), (200, 0.5)):
        drawn = rng.binomial(n, p, size=600)
        inside = np.mean([wilson(int(k), n).low <= p <= wilson(int(k), n).high for k in drawn])
        assert 0.85 <= inside <= 0.97, (n, p, inside)


def test_topics_with_words_in_common_are_one_group_named_by_them():
    found = alike({
        1: "How might we waste less bread?", 2: "How might we share the bread that is left?",
        3: "How might we calm the school bus?", 4: "How might we?",
    })  # fmt: skip
    assert found[1] == found[2] != found[3] and "bread" in found[1]
    assert found[4] == "How might we?" and alike({}) == {} and len(alike({7: "Warm soup"})) == 1
