"""From many ways of asking to one answer: the bias taken off, the doubt kept, the person's answers as given."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.assist.judgement import MIDDLE, chance, corrected, disagree, measured, spans, with_own
from workbench.assist.prompts import EIGHT
from workbench.records import Check, Evaluation, Rubric

TWO = Rubric(None, "Two", (Check("It is new.", "novelty"), Check("It is cheap.", "workability")))
ways = st.lists(
    st.lists(st.floats(0, 1), min_size=2, max_size=2).map(tuple), min_size=3, max_size=3
).map(tuple)  # fmt: skip


def test_log_odds_are_averaged_and_scores_stretch_to_one_to_five():
    found = measured(TWO, (((0.8, 0.8), (0.8, 0.8)), ((0.9, 0.5), (0.9, 0.5))))
    assert found.checks == pytest.approx((0.8, 0.75))  # odds of 9 and 1 are 3 on average
    assert found.scores == {"novelty": 4.2, "workability": 4.0}
    assert found.intervals["novelty"] == (4.2, 4.2)
    low, high = found.intervals["workability"]
    assert high - 4.0 == pytest.approx(4.0 - low) and high - 4.0 == pytest.approx(4 * 0.2309, abs=0.01)


def test_what_a_model_says_to_ideas_that_say_nothing_is_taken_off():
    yes = (((0.9, 0.6), (0.5, 0.5)), ((0.1, 0.1), (0.2, 0.2)))
    free = (((0.9, 0.6), (0.5, 0.5)), ((0.05, 0.1), (0.2, 0.2)))
    found = measured(TWO, yes, free)
    assert found.checks[0] == pytest.approx(0.5) and found.unsure[0]
    assert found.checks[1] > 0.5
    assert found.yes == yes and found.free == free


def test_zhaos_correction_is_the_same_as_taking_log_odds_off():
    p, bias = 0.7, 0.9
    yes, no = p / bias, (1 - p) / (1 - bias)  # W = diag(bias)^-1, renormalised
    ((((odds,),),)) = corrected((((p,),),), (((bias,),),))
    assert chance(odds) == pytest.approx(yes / (yes + no))


def test_wordings_on_both_sides_of_a_half_that_spread_widely_have_no_answer():
    assert disagree([[2.0, 2.0], [-1.0, -1.0], [2.0, 2.0]])
    assert not disagree([[2.0, 2.0], [1.0, 1.0], [3.0, 3.0]])
    assert not disagree([[2.0, -0.5], [1.0, 0.5], [3.0, 3.0]])  # orders differ, the wordings say the same
    assert disagree([[0.1, 0.1]])  # near the middle
    assert not disagree([[1.0, 1.0]])
    assert disagree([])


def test_what_is_not_asked_yet_is_left_out():
    found = measured(TWO, (((0.8, None), (None, None)), ((0.3, None), (None, None))))
    assert found.checks == pytest.approx((0.8, 0.3)) and found.unsure == (False, False)
    assert found.intervals["novelty"] == (4.2, 4.2) and spans(found) == [(found.checks[0],) * 2, (found.checks[1],) * 2]


def test_the_persons_answers_are_taken_as_given():
    yes = (((0.8, 0.7), (0.9, 0.6)), ((0.1, 0.2), (0.3, 0.1)))
    evaluation = Evaluation(1, 1, 1, TWO, (0.77, 0.16), yes=yes)
    found = with_own(evaluation, {1: True})
    assert found.checks[1] == 1.0 and found.scores["workability"] == 5.0 and not found.unsure[1]
    assert found.intervals["workability"] == (5.0, 5.0)
    assert found.checks[0] == measured(TWO, yes).checks[0]


def test_a_judgement_from_before_wordings_is_shown_as_it_was():
    evaluation = Evaluation(1, 1, 1, EIGHT, (0.9, 0.2, 0.5, 0.7, 0.8, 0.1, 0.65, 0.55))
    found = with_own(evaluation, {})
    assert found.checks == pytest.approx(evaluation.checks)
    assert found.unsure == (False, False, True, False, False, False, False, True)
    assert all(low == high for low, high in found.intervals.values())


def test_a_dimension_without_a_check_has_no_score():
    assert list(measured(TWO, (((0.8,),), ((0.8,),))).scores) == ["novelty", "workability"]


@given(st.lists(ways, min_size=2, max_size=2).map(tuple), st.lists(ways, min_size=2, max_size=2).map(tuple))
def test_any_answers_give_scores_within_one_to_five_inside_their_interval(yes, free):
    found = measured(TWO, yes, free)
    for name, value in found.scores.items():
        low, high = found.intervals[name]
        assert 1 <= low <= value <= high <= 5
    for p, unsure, (low, high) in zip(found.checks, found.unsure, spans(found), strict=True):
        assert 0 <= low <= p <= high <= 1 and not math.isnan(p)
        assert unsure or abs(p - 0.5) >= MIDDLE
