"""What a trial of one model says of others, and what is recommended.

    python -m pytest tests/models/test_recommend.py
"""

from dataclasses import replace
from pathlib import Path

import pytest

from workbench.errors import ModelTooLarge
from workbench.models import machine, stand_in
from workbench.models.catalogue import Entry, File, read_catalogue
from workbench.models.gguf import read_header
from workbench.models.recommend import Measured, expect, in_words, recommend
from workbench.models.trial import Trial, run_trial

GB = 10**9
ENTRIES = read_catalogue(Path("nowhere.json")).entries
ONE_B = next(entry for entry in ENTRIES if entry.name == "llama-3.2-1b-instruct")
# Llama-3.2-1B's shapes, Q4_K_M, on two cores: docs/engine.md.
HERE = Measured("a trial", ONE_B.files["Q4_K_M"].bytes, ONE_B.parameters, 40.0, 146.0, 56.0)


def sized(name: str, parameters: int, file: int) -> Entry:
    files = {"Q4_K_M": File(file="model.gguf", bytes=file)}
    return ONE_B.model_copy(update={"name": name, "parameters": parameters, "files": files})


def test_what_was_tried_is_expected_to_do_what_it_did() -> None:
    advice = expect(ONE_B, "Q4_K_M", HERE, free=8 * GB, context=4096)
    assert advice.decode_per_s == pytest.approx(40.0)
    assert advice.first_word_s == pytest.approx(300 / 146 + 1 / 40)
    assert advice.ideas_s == pytest.approx(advice.first_word_s + 320 / 56)


def test_writing_goes_with_the_bytes_and_reading_with_the_parameters() -> None:
    whole = expect(ONE_B, "Q4_K_M", HERE, free=8 * GB, context=4096)
    twice = sized("twice", 2 * ONE_B.parameters, 2 * ONE_B.files["Q4_K_M"].bytes)
    wide = sized("wide", ONE_B.parameters, 2 * ONE_B.files["Q4_K_M"].bytes)
    assert expect(twice, "Q4_K_M", HERE, free=8 * GB, context=4096).decode_per_s == pytest.approx(20.0)
    assert expect(twice, "Q4_K_M", HERE, free=8 * GB, context=4096).ideas_s == pytest.approx(2 * whole.ideas_s)
    found = expect(wide, "Q4_K_M", HERE, free=8 * GB, context=4096)
    assert found.first_word_s == pytest.approx(300 / 146 + 1 / 20)


def test_the_largest_quick_model_that_fits_is_recommended() -> None:
    entries = [sized("small", 10**9, GB), sized("middle", 2 * 10**9, 2 * GB), sized("large", 20 * 10**9, 12 * GB)]
    fast = replace(HERE, decode_per_s=80, prompt_per_s=400, wide_per_s=160)
    found = recommend(entries, fast, free=16 * GB, context=4096)
    assert [advice.recommended for advice in found] == [False, True, False]
    assert [advice.pace for advice in found] == ["quick", "quick", "takes patience"]
    little = recommend(entries, fast, free=int(1.5 * GB), context=4096)
    assert [advice.recommended for advice in little] == [True, False, False]
    assert little[2].words.startswith("Needs about 12.3 GB of memory, more than is free")


def test_of_two_about_as_large_the_one_with_less_memory_is_recommended() -> None:
    entries = [sized("lean", 1_500_000_000, GB), sized("fat", 1_700_000_000, GB + 1)]
    assert [advice.recommended for advice in recommend(entries, HERE, free=8 * GB, context=4096)] == [True, False]


def test_where_nothing_is_quick_the_quickest_is_recommended_and_where_nothing_fits_none() -> None:
    slow = replace(HERE, decode_per_s=1.0, prompt_per_s=5.0, wide_per_s=1.5)
    [best] = [advice for advice in recommend(ENTRIES, slow, free=16 * GB, context=4096) if advice.recommended]
    assert best.pace == "slow" and best.ideas_s > 90
    none = recommend(ENTRIES, HERE, free=GB // 2, context=4096)
    assert not any(advice.recommended for advice in none)
    assert "stay with what came along" in in_words(none, HERE)


def test_the_words_name_the_model_and_what_they_rest_on() -> None:
    words = in_words(recommend(ENTRIES, HERE, free=8 * GB, context=4096), HERE)
    assert words.startswith("For this machine: ")
    assert "Carried over from a trial, which writes 40 tokens a second here and reads 146" in words


def test_the_starter_is_entry_one_and_is_not_advised_upon() -> None:
    assert ENTRIES[0].name == "starter" and ENTRIES[0].comes_along
    assert "starter" not in [advice.entry.name for advice in recommend(ENTRIES, HERE, free=8 * GB, context=4096)]


def test_every_entry_says_what_a_person_asks() -> None:
    for entry in ENTRIES:
        assert entry.licence and entry.good_for.endswith(".") and entry.template, entry.name
        assert entry.comes_along or entry.memory("Q4_K_M", 4096) < 4 * GB, entry.name
        assert all(file.bytes > 0.3 * entry.parameters for file in entry.files.values()), entry.name


@pytest.mark.model
def test_the_starters_entry_says_what_its_file_says(starter: Path) -> None:
    header = read_header(starter / ENTRIES[0].files["Q8_0"].file)
    assert (ENTRIES[0].parameters, ENTRIES[0].files["Q8_0"].bytes) == (header.parameters, header.bytes)


@pytest.fixture
def thin(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stand-in of small layers: how it is written and measured does not hang on their size."""
    for name, value in {"LAYERS": 1, "WIDTH": 256, "INNER": 512, "HEADS": 4, "KV_HEADS": 2}.items():
        monkeypatch.setattr(stand_in, name, value)


@pytest.mark.usefixtures("thin")
def test_the_stand_in_is_a_model_that_llama_cpp_runs(tmp_path: Path) -> None:
    path = stand_in.write(tmp_path / "stand-in.gguf")
    header = read_header(path)
    assert header.number("block_count") == 1 and header.bytes == path.stat().st_size
    assert isinstance(run_trial(path), Trial)
    assert stand_in.write(tmp_path / "again.gguf").read_bytes() == path.read_bytes()


@pytest.mark.usefixtures("thin")
def test_a_measurement_of_the_machine_is_remembered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert machine.remembered(tmp_path) is None
    found = machine.measure(tmp_path)
    assert found.decode_per_s > 0 and machine.remembered(tmp_path) == found
    assert [path.name for path in tmp_path.iterdir()] == [machine.FILE]
    monkeypatch.setattr("platform.node", lambda: "another")
    assert machine.remembered(tmp_path) is None


def test_a_broken_memory_of_a_measurement_is_none(tmp_path: Path) -> None:
    for text in ("", "[]", "{}", '{"machine": 1}'):
        (tmp_path / machine.FILE).write_text(text)
        assert machine.remembered(tmp_path) is None


def test_a_trial_without_memory_says_so(tmp_path: Path, base: Path) -> None:
    with pytest.raises(ModelTooLarge, match="needs about"):
        run_trial(with_heads(base))


def with_heads(base: Path) -> Path:
    """Let the model claim a KV cache of thousands of gigabytes."""
    data = bytearray(base.read_bytes())
    key = b"llama.attention.head_count_kv"
    at = data.index(key) + len(key) + 4
    data[at : at + 4] = (2**31 - 1).to_bytes(4, "little")
    base.write_bytes(data)
    return base
