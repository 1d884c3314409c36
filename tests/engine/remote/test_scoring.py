"""From the likeliest next tokens to P(candidate). python -m pytest tests/engine/remote/test_scoring.py"""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.engine.remote.scoring import alternatives, probabilities


def log(**shares: float) -> dict[str, float]:
    return {token: math.log(share) for token, share in shares.items()}


def test_case_space_and_beginnings_count_for_the_candidate() -> None:
    listed = log(Yes=0.3, YES=0.05, no=0.1) | {" yes": math.log(0.2), "ye": math.log(0.05), "\n": math.log(0.1)}
    (yes, no), found = probabilities(listed, ("yes", "no"))
    assert found and yes == pytest.approx(0.6 / 0.7) and no == pytest.approx(0.1 / 0.7)


def test_a_token_that_begins_two_candidates_counts_for_none() -> None:
    (first, second), _ = probabilities(log(un=0.5, unsafe=0.2, unclear=0.1), ("unsafe", "unclear"))
    assert first / second == pytest.approx(2)


def test_a_candidate_that_is_not_listed_counts_as_the_least_likely_one() -> None:
    (yes, no), found = probabilities(log(yes=0.9, maybe=0.05, well=0.01), ("yes", "no"))
    assert found and no == pytest.approx(0.01 / 0.91) and yes > 0.98


def test_none_listed_is_undecided() -> None:
    assert probabilities(log(Well=0.9, So=0.1), ("yes", "no")) == ((0.5, 0.5), False)


@given(st.dictionaries(st.text(max_size=4), st.floats(-60, 0), min_size=1, max_size=20))
def test_they_sum_to_one(listed: dict[str, float]) -> None:
    row, _ = probabilities(listed, ("A", "B", "C"))
    assert sum(row) == pytest.approx(1) and all(0 <= p <= 1 for p in row)


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"choices": []},
        {"choices": [{"logprobs": None}]},
        {"choices": [{"logprobs": {"content": []}}]},
        {"choices": [{"logprobs": {"content": [{"top_logprobs": [{"token": "yes"}]}]}}]},
    ],
)
def test_an_answer_without_logprobs(answer: dict[str, object]) -> None:
    assert alternatives(answer) is None


def test_alternatives_are_read() -> None:
    listed = [{"token": "yes", "logprob": -0.1}, {"token": "no", "logprob": -3}]
    answer = {"choices": [{"logprobs": {"content": [{"token": "yes", "logprob": -0.1, "top_logprobs": listed}]}}]}
    assert alternatives(answer) == {"yes": -0.1, "no": -3.0}
