"""The guards on a rewrite: what is lost, and what only looks lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.assist.facts import facts
from workbench.assist.guards import drift, guard, length_ratio, lost_facts, unchanged

SOUP = "Homework supper — Two librarians and Ines serve soup for 40 pupils at six on Tuesdays."


@pytest.mark.parametrize(
    ("before", "after", "lost"),
    [
        ("Soup — Two cooks serve six pupils.", "Soup — A cook serves pupils.", ("Two", "six")),
        ("Soup — Cooks serve 1,200 bowls.", "Soup — Cooks serve twelve hundred and 1200 bowls.", ()),
        ("Soup — They meet at six.", "Soup — They meet at 18:00.", ()),
        ("Soup — They meet at 18:00.", "Soup — They meet at 6 pm.", ("18:00",)),
        ("Soup — On the third floor.", "Soup — On the 3rd floor.", ()),
        ("Soup — Twenty-five pupils come.", "Soup — 25 pupils come.", ()),
        ("Soup — A three-day feast.", "Soup — A feast of three days.", ()),
        ("Soup — A three-day feast.", "Soup — A feast.", ("three",)),
        ("Soup — Two cooks.", "Soup — Both cooks.", ()),
        ("Soup — No one cooks, one by one, second to none, thousands come.", "Soup — They cook.", ()),
        ("Soup — Costs $5 or 2.5 %.", "Soup — Costs little.", ("5", "2.5")),
        ("Soup — It opens at 0:30 and 7:5:3.", "Soup — It opens.", ("0:30", "7:5:3")),
    ],
)  # fmt: skip
def test_numbers_are_lost_or_written_another_way(before, after, lost):
    assert lost_facts(before, after) == lost


@pytest.mark.parametrize(
    ("before", "after", "lost"),
    [
        ("Soup — Ask Ines Roth of the Red Cross.", "Soup — Ask the Red Cross.", ("Ines", "Roth")),
        ("Soup — The cook asks Ines’s aunt.", "Soup — Ines' aunt cooks.", ()),
        ("Soup — On Tuesdays in Africa.", "Soup — An African Tuesday.", ()),
        ("Night Soup Bus — Cooks drive.", "Tea Van — Cooks drive.", ()),  # a title in title case
        ("Night soup with Ines — Cooks drive.", "Night soup — Cooks drive.", ("Ines",)),
        ("Soup — Cooks come. Pupils eat! Where? “Here” they say: Soup (Hot).", "Tea — No.", ()),
        ("Soup — A nurse of St. Anna's comes.", "Soup — A nurse comes.", ("Anna's",)),
        ("Soup — I think the PTA pays.", "Soup — Parents pay.", ("PTA",)),
    ],
)
def test_names_are_lost_or_only_begin_a_sentence(before, after, lost):
    assert lost_facts(before, after) == lost


def test_facts_are_listed_as_they_are_written():
    assert facts(SOUP) == ("Two", "40", "six", "Ines", "Tuesdays")


def test_a_rewrite_is_unchanged_only_when_no_word_differs():
    assert unchanged("Soup — Hot soup.", "soup: hot  soup")
    assert not unchanged("Soup — Hot soup.", "Soup — Hot soups.")
    assert guard(SOUP, SOUP).unchanged and guard(SOUP, SOUP).drift == 0


def test_much_longer_depends_on_what_was_asked():
    assert not guard(SOUP, SOUP + " More soup." * 5).longer
    assert guard(SOUP, SOUP + " More hot soup." * 20).longer
    assert guard(SOUP, SOUP + " More.", "shorter").longer
    assert not guard(SOUP, "Homework supper — Ines serves soup.", "shorter").longer


def test_another_idea_has_drifted_and_a_rewrite_has_not():
    rewrite = "Homework supper — Every Tuesday at six, two librarians and Ines cook lentil soup for 40 hungry pupils."
    assert not guard(SOUP, rewrite).drifted and not guard(SOUP, rewrite).lost
    assert guard(SOUP, "Bird map — Walkers mark nests on a map beside the gate.").drifted


@given(st.text(max_size=80), st.text(max_size=80))
def test_any_two_texts_can_be_compared(before, after):
    found = guard(before, after)
    assert 0 <= found.drift <= 1 and found.length_ratio >= 0
    assert set(found.lost) <= set(facts(before))
    assert lost_facts(before, before) == () and drift(before, before) == 0 and unchanged(before, before)
    assert length_ratio("", "") == 0
