"""Which pair is asked next, and the schedule of a model's duels."""

import time
from itertools import combinations
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.lab.votes import simulate
from workbench.lab import components, next_pair, rank, schedule, settles_at


def play(items, duels, true, seed=1):
    """Ask the next pair so many times; return the votes."""
    votes, random = [], Random(seed)
    for number in range(duels):
        votes += simulate(true, [next_pair(items, votes, seed=number)], random)
    return votes


def test_everything_has_a_duel_before_anything_has_a_third_and_soon_all_are_joined():
    items = list(range(20))
    votes = play(items, 40, dict(enumerate(np.linspace(-2, 2, 20))))
    after_half = [end for left, right, _ in votes[:10] for end in (left, right)]
    assert sorted(after_half) == items
    assert len(components(items, [(left, right) for left, right, _ in votes])) == 1


def test_no_pair_is_asked_twice_and_in_the_end_there_is_none():
    items = ["a", "b", "c", "d"]
    votes = []
    for number in range(6):
        votes.append((*next_pair(items, votes, seed=number), 1.0))
    assert {frozenset(vote[:2]) for vote in votes} == {frozenset(pair) for pair in combinations(items, 2)}
    assert next_pair(items, votes) is None


def test_what_was_skipped_is_not_asked_again():
    assert next_pair([1, 2], [], not_again=[(2, 1)]) is None
    assert next_pair([1], []) is None


def test_equals_are_preferred_to_a_foregone_conclusion():
    votes = [(0, 1, 1.0), (1, 2, 1.0), (3, 1, 1.0), (0, 2, 1.0), (3, 2, 1.0)] * 8  # 0 and 3 on top, 2 at the bottom
    assert set(next_pair([0, 1, 2, 3], [vote for vote in votes if vote[:2] != (0, 2)])) == {0, 3}


def test_each_side_is_drawn_by_lot():
    lefts = [next_pair([1, 2], [], seed=seed)[0] for seed in range(200)]
    assert 60 < lefts.count(1) < 140
    assert next_pair([1, 2], [], seed=7) == next_pair([1, 2], [], seed=7)


def test_votes_on_what_is_gone_do_no_harm():
    assert set(next_pair([1, 2], [(1, 9, 1.0), (8, 9, 0.5)], not_again=[(9, 2)])) == {1, 2}


def test_the_most_informative_pairs_rank_better_than_as_many_of_the_schedule():
    items, chosen, fixed = list(range(20)), [], []
    for seed in range(12):
        true = dict(enumerate(np.random.default_rng(seed).normal(0, 3, 20)))
        pairs = schedule(items, seed=seed)[:60]
        chosen.append(concordance(play(items, 60, true, seed), true))
        fixed.append(concordance(simulate(true, pairs, Random(seed)), true))
    assert np.mean(chosen) > np.mean(fixed)


def concordance(votes, true):
    found = rank(votes, resamples=2).strengths
    return np.mean([(found[a] > found[b]) == (true[a] > true[b]) for a, b in combinations(found, 2)])


@pytest.mark.parametrize("duels", [0, 40, 250])
def test_five_hundred_items_are_chosen_from_in_a_blink(duels):
    items = list(range(500))
    votes = simulate(dict.fromkeys(items, 0.0), schedule(items)[:duels], Random(1))
    took = []
    for _ in range(4):
        began = time.thread_time()
        next_pair(items, votes)
        took.append(time.thread_time() - began)
    assert min(took) < 0.2  # of the processor; 0.02 to 0.05 s on a quiet machine


@settings(deadline=None, max_examples=60)
@given(st.integers(2, 40), st.integers(0, 99), st.integers(1, 8))
def test_a_schedule_joins_everything_and_is_fair(items, seed, each):
    pairs = schedule(list(range(items)), each=each, seed=seed)
    assert len({frozenset(pair) for pair in pairs}) == len(pairs)
    assert len(components(list(range(items)), pairs)) == 1
    count = [sum(item in pair for pair in pairs) for item in range(items)]
    assert min(count) >= min(each, items - 1)
    assert np.mean(count) <= each + 2


@settings(deadline=None, max_examples=40)
@given(st.integers(2, 25), st.integers(0, 99), st.data())
def test_a_schedule_goes_on_where_it_was_stopped(items, seed, data):
    everything = list(range(items))
    whole = schedule(everything, seed=seed)
    done = whole[: data.draw(st.integers(0, len(whole)))]
    rest = schedule(everything, done, seed=seed + 1)
    assert not {frozenset(pair) for pair in rest} & {frozenset(pair) for pair in done}
    assert len(components(everything, [*done, *rest])) == 1
    assert schedule(everything, whole) == []


def test_what_the_person_decided_is_asked_first_and_new_ideas_are_joined_in():
    items = list(range(12))
    assert schedule(items, first=[(7, 3), (1, 2), (99, 1)])[:2] == [(7, 3), (1, 2)]
    old = schedule(items[:10])
    new = schedule(items, old)
    assert {10, 11} <= {end for pair in new for end in pair}
    assert len(new) < len(old)


def test_a_ranking_never_needs_more_duels_than_there_are_pairs():
    assert [settles_at(n) for n in (1, 2, 4, 10, 50)] == [0, 1, 6, 30, 150]
