"""Which pairs are real, how they are shown, and what the votes on them come to."""

import math
from collections import Counter
from dataclasses import replace
from random import Random

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.lab.compare.conftest import LIFE, SKY
from workbench.lab import compare, rank
from workbench.lab.compare.pairs import Entry, Pair, in_turn, next_pair, pairs_of
from workbench.lab.voting import SHARE
from workbench.records import Generation, Judge, NewVote, Outcome, VoteKind

CALLED = list(Outcome)


def vote_on(store, pair, outcome, seed=1, **more):
    return store.add_vote(NewVote(
        kind=VoteKind.ANSWER, left_id=pair.left.answer.id, right_id=pair.right.answer.id, outcome=outcome,
        order_seed=seed, **more,
    ))  # fmt: skip


def test_only_finished_different_answers_of_different_models_are_pairs(store, answered):
    made = answered(
        {"one": ["Blue.", "Forty-two."], "two": ["Blue.", "Bread."], "three": ["Sky", "Soup"]},
        finishes=["stop", "stop", "length", "stop", "stop", "stop"],
    )  # fmt: skip
    found = pairs_of(store.trials(made.id))
    assert [(pair.prompt, sorted(pair.contenders)) for pair in found.real] == [(1, [0, 1]), (1, [0, 2]), (1, [1, 2])]
    assert (found.identical, found.unfinished, found.same_model, found.left_out) == (1, 2, 0, 3)


def test_one_model_under_two_names_is_no_pair(store, answered):
    made = answered({"one": ["a", "b"], "two": ["c", "d"]})
    twins = [replace(trial, generation=replace(trial.generation, model_sha256="ab", adapter_sha256=None))
             for trial in store.trials(made.id)]  # fmt: skip
    assert pairs_of(twins).same_model == 2 and not pairs_of(twins).real
    tuned = [replace(trial, generation=replace(trial.generation, adapter_sha256="cd")) if trial.contender else trial
             for trial in twins]  # fmt: skip
    assert len(pairs_of(tuned).real) == 2


def test_warm_ups_and_answers_on_the_way_are_in_no_pair(store, answered):
    made = answered({"one": ["a", "b"], "two": ["c", "d"]})
    trials = store.trials(made.id)
    trials[0] = replace(trials[0], generation=replace(trials[0].generation, finish=None))
    trials[2] = replace(trials[2], prompt=-1)
    assert pairs_of(trials).real == ()


def entries(models):
    return [
        Entry(place, Generation(place, "", "compare", [], f"m{place}", "", None, None, {}, 1, text=str(place)))
        for place in range(models)
    ]  # fmt: skip


def test_sides_are_drawn_by_lot_and_stay_for_the_same_seed():
    one, other = entries(2)
    pair = Pair(0, one, other)
    lefts = [next_pair([pair], [], seed).left.contender for seed in range(200)]
    assert 60 < sum(lefts) < 140
    assert next_pair([pair], [], 7) == next_pair([pair], [], 7)


def test_every_pair_is_shown_once_and_models_meet_about_equally_often(store, answered):
    names = {f"m{at}": [f"{at} sky", f"{at} life"] for at in range(4)}
    made = answered(names)
    seen, met = set(), Counter()
    for number in range(6):
        pair = compare.ballot(store, made.id).next_pair("")
        seen.add(pair.numbers)
        met[pair.contenders] += 1
        vote_on(store, pair, CALLED[number % 5], seed=number)
    assert len(seen) == 6 and max(met.values()) == 1
    for number in range(6, 12):
        vote_on(store, compare.ballot(store, made.id).next_pair(""), Outcome.TIE, seed=number)
    assert compare.ballot(store, made.id).next_pair("") is None


def test_two_voters_each_have_their_own_pairs_and_undo(store, answered):
    made = answered({"one": ["a", "b"], "two": ["c", "d"]})
    for _ in range(2):
        vote_on(store, compare.ballot(store, made.id).next_pair("Ada"), Outcome.LEFT, judge_name="Ada")
    found = compare.ballot(store, made.id)
    assert found.next_pair("Ada") is None and found.next_pair("Ben") is not None
    assert store.take_back_answer_vote(made.id, "Ben") is None
    assert store.take_back_answer_vote(made.id, "Ada").judge_name == "Ada"
    assert compare.ballot(store, made.id).next_pair("Ada") is not None


def test_a_ranking_says_who_won_whatever_the_sides(store, answered):
    made = answered({"good": ["g1", "g2"], "poor": ["p1", "p2"]})
    found = compare.ballot(store, made.id)
    assert found.people.ranking.standings == ()
    first, second = found.pairs.real
    vote_on(store, first, Outcome.LEFT)
    vote_on(store, Pair(second.prompt, second.right, second.left), Outcome.RIGHT)
    people = compare.ballot(store, made.id).people
    assert [made.contenders[each.item].name for each in people.ranking.standings] == ["good", "poor"]
    assert people.bias == (2, 0.5) and len(people.votes) == 2
    assert compare.ballot(store, made.id).name(first.left.answer.id) == "good"


def test_both_bad_is_a_tie_in_the_ranking_and_counted_for_each(store, answered):
    made = answered({"one": ["a", "b"], "two": ["c", "d"]})
    first, second = compare.ballot(store, made.id).pairs.real
    vote_on(store, first, Outcome.BOTH_BAD)
    vote_on(store, second, Outcome.SKIP)
    people = compare.ballot(store, made.id).people
    assert people.both_bad == {0: 1, 1: 1} and len(people.votes) == 1  # a skip is no vote
    assert (people.ranking.duels, people.ranking.ties) == (1, 1)
    assert [each.score for each in people.ranking.standings] == pytest.approx([0.5, 0.5])


def test_a_vote_on_a_pair_that_is_not_real_counts_for_nothing(store, answered):
    made = answered({"one": ["a", "b"], "two": ["c", "d"]}, finishes=["stop", "length"])
    trials = store.trials(made.id)
    store.add_vote(NewVote(kind=VoteKind.ANSWER, left_id=trials[0].generation.id, right_id=trials[1].generation.id,
                           outcome=Outcome.LEFT, order_seed=1))  # fmt: skip
    assert compare.ballot(store, made.id).people.votes == ()


def test_judges_stand_apart_from_people_with_their_agreement(store, answered):
    names = {f"m{at}": [f"{at} sky", f"{at} life"] for at in range(3)}
    made = answered(names)
    for number, pair in enumerate(compare.ballot(store, made.id).pairs.real):
        vote_on(store, pair, Outcome.LEFT, seed=number)
        said = Outcome.LEFT if number % 3 else Outcome.TIE
        store.add_votes([NewVote(
            kind=VoteKind.ANSWER, left_id=pair.left.answer.id, right_id=pair.right.answer.id, outcome=said,
            order_seed=0, judge=Judge.MODEL, judge_name="judge", p_first=0.9, p_second=0.9 if number % 3 else 0.2,
        )])  # fmt: skip
    found = compare.ballot(store, made.id)
    assert len(found.people.votes) == 6 and found.people.agreement is None
    (judge,) = found.judges
    assert (judge.judge, judge.agreement.n) == ("judge", 6)
    assert judge.agreement.share.value == pytest.approx(4 / 6)
    assert judge.bias == (12, pytest.approx((6 + 2) / 12))  # first was taken six times, and twice in the other order


def test_a_judge_sees_first_what_people_have_voted_on():
    real = [Pair(0, one, other) for one, other in zip(entries(8)[::2], entries(8)[1::2], strict=True)]
    assert len(in_turn(real, [], [], 3)) == 4

    class Said:
        left_id, right_id = 5, 4

    assert in_turn(real, [], [Said], 3)[0].numbers == {4, 5}
    assert {4, 5} not in [pair.numbers for pair in in_turn(real, [Said], [], 3)]


def outcomes(gap, bad, random):
    """Return what a voter says of a pair whose left model is stronger by `gap`: each side, a tie, both bad."""
    if random.random() < bad:
        return random.choice([Outcome.TIE, Outcome.BOTH_BAD])
    return Outcome.LEFT if random.random() < 1 / (1 + math.exp(-gap)) else Outcome.RIGHT


@settings(deadline=None, max_examples=12, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.floats(-1.5, 1.5), min_size=3, max_size=5, unique=True), st.floats(0, 0.4), st.integers(0, 10**6))
def test_votes_with_ties_and_both_bad_bring_a_known_order_back(known, bad, seed):
    random, votes = Random(seed), []
    places = [(left, right) for left in range(len(known)) for right in range(len(known)) if left != right]
    for left, right in places * 1200:
        votes.append((left, right, SHARE[outcomes(known[left] - known[right], bad, random)]))
    found = rank(votes, resamples=2).strengths
    for left, right in places:
        # With 40 % ties a gap of 0.8 is seen as one of 0.47: with 2,400 votes a pair still ten standard errors.
        if known[left] - known[right] > 0.8:
            assert found[left] > found[right]


def test_intervals_cover_at_their_rate_with_ties_and_both_bad():
    """90 % is stated, of what the votes are about: with ties as half wins, that is the strength after them. Seeded."""
    draw, held = np.random.default_rng(5), []
    for seed in range(60):
        true = draw.normal(0, 1, 5)
        true -= true.mean()
        random, votes = Random(seed), []
        for left, right in [(a, b) for a in range(5) for b in range(5) if a != b] * 4:
            # A voter of the fitted model: a fixed share is undecided, and that half is taken from both sides alike.
            p = 1 / (1 + math.exp(true[right] - true[left]))
            undecided = min(0.15, 2 * p, 2 * (1 - p))
            drawn = random.random()
            outcome = random.choice([Outcome.TIE, Outcome.BOTH_BAD]) if drawn < undecided else (
                Outcome.LEFT if drawn < undecided + p - undecided / 2 else Outcome.RIGHT)  # fmt: skip
            votes.append((left, right, SHARE[outcome]))
        ranking = rank(votes, resamples=200, seed=seed)
        held += [one.low <= 1 / (1 + math.exp(-true[one.item])) <= one.high for one in ranking.standings]
    assert 0.83 < np.mean(held) < 0.97  # four standard errors of 300 and more


def test_the_prompts_of_the_pairs_are_told_without_their_system_message(store, answered):
    asked = replace(SKY, messages=({"role": "system", "content": "You know skies."}, *SKY.messages))
    made = answered({"one": ["a", "b"], "two": ["c", "d"]}, prompts=(asked, LIFE))
    pair = compare.ballot(store, made.id).pairs.real[0]
    assert compare.question(made, pair) == "Sky?"
