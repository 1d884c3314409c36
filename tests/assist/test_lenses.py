"""Lenses are data; the default spread takes as many kinds as it can."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.assist.lenses import (
    BUILT_IN,
    KINDS,
    catalogue,
    fitting,
    label_of,
    lens_kind,
    lens_name,
    of_kind,
    read_file,
    spread,
)  # fmt: skip
from workbench.errors import InputError
from workbench.records import OwnLens

KIND = {lens.label: lens.kind for lens in BUILT_IN}


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
    assert len({lens.label for lens in BUILT_IN}) == len(BUILT_IN)
    assert lens_name("persona: bus driver") == "Bus driver"
    assert lens_name("persona: my aunt") == "persona: my aunt"


def test_every_kind_has_its_lenses():
    counts = {kind: sum(lens.kind == kind for lens in BUILT_IN) for kind in KINDS}
    assert (counts["scamper"], counts["hat"], counts["free"], counts["own"]) == (7, 6, 1, 0)
    assert counts["persona"] >= 40 and counts["spark"] >= 300
    assert all(lens.name and lens.instruction for lens in BUILT_IN)
    assert of_kind("scamper", 7, 0) == [
        "substitute", "combine", "adapt", "modify", "other use", "eliminate", "reverse"
    ]  # fmt: skip


def test_labels_that_the_shipped_adapter_was_trained_on_are_still_there():
    assert {"substitute", "persona: night nurse", "spark: kite", "constraint: no money at all", "analogy: a beehive",
            "audience: newcomers", "flip: make it worse on purpose", ""} <= set(KIND)  # fmt: skip


@pytest.mark.parametrize(
    ("topic", "who"),
    [
        ("How might we waste less bread?", "persona: baker"),
        ("Our commits break the build", "persona: open-source maintainer"),
        ("Our library is empty on weekday evenings", "persona: librarian"),
        ("A blind passenger cannot see the kerb", "persona: guide-dog trainer"),
    ],
)
def test_personas_fit_the_topic(topic, who):
    assert fitting(topic)[0] == who


def test_a_persons_own_persona_comes_first_where_it_fits_and_a_near_idea_lends_its_own(library):
    assert fitting("Grandmother forgets her tea", own=["persona: my grandmother"])[0] == "persona: my grandmother"
    near = library.search("Our canteen queue eats up lunch break", 24)
    lent = {idea.lens for idea in near if idea.lens.startswith("persona: ")}
    assert lent & set(fitting("Our canteen queue eats up lunch break", near))


def test_personas_that_fit_lead_the_spread():
    personas = ["persona: baker", "persona: miller"]
    assert [label for label in spread(32, 1, personas) if label.startswith("persona: ")][:2] == personas


def test_a_lens_is_a_row_in_a_file(tmp_path):
    path = tmp_path / "mine.json"
    path.write_text(json.dumps([{"name": "Quiet", "instruction": "It makes no sound.", "source": "a monk"}]))
    (lens,) = read_file(path)
    assert (lens.label, lens.kind, lens.source) == ("Quiet: It makes no sound.", "own", "a monk")
    assert catalogue(file=path)["Quiet: It makes no sound."] == lens
    assert "substitute" in catalogue(file=path)


@pytest.mark.parametrize(
    ("content", "said"),
    [("[{}]", "0.name: field required"), ("{", "invalid json"), ('[{"name": "a", "colour": 1}]', "0.colour")],
)
def test_a_file_that_does_not_fit_gets_one_sentence(tmp_path, content, said):
    path = tmp_path / "mine.json"
    path.write_text(content)
    with pytest.raises(InputError) as refused:
        read_file(path)
    assert said in str(refused.value).lower() and "\n" not in str(refused.value)


def test_own_lenses_come_first_and_labels_keep_the_trained_form():
    own = [OwnLens(7, "persona", "persona: my aunt", "My aunt")]
    assert next(iter(catalogue(own).values())).id == 7
    assert label_of("persona", "my aunt") == "persona: my aunt"
    assert label_of("own", "Quiet", "No sound.") == "Quiet: No sound."
    assert (lens_kind("persona: my aunt"), lens_kind("reverse"), lens_kind("Quiet: No sound.")) == (
        "persona", "scamper", "own"
    )  # fmt: skip
