"""What an export may be used for follows from the base and the data. pytest tests/finetune/test_licences.py"""

import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from finetune.exporting import licences
from finetune.exporting.runs import IDEAS, Run
from finetune.rowdata.reading import NAMED

EXPLORE = {name: words for name, (_, words, *_) in NAMED.items() if "Explore" in name or "explore" in name}


def run(folder: Path, **settings: object) -> Run:
    return Run("ideas", folder, "lora", "", {"rows": 1}, SimpleNamespace(**{"data_dir": ""} | settings))


@pytest.mark.parametrize(
    ("base", "data", "expected"),
    [
        ("cc-by-4.0", IDEAS, "cc-by-4.0"),
        ("apache-2.0", IDEAS, "apache-2.0"),
        ("apache-2.0", EXPLORE, "cc-by-nc-4.0"),
        ("llama3.2", EXPLORE, "other"),  # two licences with conditions of their own: a person decides
        ("llama3.2", IDEAS, "llama3.2"),
        ("", IDEAS, "other"),
        ("mit", {"fine.jsonl": "not known: a local file"}, "other"),
        ("mit", {}, "other"),
    ],
)
def test_the_licence_of_the_whole(base: str, data: dict[str, str], expected: str) -> None:
    assert licences.overall(base, data) == expected


def test_explore_instruct_is_known_to_be_non_commercial() -> None:
    assert EXPLORE and licences.non_commercial(list(EXPLORE.values()))
    assert not licences.non_commercial(list(IDEAS.values()))


def test_data_is_named_by_the_manifest_of_the_set_that_was_trained_on(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text(json.dumps({"licences": EXPLORE}))
    assert licences.of_data([run(tmp_path, data_dir=str(tmp_path)), run(tmp_path)]) == {**EXPLORE, **IDEAS}


def test_a_base_says_its_licence_in_its_card(tmp_path: Path) -> None:
    assert licences.of_base(tmp_path) == ""
    (tmp_path / "README.md").write_text("---\nlicense: llama3.2\n---\n# Base\n")
    assert licences.of_base(tmp_path) == "llama3.2"
