"""The whole command on the starter, at a small size.

    python -m pytest tests/bench/test_quality_command.py
"""

import json
import os
import subprocess
import sys

import pytest

from workbench.bench.quality import report, tables
from workbench.settings import ROOT, settings

pytestmark = pytest.mark.model
KEYS = {
    "valid", "different_plain", "different_lenses", "different_gain", "pairwise_similarity", "vendi",
    "repeated_across_topics", "topic_retrieval", "refine_noop", "refine_lost_facts", "refine_length_ratio",
    "refine_goal_met", "scores_spread", "order_consistency", "wording_consistency", "checks_auc", "label_agreement",
    "originality_pearson", "originality_spearman", "seconds_brainstorm", "seconds_refine", "seconds_evaluate",
}  # fmt: skip
CONTROLLED = KEYS - {"different_plain", "different_gain"} - {key for key in KEYS if key.startswith("seconds")}
SMALL = ("--n", "3", "--rows", "8")


@pytest.fixture(scope="module")
def small(tmp_path_factory, starter):
    """Return the figures of a small run, its folder, and what was said on the way."""
    folder = tmp_path_factory.mktemp("quality")
    (folder / "topics.txt").write_text("rain on market day\nA hungry library\n", encoding="utf-8")
    own = {"WORKBENCH_DB": str(folder / "workbench.db"), "WORKBENCH_MODEL": str(starter)}
    environment = {key: value for key, value in os.environ.items() if not key.startswith("WORKBENCH_")} | own
    command = [
        sys.executable, "-m", "workbench", "quality", "--topics", str(folder / "topics.txt"), *SMALL, "--json",
        "--keep", str(folder / "kept.jsonl"), "--chart", str(folder / "quality.svg"),
    ]  # fmt: skip
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=540)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout), folder, done.stderr


def test_every_figure_is_there_with_its_controls(small):
    found, _, _ = small
    assert found.keys() >= KEYS
    assert found["controls"].keys() >= CONTROLLED
    assert all("random" in found["controls"][key] for key in CONTROLLED)
    assert all("nothing" in found["controls"][key] for key in CONTROLLED)
    assert found["settings"] == {"topics": 2, "n": 3, "rows": 8, "seed": 1, "held_out_topics": False}
    assert len(found["checks_auc"]) == 8


def test_controls_are_where_arithmetic_puts_them(small):
    controls = small[0]["controls"]
    assert controls["valid"] == {"nothing": 0, "random": 1, "shuffled": 0}  # written ideas: none for these topics
    assert controls["different_lenses"]["nothing"] == 1
    assert controls["topic_retrieval"]["nothing"] == 1
    assert (controls["refine_noop"]["nothing"], controls["refine_goal_met"]["nothing"]) == (1, 0)
    assert controls["order_consistency"]["nothing"] == 1
    assert controls["scores_spread"]["nothing"] == 0


def test_the_person_s_database_is_left_alone(small):
    assert not (small[1] / "workbench.db").exists()


def test_progress_is_said_and_the_chart_is_drawn(small):
    _, folder, said = small
    assert "Measuring: ideas with lenses: topic 1 of 2" in said
    svg = (folder / "quality.svg").read_text(encoding="utf-8")
    assert svg.startswith("<svg")
    assert "valid form" in svg


def test_a_second_run_goes_on_from_what_is_kept(small, starter, monkeypatch):
    found, folder, _ = small
    monkeypatch.setenv("WORKBENCH_MODEL", str(starter))
    settings.cache_clear()
    before = (folder / "kept.jsonl").read_bytes()
    asked = report.Asked(topics=folder / "topics.txt", n=3, rows=8, keep=folder / "kept.jsonl")
    again = report.measure(settings(), asked)
    assert (folder / "kept.jsonl").read_bytes() == before
    same = found.keys() - {"machine"}
    assert {key: again[key] for key in same} == {key: found[key] for key in same}


def test_the_tables_name_every_figure(small):
    said = tables.tables(small[0])
    for words, _ in [*tables.REFINE.values(), *tables.EVALUATE.values()]:
        assert f"| {words} |" in said
    assert "really different of 3, with lenses" in said
    assert "not measured" not in said.partition("**Refine**")[0]
    assert all(line.count("|") == lines[0].count("|") for lines in _tables(said) for line in lines)


def _tables(said):
    return [part.splitlines() for part in said.split("\n\n") if part.startswith("|")]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--n", "1"), "2 or more"),
        (("--rows", "1"), "2 or more"),
        (("--topics", "/nonexistent.txt"), "There is no file"),
        (("--chart", "quality.pdf"), "no chart's name"),
        (("--chart", "/nonexistent/quality.svg"), "no folder"),
    ],
)
def test_a_wrong_word_gets_one_sentence(words, said):
    done = subprocess.run(
        [sys.executable, "-m", "workbench", "quality", *words], cwd=ROOT, capture_output=True, text=True, timeout=240
    )
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert said in done.stderr
