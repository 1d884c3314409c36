"""Whether a rewrite met its goal, and the figures of rewrites that are known.

    python -m pytest tests/bench/test_rewrites.py
"""

import pytest

from workbench.bench import heldout
from workbench.bench.quality import rewrites
from workbench.bench.quality.goals import CHECKED, goal_met
from workbench.settings import settings

TOPIC = "rain on market day"
IDEA = "Umbrella Row — Ten stallholders lend umbrellas against a coin, so that shoppers stay at the market."


class Written:
    """Stands where the model's answers do: the rewrites come from a function of the row."""

    def __init__(self, rewrite):
        self.rewrite = rewrite


def high(topic, idea, checks):
    """Judge by length: the longer, the more certain a yes."""
    return min(1.0, len(idea) / 400)


@pytest.mark.parametrize(
    ("goal", "after", "met"),
    [
        ("shorter", "Umbrella Row — Stallholders lend umbrellas.", True),
        ("shorter", IDEA, False),
        ("shorter", "", False),
        ("measurable", IDEA + " Helga counts 40 coins.", True),
        ("measurable", IDEA + " Helga counts coins.", False),
        ("measurable", IDEA, False),
        ("for people who work nights", IDEA + " Who works nights gets one at six.", True),
        ("for people who work nights", IDEA, False),
        ("bolder", IDEA + " " + IDEA, True),
        ("bolder", IDEA, False),
        ("fix: nobody looks after it", IDEA + " " + IDEA, True),
    ],
)
def test_goals_that_can_be_told(goal, after, met):
    assert goal_met(TOPIC, IDEA, after, goal, high) is met


def test_every_written_goal_has_a_way_to_tell():
    for row in heldout.rows(settings().library, "refine"):
        kind = row["goal"].partition(":")[0]
        assert kind in CHECKED or kind in ("shorter", "measurable") or kind.startswith("for ")


def measured(rewrite, judge=high):
    rows = heldout.rows(settings().library, "refine", 30)
    return rewrites.measure(Written(rewrite), rows, judge, seed=1, tell=lambda words: None)[0]


def test_returning_the_idea_is_a_no_op_that_loses_nothing_and_meets_no_goal():
    found = measured(lambda topic, idea, goal, seed: idea)
    assert {key: figure.value for key, figure in found.items()} == {
        "refine_noop": 1, "refine_lost_facts": 0, "refine_length_ratio": 1, "refine_drift": 0, "refine_goal_met": 0,
        "refine_useful": 0,
    }  # fmt: skip
    assert all(figure.controls["nothing"] == figure.value for figure in found.values())


def test_another_text_loses_every_fact_and_is_not_useful():
    found = measured(lambda topic, idea, goal, seed: "Grey Mist — Nothing much happens anywhere, for no good reason.")
    assert found["refine_lost_facts"].value > 0.9
    assert found["refine_drift"].value > 0.9
    assert found["refine_useful"].value == 0


def test_written_rewrites_keep_their_ideas():
    controls = {key: figure.controls for key, figure in measured(lambda topic, idea, goal, seed: idea).items()}
    assert controls["refine_noop"]["written"] == 0
    assert controls["refine_drift"]["written"] < 0.7 < controls["refine_drift"]["random"]
    assert controls["refine_lost_facts"]["written"] < controls["refine_lost_facts"]["random"]
    assert controls["refine_useful"]["written"] > 0.4 > controls["refine_useful"]["random"]
