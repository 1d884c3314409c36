"""The figures of judging, on judges whose figures are known: one that knows, one that guesses, one that nods.

    python -m pytest tests/bench/test_judgements.py
"""

import numpy as np
import pytest

from workbench.bench import heldout
from workbench.bench.quality import judgements, originality
from workbench.bench.quality.judge import Judged
from workbench.errors import InputError
from workbench.settings import settings

WAYS = (3, 2)  # wordings and orders


@pytest.fixture(scope="module")
def rows():
    return heldout.rows(settings().library, "evaluate")


def answers(p):
    """Return judgements from P(yes) [row, check], or [row, wording, order, check]."""
    p = np.asarray(p, float)
    ways = np.broadcast_to(p[:, None, None, :], (len(p), *WAYS, 8)) if p.ndim == 2 else p
    return [Judged(tuple(tuple(map(tuple, check)) for check in row.transpose(2, 0, 1).tolist()), ()) for row in ways]


def judged(rows, p, swapped=None):
    n = len(judgements.good_rows(rows))
    return judgements.measure(rows, answers(p), answers(np.ones((n, 8)) if swapped is None else swapped), seed=1)


def test_one_who_knows_the_labels_is_right_everywhere(rows):
    found = judged(rows, np.array([row["checks"] for row in rows], float))
    assert found["checks_auc"].value == [1] * 8
    assert found["checks_auc_mean"].interval == (1, 1)
    assert found["checks_auc_wordings"].value == [1, 1, 1]
    assert (found["label_agreement"].value, found["label_kappa"].value) == (1, 1)
    assert found["scores_spread"].value == found["scores_spread"].controls["written"] > 0.5
    assert (found["order_consistency"].value, found["wording_consistency"].value) == (1, 1)
    assert min(found["known_vague_auc"].value[6:]) > 0.95  # a good idea may miss one check
    assert found["known_off_topic_auc"].value[4] > 0.95


def test_one_who_always_says_yes_knows_nothing(rows):
    found = judged(rows, np.ones((len(rows), 8)), np.ones((len(judgements.good_rows(rows)), 8)))
    assert found["checks_auc"].value == [0.5] * 8
    assert found["scores_spread"].value == 0
    assert found["label_kappa"].value == 0
    assert found["label_agreement"].value == found["label_agreement"].controls["nothing"] > 0.5
    assert found["swapped_topic_auc"].value == [0.5] * 8


def test_one_who_guesses_is_at_chance(rows):
    random = np.random.default_rng(5)
    found = judged(rows, random.uniform(size=(len(rows), *WAYS, 8)))
    assert found["checks_auc_mean"].value == pytest.approx(0.5, abs=0.06)
    low, high = found["checks_auc_mean"].interval
    assert low < 0.5 < high
    assert found["label_kappa"].value == pytest.approx(0, abs=0.1)
    assert found["order_consistency"].value == pytest.approx(0.5, abs=0.05)
    assert found["wording_consistency"].value == pytest.approx(0.25, abs=0.05)


def test_controls_of_random_scores_and_shuffled_labels_are_at_chance(rows):
    controls = judged(rows, np.array([row["checks"] for row in rows], float))["checks_auc_mean"].controls
    assert controls["random"] == pytest.approx(0.5, abs=0.06)
    assert controls["shuffled"] == pytest.approx(0.5, abs=0.06)
    assert (controls["nothing"], controls["written"]) == (0.5, 1)


def test_a_judge_of_length_alone_is_found_out(rows):
    lengths = np.array([[float(len(row["idea"].split()))] * 8 for row in rows])
    found = judged(rows, lengths / lengths.max())
    assert found["checks_auc_mean"].value > 0.7
    assert found["checks_auc_length_matched"].value[6] < found["checks_auc"].value[6] - 0.15
    assert found["checks_auc_length_matched"].controls["written"][6] == 1


def test_a_judge_swayed_by_the_order_alone_is_seen(rows):
    ways = np.full((len(rows), *WAYS, 8), 0.9)
    ways[:, :, 1] = 0.2
    found = judged(rows, ways)
    assert (found["order_consistency"].value, found["wording_consistency"].value) == (0, 1)


def test_a_judge_whose_wordings_disagree_is_unsure_and_left_out_of_what_is_sure(rows):
    labels = np.array([row["checks"] for row in rows], float)
    ways = np.repeat(labels[:, None, None, :], 6, axis=1).reshape(len(rows), *WAYS, 8).copy()
    ways[: len(rows) // 2, 0] = 1 - ways[: len(rows) // 2, 0]  # one wording of three says the opposite
    found = judged(rows, ways)
    assert found["checks_unsure"].value == pytest.approx(0.5, abs=0.01)
    assert found["label_agreement_sure"].value == 1
    assert found["wording_consistency"].value == pytest.approx(0.5, abs=0.01)


def test_groups_are_known_by_their_labels(rows):
    found = judged(rows, np.ones((len(rows), 8)))
    sizes = {name: found[f"known_{name}_ideas"].value for name in judgements.BAD}
    assert all(size >= 5 for size in sizes.values()), sizes
    assert found["known_good_ideas"].value == len(judgements.good_rows(rows)) >= 30


def test_ratings_themselves_correlate_wholly_and_length_is_beside():
    rows = originality.rated(200)
    ratings = {(originality.topic(row), row["response"]): row["originality"] for row in rows}
    found = originality.measure(rows, lambda topic, idea, checks: ratings[topic, idea], seed=1, tell=lambda words: None)
    assert found["originality_pearson"].value == pytest.approx(1)
    assert found["originality_spearman"].interval == pytest.approx((1, 1))
    assert abs(found["originality_pearson"].controls["shuffled"]) < 0.25
    assert found["originality_pearson"].controls["length"] is not None


def test_a_score_that_never_changes_has_no_correlation():
    found = originality.measure(originality.rated(30), lambda topic, idea, checks: 1.0, seed=1, tell=lambda words: None)
    assert (found["originality_pearson"].value, found["originality_pearson"].interval) == (None, None)


def test_missing_ratings_are_said(tmp_path):
    with pytest.raises(InputError, match="ratings of originality"):
        originality.rated(file=tmp_path / "none.jsonl.gz")
