"""The figures behind "really different"."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.assist.difference import clusters, really_different, rouge1

SOUP = "Homework Supper — Two librarians serve soup at six on Tuesdays."


def test_rouge1_counts_shared_words_with_their_number():
    assert rouge1("a b c", "a b d") == pytest.approx(2 / 3)
    assert rouge1("a a b", "a c c") == pytest.approx(1 / 3)
    assert rouge1("", "") == 0


@given(st.text(max_size=80), st.text(max_size=80))
def test_rouge1_is_symmetric_and_between_0_and_1(a, b):
    assert rouge1(a, b) == rouge1(b, a)
    assert 0 <= rouge1(a, b) <= 1


def test_a_reworded_repeat_is_folded_and_a_new_idea_is_not():
    again = "Homework Supper — Two librarians serve hot soup at six on Mondays."
    ideas = [SOUP, again, "Night Desk — A nurse reads aloud."]
    assert clusters(ideas) == [[0, 1], [2]]
    assert really_different(ideas) == 2
