"""A starter's report: figures on ideas whose figures are known, then the whole command on the shipped starter.

    python -m pytest tests/finetune/test_starter_report.py
"""

import json
import math
from pathlib import Path

import numpy as np
import pytest

from finetune import ideas, starter_report
from finetune.proving.logits import served
from finetune.reporting import bits, lenses, material, rewriting, rows, sheet, tables, wording
from finetune.reporting.material import Asked, Material
from finetune.reporting.pooling import pooled, share
from tests.engine.tiny_gguf import write_base
from workbench.bench.heldout import Topic
from workbench.bench.quality.figures import Figure
from workbench.bench.texts import Tfidf
from workbench.errors import InputError
from workbench.models import read_model

IDEAS_DIR = Path("data/ideas")
ROLES = ("beekeeper", "dentist", "pilot", "judge", "miller", "clown", "nurse", "baker", "tailor", "diver", "florist")


@pytest.fixture(scope="module")
def held() -> Material:
    return material.read(IDEAS_DIR, topics=4, rows=6)


@pytest.fixture(scope="module")
def embedding_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny model of random weights: its vectors are vectors."""
    return write_base(tmp_path_factory.mktemp("embedding") / "vectors.gguf")


def small(lens: str = "persona: beekeeper") -> Material:
    """Two topics of two ideas each; the first idea of a topic shows its lens, the second has none."""
    fair = Topic("a dull fair", ("Hive Hour — Beekeepers bring a hive.", "Late Fair — It opens at night."))
    tents = Topic("wet tents", ("Tooth Tent — A dentist hangs floss.", "Dry Row — Straw lies there."))
    topics = [Asked(fair, (lens, "")), Asked(tents, ("spark: dentist", ""))]
    return Material(topics, topics, [], [], [], {kind: list(ROLES) for kind in material.VALUED})


def test_only_held_out_topics_are_asked(held: Material) -> None:
    assert len(held.topics) == 4 and len(held.heldout) > 100
    assert all(ideas.is_held_out(asked.topic.topic) for asked in held.heldout)
    assert not any(ideas.is_held_out(topic.topic) for topic in held.body)
    assert all(ideas.is_held_out(row["topic"]) for row in (*held.refine, *held.evaluate))
    assert (len(held.refine), len(held.evaluate)) == (6, 6)


def test_the_lower_end_is_written_ideas_of_other_topics(held: Material) -> None:
    everything = {line for asked in held.heldout for line in asked.topic.written}
    for (topic, dealt), (own_topic, own) in zip(held.dealt, held.written, strict=True):
        assert topic == own_topic and len(dealt) == len(own) == 8
        assert set(dealt) <= everything - set(own)


def test_a_made_up_word_is_in_neither_the_list_nor_the_topic() -> None:
    known = frozenset(["the", "cat", "sleeps", "don't"])
    found = wording.made_up("Zorbing for all", "The Glimfrost Cat's 24h zorbing — The cat don't sleeps.", known)
    assert found == ["glimfrost"]
    counts = wording.made_up_counts([("zorbing", ["The glimfrost sleeps 24", "cat"])], known)
    assert counts.tolist() == [[1, 4]]


def test_the_list_of_english_holds_fifty_thousand_words() -> None:
    assert len(wording.english()) == 50_000
    assert {"umbrella", "librarian"} <= wording.english() < wording.english(wording.EVERY)
    assert "glimfrost" not in wording.english(wording.EVERY)


def test_a_copy_has_eight_words_in_a_row() -> None:
    learned = wording.runs(["Hive Hour — a keeper of bees shows the children one open hive"])
    short, near = "Now a keeper of bees shows the children!", "A keeper of bees shows many children one open hive"
    copy = "Keeper of bees shows the children one open hive."
    counts = wording.copied_counts([("bees", [short, near, copy]), ("hives", ["bees"])], learned)
    assert counts.tolist() == [[1, 3], [0, 1]]


def test_written_ideas_show_their_lens_and_their_neighbours_do_not() -> None:
    of = small()
    embed = Tfidf([line for _, lines in of.written for line in lines] + list(ROLES)).vectors
    found = lenses.measure(of.written, of, embed, seed=1)
    assert {key: figure.value for key, figure in found.items()} == dict.fromkeys(
        ("lens_by_word", "lens_nearest", "lens_obeyed"), 1.0
    )
    assert found["lens_obeyed"].controls == {"written": 1.0, "shuffled": 0.0}


def test_only_lenses_with_a_word_or_a_role_count() -> None:
    said = [("a dull fair", ["Late Fair — It opens at night.", "Hive"]), small().written[1]]
    assert lenses.measure(said, small(), None, seed=1)["lens_by_word"].value == 0.5
    for lens in ("constraint: no beekeepers", "reverse"):
        found = lenses.measure(said, small(lens), None, seed=1)
        assert set(found) == {"lens_by_word"}  # the others need an embedding model
        assert found["lens_by_word"].value == 1.0


def test_shares_are_pooled_and_of_nothing_there_is_none() -> None:
    figure = pooled(np.array([[1, 4], [3, 4], [0, 0]]), 1, {"written": np.array([[1, 1]])})
    assert figure.value == 0.5 and figure.controls == {"written": 1.0}
    assert figure.interval is not None and figure.interval[0] <= 0.5 <= figure.interval[1]
    assert share(np.zeros((0, 2))) is None


def test_rewrites_are_counted_by_their_goal() -> None:
    asked = [
        {"topic": "rain", "idea": "Ten tents for Oslo stand here — Ten tents for Oslo stand here.", "goal": "shorter"},
        {"topic": "rain", "idea": "Dry row — Straw lies on the path to the market.", "goal": "measurable"},
    ]
    good = ["Ten tents — They go to Oslo.", "Dry row — Twelve bales lie on the path to the market."]
    found = rewriting.figures(asked, good)
    shares = {key: share(counts) for key, counts in found.items()}
    assert shares["refine_facts_kept"] == shares["refine_shorter"] == shares["refine_measurable"] == 1.0
    assert shares["refine_noop"] == 0.0
    copied = rewriting.figures(asked, [row["idea"] for row in asked])
    shares = {key: share(counts) for key, counts in copied.items()}
    assert (shares["refine_shorter"], shares["refine_measurable"], shares["refine_noop"]) == (0.0, 0.0, 1.0)
    assert rewriting.facts_kept("A row — Ten tents go to Oslo.", "A row — Tents go to Bergen.") == (0, 2)
    assert rewriting.asked_of_any(asked, "measurable") == []  # what has a number is measurable already


def test_a_model_that_knows_nothing_needs_the_same_bits_for_every_token() -> None:
    answer = bits.Answer(ids=[5, 6, 7, 0], start=2, bytes=10)
    nothing = np.zeros((3, 8), np.float32)
    assert bits.bits(lambda ids: nothing[: len(ids)], answer) == pytest.approx(2 * 3)
    sure = np.full((3, 8), -40, np.float32)
    sure[1, 7] = sure[2, 0] = 40
    assert bits.bits(lambda ids: sure[: len(ids)], answer) == pytest.approx(0, abs=1e-6)


@pytest.mark.model
def test_the_starter_needs_fewer_bits_for_an_idea_than_for_its_words_in_another_order(
    held: Material, starter: Path
) -> None:
    from workbench.engine.llama import Model

    base = read_model(starter).base
    questions = bits.own_questions(held)[0]
    reversed_words = [(topic, lens, " ".join(reversed(idea.split()))) for topic, lens, idea in questions]
    [own], [turned] = bits.tokenised(base, [[questions], [reversed_words]])
    model = Model(base)
    try:
        for answer, (_, _, idea) in zip(own, questions, strict=True):
            *words, end = answer.ids[answer.start :]
            assert b"".join(map(model.piece, words)).decode() == idea and model.is_end(end)
    finally:
        model.close()
    with served(base, None, 400) as forward:
        mine, theirs = bits.count(forward, [own]), bits.count(forward, [turned])
    assert share(mine) < share(theirs) < math.log2(256)


def test_others_questions_are_the_same_ideas_under_other_topics(held: Material) -> None:
    both = zip(bits.own_questions(held), bits.others_questions(held), strict=True)
    for own, others in both:
        assert [idea for _, _, idea in own] == [idea for _, _, idea in others]
        assert not {topic for topic, _, _ in own} & {topic for topic, _, _ in others}
        assert all(lens for _, lens, _ in others)


def test_what_is_reached_is_marked_and_the_first_model_is_the_reference() -> None:
    ends = {"written": 0.8, "shuffled": 0.2}
    first = {"lens_obeyed": Figure(0.4, ends), "bits_per_byte": Figure(2.0)}
    first["made_up_words"] = Figure(0.02, {}, (0.01, 0.03))
    second = {"lens_obeyed": Figure(0.5, ends), "bits_per_byte": Figure(1.6), "made_up_words": Figure(None)}
    asked = {"n": 8, "topics": 2, "seed": 1, "refine_rows": 0, "evaluate_rows": 0, "embedding": None}
    models = [{"name": name, "parameters": 12e6} for name in ("old", "new")]
    report = tables.as_json({"settings": asked}, models, [first, second])
    assert report["figures"]["lens_obeyed"]["reached"] == [False, True]
    assert report["figures"]["lens_obeyed"]["to_reach"] == {"at_least": 0.5}
    assert report["figures"][rows.RELATIVE]["values"] == [0.0, -0.2]
    lines = tables.markdown(report).splitlines()
    assert "| ... against the first model's | +0.0% | -20.0% ✓ |  |  | at most -15.0% |" in lines
    assert any("2.00% (1.00% to 3.00%) | not measured |" in line for line in lines)
    assert rows.RELATIVE not in tables.as_json({"settings": asked}, models[:1], [first])["figures"]


def test_a_filled_in_sheet_is_tallied_by_its_key(tmp_path: Path) -> None:
    file = tmp_path / "sheet.md"
    said, written = [("rain", ["Model One — a.", ""]), ("snow", ["Model Two — b.", "Model Three"])], small().written
    key = sheet.write(file, said, written, {"seed": 1}, seed=1)
    text = file.read_text()
    assert text.count("- [ ] ") == 8 and "model" not in text.split("##", 1)[1].replace("Model", "")
    with pytest.raises(InputError, match="is marked"):
        sheet.tally(file, key)
    whose = json.loads(key.read_text())["whose"]
    mine = next(number for number, who in whose.items() if who == "model")
    theirs = [number for number, who in whose.items() if who == "written"]
    for number in (mine, *theirs):
        text = text.replace(f"- [ ] {number}. ", f"- [x] {number}. ")
    file.write_text(text)
    assert sheet.tally(file, key) == "One would keep 1 of 4 (written: 4)."
    with pytest.raises(InputError, match="already"):
        sheet.write(file, said, written, {}, seed=1)
    file.write_text(text.replace(f"- [x] {mine}. ", ""))
    with pytest.raises(InputError, match="do not belong together"):
        sheet.tally(file, key)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--n", "1"], "--n 1 measures nothing"),
        (["--out", "report.txt"], "neither in .json nor in .md"),
        (["--refine", "r.gguf"], "without its base"),
        (["--base", "none.gguf"], "no file none.gguf"),
        (["--compare", "nowhere"], "no model at nowhere"),
        (["--key", "key.json"], "Name the filled-in sheet"),
        (["--embedding_model", "none.gguf"], "There is no none.gguf"),
        (["--ideas_dir", "nowhere"], "--ideas_dir"),
    ],
)
def test_what_cannot_be_measured_is_a_sentence(arguments: list[str], said: str) -> None:
    with pytest.raises(InputError, match=said):
        starter_report.main(arguments)


@pytest.mark.model
def test_the_starters_ideas_are_asked_once_and_measured(
    tmp_path: Path, embedding_model: Path, capsys: pytest.CaptureFixture
) -> None:
    asked = ["--topics", "2", "--parts", "ideas", "--json", "--keep", str(tmp_path / "answers.jsonl")]
    starter_report.main([*asked, "--embedding_model", str(embedding_model)])
    report = json.loads(capsys.readouterr().out)
    assert report["settings"]["topics"] == 2 and report["settings"]["embedding"] == "vectors"
    assert all(len(one["ideas"]) == 8 for one in report["models"][0]["examples"]["ideas"])
    measured = report["figures"]
    for key in ("topic_nearest", "pairwise_cosine", "made_up_words", "copied", "lens_obeyed"):
        assert measured[key]["values"][0] is not None and set(measured[key]["ends"]) == {"written", "shuffled"}
    assert measured["valid"]["ends"]["written"] == 1.0
    before = (tmp_path / "answers.jsonl").read_text()
    starter_report.main(asked)
    assert (tmp_path / "answers.jsonl").read_text() == before  # what was kept is not asked for again
    again = json.loads(capsys.readouterr().out)["figures"]
    assert again["made_up_words"] == measured["made_up_words"]
    assert again["lens_obeyed"]["values"] == again["topic_nearest"]["values"] == [None]  # without an embedding model


@pytest.mark.model
def test_the_starters_bits_rewrites_and_checks_are_measured_and_written(
    tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    files = [str(tmp_path / "made" / f"report.{ending}") for ending in ("json", "md")]
    asked = ["--topics", "2", "--rows", "3", "--parts", "bits,refine,evaluate"]
    starter_report.main([*asked, "--json", "--out", *files])
    report = json.loads(capsys.readouterr().out)
    assert json.loads(Path(files[0]).read_text()) == report
    measured = report["figures"]
    wanted = {row.key for row in rows.ROWS if row.key.startswith(("refine", "check", "originality"))}
    assert set(measured) == wanted | {"bits_per_byte", "bits_per_byte_base"}
    assert 0.5 < measured["bits_per_byte"]["values"][0] < 4
    assert measured["refine_same_idea"]["ends"].keys() == {"written", "shuffled"}
    table = Path(files[1]).read_text()
    assert table.count("\n| ") == len(measured) + 2 and "| refine: nothing changed |" in table


@pytest.mark.model
def test_loose_files_are_the_folder_and_several_stand_side_by_side(
    starter: Path, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    files = read_model(starter)
    asked = ["--topics", "1", "--parts", "bits", "--json"]
    loose = ["--base", str(files.base), "--brainstorm", str(files.adapters["brainstorm"])]
    starter_report.main([*asked, *loose])
    alone = json.loads(capsys.readouterr().out)
    assert set(alone["models"][0]["adapters"]) == {"brainstorm"}
    starter_report.main([*asked, "--compare", str(starter), "--compare", str(files.base)])
    both = json.loads(capsys.readouterr().out)
    assert [model["name"] for model in both["models"]] == ["starter", files.base.name]
    mine = both["figures"]["bits_per_byte"]["values"]
    assert mine == [alone["figures"]["bits_per_byte"]["values"][0], None]
    assert both["figures"]["bits_per_byte_base"]["values"][0] == both["figures"]["bits_per_byte_base"]["values"][1]
    assert both["figures"][rows.RELATIVE]["values"] == [0.0, None]


@pytest.mark.model
def test_a_sheet_of_the_starters_ideas(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    file = tmp_path / "sheet.md"
    starter_report.main(["--sheet", str(file), "--topics", "2"])
    assert "sheet.key.json" in capsys.readouterr().out
    key = sheet.key_of(file)
    whose = json.loads(key.read_text())["whose"]
    text = file.read_text()
    assert text.count("- [ ] ") == len(whose) == 32 and text.count("\n## ") == 2
    wanted = {number for number, who in whose.items() if who == "written"}
    for number in wanted:
        text = text.replace(f"- [ ] {number}. ", f"- [x] {number}. ")
    file.write_text(text)
    starter_report.main(["--sheet", str(file), "--key", str(key)])
    assert capsys.readouterr().out.strip() == "One would keep 0 of 16 (written: 16)."
