"""Lenses are data; the default spread takes as many kinds as it can."""

from hypothesis import given
from hypothesis import strategies as st

from workbench.assist.lenses import LENSES, lens_name, spread

KIND = {lens.label: lens.kind for lens in LENSES}


@given(st.integers(1, 64), st.integers(0, 2**31))
def test_a_spread_has_n_lenses_and_some_of_them_free(n, seed):
    labels = spread(n, seed)
    assert len(labels) == n
    assert 1 <= labels.count("") <= max(1, n // 4)


def test_a_spread_of_eight_takes_six_kinds_besides_free_and_follows_its_seed():
    labels = spread(8, 3)
    assert len({KIND[label] for label in labels}) == 7
    assert labels == spread(8, 3)
    assert any(labels != spread(8, seed) for seed in range(4, 9))


def test_lens_labels_are_unlike_each_other_and_a_persons_own_reads_as_written():
    assert len({lens.label for lens in LENSES}) == len(LENSES)
    assert lens_name("persona: bus driver") == "Bus driver"
    assert lens_name("persona: my aunt") == "persona: my aunt"
