"""The order of asking: everything once, one base at a time, drawn by lot; and what can take part."""

from itertools import groupby

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.lab.compare.conftest import BREAD, LIFE, SKY
from workbench.errors import InputError, ModelError
from workbench.lab import compare
from workbench.lab.compare.planning import order
from workbench.records import Contender

BASES = [Contender(f"m{at}", f"base{at // 2}.gguf", adapter="a" * (at % 2)) for at in range(6)]


@settings(deadline=None, max_examples=50)
@given(st.integers(1, 6), st.integers(1, 4), st.integers(0, 999))
def test_everything_is_asked_once_and_a_base_is_loaded_once_in_each_repeat(models, repeats, seed):
    prompts, contenders = [SKY, LIFE, BREAD], BASES[:models]
    planned = order(prompts, contenders, repeats, seed)
    assert sorted(planned) == sorted((p, c, r) for p in range(3) for c in range(models) for r in range(repeats))
    assert [repeat for _, _, repeat in planned] == sorted(repeat for _, _, repeat in planned)
    loads = [key for key, _ in groupby(planned, key=lambda each: (each[2], contenders[each[1]].base))]
    assert len(loads) == len(set(loads)) == repeats * len({each.base for each in contenders})


def test_the_order_is_the_seeds():
    one, same, other = (order([SKY, LIFE, BREAD], BASES, 2, seed) for seed in (1, 1, 2))
    assert one == same != other


@pytest.mark.parametrize(("prompts", "contenders", "repeats"), [([], BASES, 1), ([SKY], [], 1), ([SKY], BASES, 0),
                                                                ([SKY], BASES, 1000)])  # fmt: skip
def test_nothing_and_too_much_are_refused(prompts, contenders, repeats):
    with pytest.raises(InputError):
        order(prompts, contenders, repeats, 1)


def test_bases_come_with_each_adapter_that_fits_and_no_adapter_alone(chosen):
    names = [each.name for each in compare.installed(chosen)]
    assert names == ["tiny", "tiny + refine", "tiny + loose", "other", "other + loose"]


def test_broken_files_and_folders_without_a_manifest_are_left_out(chosen, tmp_path):
    folder = tmp_path / "models"
    (folder / "empty").mkdir(parents=True)
    (folder / "broken.gguf").write_bytes(b"GGUF and then nothing")
    found = compare.installed(chosen.model_copy(update={"models": folder}))
    assert [each.name for each in found] == ["tiny", "tiny + refine"]


def test_words_of_the_command_line_name_a_model(tiny):
    assert compare.parse(str(tiny)) == Contender("tiny", str(tiny))
    assert compare.parse(f"{tiny}+refine") == Contender("tiny + refine", str(tiny), "refine")
    loose = tiny.parent / "loose.gguf"
    assert compare.parse(f"mine={tiny}+{loose}") == Contender("mine", str(tiny), str(loose))
    found = compare.parse("llama3.2@http://localhost:11434/v1")
    assert (found.model, found.server) == ("llama3.2", "http://localhost:11434/v1")
    for words in ("nowhere.gguf", "llama3.2@ftp://here", "llama3.2@http://me:secret@here/v1"):
        with pytest.raises((InputError, ModelError)):
            compare.parse(words)


def test_two_models_of_one_name_are_told_apart():
    found = compare.distinct([Contender("m", "a"), Contender("m", "b"), Contender("m", "a")])
    assert [(each.name, each.model) for each in found] == [("m", "a"), ("m (2)", "b")]
