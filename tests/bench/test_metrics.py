"""The measures, on sets whose figures are known.

    python -m pytest tests/bench/test_metrics.py
"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.metrics import roc_auc_score

from workbench.assist import rouge1
from workbench.bench import metrics
from workbench.bench.texts import Tfidf, nearest_rouge1

BODY = ("A market in the rain", "Umbrellas for shoppers", "Soup for the librarians on Monday", "A bus driver's map")
lines = st.lists(st.text("ab c.é", max_size=30), min_size=1, max_size=8)


@pytest.mark.parametrize("n", [1, 2, 7, 16])
def test_vendi_of_copies_is_one_and_of_strangers_is_their_number(n):
    assert metrics.vendi(np.ones((n, n))) == pytest.approx(1)
    assert metrics.vendi(np.eye(n)) == pytest.approx(n)


def test_vendi_of_two_pairs_of_copies_is_two():
    rows = np.array([[1, 0], [1, 0], [0, 1], [0, 1]])
    assert metrics.vendi(metrics.cosine(rows, rows)) == pytest.approx(2)


@given(arrays(np.float64, (6, 4), elements=st.floats(0, 10)))
def test_vendi_lies_between_one_and_n_and_ignores_the_order(rows):
    found = metrics.vendi(metrics.cosine(rows, rows))
    assert 1 - 1e-6 <= found <= 6 + 1e-6
    assert metrics.vendi(metrics.cosine(rows[::-1], rows[::-1])) == pytest.approx(found)


def test_pairwise_similarity_of_known_sets():
    assert metrics.mean_pairwise(np.ones((3, 3))) == 1
    assert metrics.mean_pairwise(np.eye(3)) == 0
    assert metrics.mean_pairwise(np.array([[1, 0.5, 0.1], [0.5, 1, 0.3], [0.1, 0.3, 1]])) == pytest.approx(0.3)
    assert metrics.mean_pairwise(np.eye(1)) is None


def test_empty_rows_are_like_each_other_only():
    rows = np.array([[0.0, 0.0], [0.0, 0.0], [3.0, 0.0]])
    assert metrics.cosine(rows, rows).tolist() == [[1, 1, 0], [1, 1, 0], [0, 0, 1]]


def test_the_first_column_is_nearest_wholly_partly_or_not():
    found = metrics.nearest_first([[0.9, 0.1, 0.2], [0.2, 0.9, 0.1], [0.5, 0.5, 0.1], [0, 0, 0]])
    assert found.tolist() == pytest.approx([1, 0, 1 / 2, 1 / 3])


def test_auc_of_the_labels_themselves_is_one_and_of_their_opposite_nought():
    labels = [1, 0, 0, 1, 1]
    assert metrics.auc(labels, labels) == 1
    assert metrics.auc([-label for label in labels], labels) == 0
    assert metrics.auc([0.5] * 5, labels) == 0.5
    assert metrics.auc([0.5, 0.1], [1, 1]) is None


def test_auc_of_shuffled_labels_is_about_a_half():
    random = np.random.default_rng(1)
    labels = random.integers(0, 2, 4000)
    assert metrics.auc(random.permutation(labels), labels) == pytest.approx(0.5, abs=0.03)


@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=2))
def test_auc_is_scikit_learn_s(pairs):
    scores, labels = [score for score, _ in pairs], [int(label) for _, label in pairs]
    known = roc_auc_score(labels, scores) if len(set(labels)) == 2 else None
    assert metrics.auc(scores, labels) == (known if known is None else pytest.approx(known))


def test_matching_takes_away_what_the_match_tells():
    by, labels = [1, 2, 3, 11, 12, 13], [0, 0, 1, 0, 1, 1]
    assert metrics.auc(by, labels) == pytest.approx(8 / 9)
    assert metrics.matched_auc([0] * 6, labels, by, within=2) == (0.5, 4)
    assert metrics.matched_auc(labels, labels, by, within=2) == (1, 4)
    assert metrics.matched_auc(labels, labels, by, within=0) == (None, 0)


def test_correlation_of_known_pairs():
    assert metrics.correlation([1, 2, 3, 4], [2, 4, 6, 8]) == pytest.approx((1, 1))
    assert metrics.correlation([1, 2, 3, 4], [16, 9, 4, 1])[1] == pytest.approx(-1)
    assert metrics.correlation([1, 1, 1], [1, 2, 3]) is None
    assert metrics.correlation([1, 2], [1, 2]) is None


def test_a_bootstrap_interval_holds_the_mean_and_narrows_with_more_rows():
    random = np.random.default_rng(2)
    few, many = random.normal(3, 1, 20), random.normal(3, 1, 2000)
    low, high = metrics.interval(few, 1)
    assert low < few.mean() < high
    low_of_many, high_of_many = metrics.interval(many, 1)
    assert high_of_many - low_of_many < (high - low) / 3
    assert metrics.interval(few, 1) == (low, high)
    assert metrics.interval([1.0], 1) is None
    assert metrics.interval([2.0] * 9, 1) == (2, 2)


def test_a_statistic_that_a_resample_may_lack_is_taken_from_the_others():
    rows = np.array([[0.9, 1], [0.1, 0], [0.8, 1]])
    low, high = metrics.interval(rows, 1, lambda rows: metrics.auc(list(rows[:, 0]), [int(one) for one in rows[:, 1]]))
    assert (low, high) == (1, 1)


def test_copied_topics_are_retrieved_and_strangers_are_not():
    vectors = Tfidf(BODY).vectors([*BODY, *BODY])
    near = metrics.cosine(vectors[:4], vectors[4:])
    assert all(metrics.nearest_first(np.roll(near[i : i + 1], -i, axis=1))[0] == 1 for i in range(4))
    assert metrics.nearest_first(np.roll(near[:1], -1, axis=1))[0] == 0


def test_words_that_the_body_lacks_count_too():
    zebra, same, other = Tfidf(BODY).vectors(["zebra quokka", "Zebra, quokka!", "market"])
    assert metrics.cosine([zebra], [same, other])[0] == pytest.approx([1, 0])


def test_a_rare_word_weighs_more_than_a_common_one():
    body = ["market umbrella", "market soup", "market bus"]
    found = Tfidf(body).vectors(["market umbrella", "market", "umbrella"])
    to_common, to_rare = metrics.cosine(found[:1], found[1:])[0]
    assert to_rare > to_common > 0


@given(lines, lines)
def test_rouge_of_many_at_once_is_rouge_of_each(texts, others):
    found = nearest_rouge1(texts, others, np.ones((len(texts), len(others)), bool))
    assert found == pytest.approx([max(rouge1(text, other) for other in others) for text in texts])


def test_only_allowed_pairs_count():
    found = nearest_rouge1(["a b", "c d"], ["a b", "c d"], ~np.eye(2, dtype=bool))
    assert found.tolist() == [0, 0]


@given(lines)
def test_vectors_have_length_one_or_nought(texts):
    lengths = np.linalg.norm(Tfidf(BODY).vectors(texts), axis=1)
    assert np.all((np.abs(lengths - 1) < 1e-9) | (lengths == 0))
