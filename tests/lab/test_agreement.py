"""How far two judges agree: known values, chance, intervals, and what too few answers say."""

from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from workbench.lab import agreement, rank_agreement

ANSWERS = st.lists(st.tuples(st.sampled_from("yn?"), st.sampled_from("yn?")), min_size=1, max_size=40)


def test_the_example_of_the_textbooks():
    pairs = [(True, True)] * 20 + [(True, False)] * 5 + [(False, True)] * 10 + [(False, False)] * 15
    found = agreement(pairs)
    assert (found.n, found.share.value) == (50, 0.7)
    assert found.kappa.value == pytest.approx(0.4)


@settings(deadline=None, max_examples=60)
@given(ANSWERS)
def test_kappa_is_scikit_learns(pairs):
    found = agreement(pairs)
    ones, others = zip(*pairs, strict=True)
    if found.kappa is None:
        assert len({*ones, *others}) == 1
    else:
        assert found.kappa.value == pytest.approx(cohen_kappa_score(ones, others))
        assert found.kappa.low <= found.kappa.value <= found.kappa.high
    assert 0 <= found.share.low <= found.share.value <= found.share.high <= 1


@settings(deadline=None, max_examples=40)
@given(ANSWERS)
def test_it_does_not_matter_who_is_first_or_what_the_answers_are_called(pairs):
    found = agreement(pairs)
    for other in ([(b, a) for a, b in pairs], [(a + "!", b + "!") for a, b in pairs]):
        again = agreement(other)
        assert again.share.value == pytest.approx(found.share.value)
        assert (again.kappa is None) == (found.kappa is None)
        if found.kappa:
            assert again.kappa.value == pytest.approx(found.kappa.value)


def test_nothing_shared_says_nothing_and_few_are_not_trusted():
    assert agreement([]).share is None
    assert not agreement([]).trusted
    assert not agreement([("a", "a"), ("b", "b")] * 5).trusted
    assert agreement([("a", "a"), ("b", "b")] * 10).trusted


def test_one_and_the_same_answer_throughout_is_no_agreement_beyond_chance():
    found = agreement([("yes", "yes")] * 40)
    assert found.share.value == 1 and found.kappa is None and not found.trusted


def test_the_interval_of_an_agreement_covers_at_about_its_rate():
    held = []
    for seed in range(300):
        random = Random(seed)
        pairs = [(answer := random.random() < 0.5, answer if random.random() < 0.7 else not answer) for _ in range(60)]
        share = agreement(pairs, seed=seed).share
        held.append(share.low <= 0.7 <= share.high)
    assert 0.84 < np.mean(held) < 0.96  # 90 % is stated; seeded, so it cannot flake


def test_tau_of_the_same_the_reversed_and_too_short_orders():
    one = {item: float(item) for item in range(10)}
    assert rank_agreement(one, one)[1].value == 1
    assert rank_agreement(one, {item: -strength for item, strength in one.items()})[1].value == -1
    assert rank_agreement(one, {0: 1.0, 1: 2.0, 99: 3.0}) == (2, None)
    assert rank_agreement(one, dict.fromkeys(range(10), 1.0)) == (10, None)


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=3, max_size=12))
def test_tau_is_scipys(values):
    from scipy.stats import kendalltau

    one, other = ({str(i): float(pair[side]) for i, pair in enumerate(values)} for side in (0, 1))
    expected = kendalltau(list(one.values()), list(other.values())).statistic
    found = rank_agreement(one, other)[1]
    if found is None:
        assert not np.isfinite(expected)
    else:
        assert found.value == pytest.approx(expected)
        assert found.low <= found.value <= found.high
