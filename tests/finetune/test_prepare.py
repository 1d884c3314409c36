"""Rows of every form come in, splits come out, and every row is accounted for. pytest tests/finetune/test_prepare.py"""

import csv
import gzip
import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from finetune import prepare
from finetune.rowdata import forms, splits
from workbench.errors import InputError

WORDS = ("baker", "queue", "library", "lamp", "river", "garden", "school", "bus", "night", "soup", "bell", "song")


def sentence(number: int) -> str:
    """Sentences that share few five-word runs."""
    return " ".join(WORDS[(number * k + k * k) % len(WORDS)] + str(number + k) for k in range(1, 13))


def settings(out: Path, *sources: dict, **changes: object) -> SimpleNamespace:
    made = {
        "out_dir": str(out), "seed": 1, "sources": list(sources), "splits": {"train": None, "test": 0.2},
        "group_by": None, "min_chars": 5, "max_chars": 5000, "min_score": None, "drop_refusals": True,
        "languages": [], "near_duplicates": 0.8, "preview": False, "tokenizer": "",
    }  # fmt: skip
    return SimpleNamespace(**{**made, **changes})


def alpaca(number: int) -> dict:
    return {"instruction": f"Ask {sentence(number)}", "input": "", "output": f"Answer {sentence(number + 100)}"}


def write(path: Path, rows: list[dict]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def read(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


ANSWER = {"role": "assistant", "content": "Soup."}
CHAT = [{"role": "user", "content": "What is for supper?"}, ANSWER]


@pytest.mark.parametrize(
    ("row", "form", "becomes"),
    [
        ({"instruction": "What is for", "input": "supper?", "output": "Soup."}, "alpaca",
         {"messages": [{"role": "user", "content": "What is for\n\nsupper?"}, ANSWER]}),
        ({"conversations": [{"from": "human", "value": "What is for supper?"}, {"from": "gpt", "value": "Soup."}]},
         "sharegpt", {"messages": CHAT}),
        ({"messages": CHAT}, "messages", {"messages": CHAT}),
        ({"prompt": "What is for supper?", "completion": "Soup."}, "prompt/completion", {"messages": CHAT}),
        ({"prompt": "What is for supper?", "chosen": "Soup.", "rejected": "Stones."}, "dpo",
         {"prompt": CHAT[:1], "chosen": [ANSWER], "rejected": [{"role": "assistant", "content": "Stones."}]}),
        ({"chosen": CHAT, "rejected": [CHAT[0], {"role": "assistant", "content": "Stones."}]}, "dpo",
         {"prompt": CHAT[:1], "chosen": [ANSWER], "rejected": [{"role": "assistant", "content": "Stones."}]}),
        ({"prompt": "What is for supper?", "completion": "Soup.", "label": True}, "kto",
         {"prompt": CHAT[:1], "completion": [ANSWER], "label": True}),
    ],
)  # fmt: skip
def test_each_form_is_recognised_and_converted(row: dict, form: str, becomes: dict) -> None:
    assert forms.recognise(row, "here") == form
    assert forms.convert(form, row) == becomes


@pytest.mark.parametrize(
    ("turns", "reason"),
    [
        ([("human", "Hello")], "no answer"),
        ([("human", "Hello"), ("human", "Again"), ("gpt", "Yes")], "do not alternate"),
        ([("human", ""), ("gpt", "Yes")], "an empty turn"),
        ([("human", "Hello"), ("tool", "{}"), ("gpt", "Yes")], "unknown role: tool"),
        ([("human", "Hello"), ("gpt", None)], "a text is missing"),
    ],
)
def test_a_row_that_cannot_be_used_says_why(turns: list, reason: str) -> None:
    with pytest.raises(forms.Unusable, match=reason):
        forms.convert("sharegpt", {"conversations": [{"from": who, "value": text} for who, text in turns]})


def test_every_row_is_in_a_split_or_left_out_with_its_reason(tmp_path: Path) -> None:
    rows = [alpaca(n) for n in range(40)]
    rows += [rows[3], {**alpaca(60), "output": ""}, {**alpaca(61), "output": "I'm sorry, but I cannot do that."}]
    almost = sentence(5).split()
    rows.append({"instruction": f"Ask {sentence(5)}", "input": "", "output": f"Answer {sentence(105)} {almost[0]}"})
    manifest = prepare.prepare(settings(tmp_path / "out", {"path": str(write(tmp_path / "a.jsonl", rows))}))
    written = [row for name in ("train", "test") for row in read(tmp_path / "out" / f"{name}.jsonl")]
    left = read(tmp_path / "out" / "left_out.jsonl")
    assert (len(written), len(left)) == (40, 4)
    assert {(row["stage"], row["reason"]) for row in left} == {
        ("repeats", "exact repeat"), ("repeats", "near repeat"),
        ("unusable", "an empty turn"), ("filtered", "a refusal"),
    }  # fmt: skip
    assert {row["place"] for row in left} == {f"a.jsonl, line {n}" for n in (41, 42, 43, 44)}
    assert manifest["counts"]["a.jsonl"] == {
        "read": 44, "repeats": {"exact repeat": 1, "near repeat": 1}, "unusable": {"an empty turn": 1},
        "filtered": {"a refusal": 1}, "kept": 40,
    }  # fmt: skip
    assert manifest["counts"]["splits"] == {"train": 32, "test": 8}
    assert set(manifest["outputs"]) == {"train.jsonl", "test.jsonl"} and set(manifest["inputs"]) == {"a.jsonl"}


def test_the_same_seed_gives_the_same_files_and_another_another_order(tmp_path: Path) -> None:
    source = {"path": str(write(tmp_path / "a.jsonl", [alpaca(n) for n in range(30)]))}
    first, again, other = (
        prepare.prepare(settings(tmp_path / f"{n}", source, seed=seed))["outputs"] for n, seed in enumerate((1, 1, 2))
    )
    assert first == again != other


def test_files_of_all_kinds_hold_the_same_rows(tmp_path: Path) -> None:
    import pyarrow
    from pyarrow import parquet

    rows = [alpaca(n) for n in range(12)]
    (tmp_path / "a.json").write_text(json.dumps({"data": rows}))
    with gzip.open(tmp_path / "a.jsonl.gz", "wt") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)
    with (tmp_path / "a.csv").open("w", newline="") as file:
        table = csv.DictWriter(file, list(rows[0]))
        table.writeheader()
        table.writerows(rows)
    parquet.write_table(pyarrow.Table.from_pylist(rows), tmp_path / "a.parquet")
    found = []
    for name in ("a.json", "a.jsonl.gz", "a.csv", "a.parquet"):
        prepare.prepare(settings(tmp_path / f"out-{name}", {"path": str(tmp_path / name)}, splits={"train": None}))
        messages = [row["messages"] for row in read(tmp_path / f"out-{name}" / "train.jsonl")]
        found.append(sorted(json.dumps(one) for one in messages))
    assert found[0] == found[1] == found[2] == found[3] and len(found[0]) == 12


def test_take_and_weight(tmp_path: Path) -> None:
    a = write(tmp_path / "a.jsonl", [alpaca(n) for n in range(30)])
    b = write(tmp_path / "b.jsonl", [alpaca(n) for n in range(200, 230)])
    sources = {"path": str(a), "take": 10, "weight": 2}, {"path": str(b), "weight": 0.5}
    prepare.prepare(settings(tmp_path / "out", *sources, splits={"train": None, "test": 4}))
    train = read(tmp_path / "out" / "train.jsonl")
    from_a = [json.dumps(row) for row in train if row["source"] == "a.jsonl"]
    assert len(from_a) == 2 * len(set(from_a)) and len(set(from_a)) <= 10
    assert 5 < len(train) - len(from_a) < 24


def test_rows_of_one_group_stay_together(tmp_path: Path) -> None:
    rows = [alpaca(n) | {"topic": f"topic {n % 7}"} for n in range(70)]
    source = {"path": str(write(tmp_path / "a.jsonl", rows))}
    prepare.prepare(settings(tmp_path / "out", source, group_by="topic", splits={"train": None, "test": 0.3}))
    asked = {row["instruction"]: row["topic"] for row in rows}
    topics = [
        {asked[row["messages"][0]["content"]] for row in read(tmp_path / "out" / f"{name}.jsonl")}
        for name in ("train", "test")
    ]
    assert topics[0] & topics[1] == set() and len(topics[0] | topics[1]) == 7


def test_counts_of_the_study() -> None:
    found = splits.assign([str(n) for n in range(15000)], {"train": 12000, "validation": 1500, "test": 1500}, 42)
    assert {name: len(rows) for name, rows in found.items()} == {"train": 12000, "validation": 1500, "test": 1500}
    assert len({number for rows in found.values() for number in rows}) == 15000


def test_the_languages_asked_for(tmp_path: Path) -> None:
    german = {
        "instruction": "Schreibe einen Satz über die Bibliothek im Dorf.",
        "output": "Die kleine Bibliothek öffnet jeden Abend ihre Türen und kocht eine warme Suppe für alle.",
    }
    english = {
        "instruction": "Write a sentence about the library in the village.",
        "output": "The small library opens its doors every evening and cooks warm soup for everybody there.",
    }
    source = {"path": str(write(tmp_path / "a.jsonl", [german, english]))}
    prepare.prepare(settings(tmp_path / "out", source, languages=["en"], splits={"train": None}))
    (kept,) = read(tmp_path / "out" / "train.jsonl")
    assert kept["messages"][0]["content"].startswith("Write")
    assert read(tmp_path / "out" / "left_out.jsonl")[0]["reason"] == "language de"


@pytest.mark.parametrize(
    ("lines", "changes", "words"),
    [
        (['{"instruction": "a", "output": "b"}', '{"instruct'], {}, r"a\.jsonl, line 2 is not valid JSON"),
        (['{"question": "a", "reply": "b"}'], {}, "none of the known forms"),
        (['{"instruction": "aaaa", "output": "bbbb"}'], {"splits": {"train": 5}}, "ask for 5 rows, 1 are left"),
        (['{"instruction": "aaaa", "output": "bbbb"}'], {"splits": {"train": None, "test": 1}}, "train would be empty"),
        (['{"instruction": "a", "output": ""}'], {}, "No row is left"),
        ([json.dumps(alpaca(1)), '{"prompt": "a", "chosen": "b", "rejected": "c"}'], {}, "is dpo data"),
        (["[1, 2]"], {}, "no JSON object but list"),
    ],
)
def test_bad_input_is_one_sentence_and_nothing_is_written(
    tmp_path: Path, lines: list[str], changes: dict, words: str
) -> None:
    (tmp_path / "a.jsonl").write_text("\n".join(lines))
    with pytest.raises(InputError, match=words):
        prepare.prepare(settings(tmp_path / "out", {"path": str(tmp_path / "a.jsonl")}, **changes))
    assert [path.name for path in tmp_path.iterdir()] == ["a.jsonl"]


def test_a_failed_run_leaves_the_data_set_before_it(tmp_path: Path) -> None:
    good = {"path": str(write(tmp_path / "a.jsonl", [alpaca(n) for n in range(10)]))}
    prepare.prepare(settings(tmp_path / "out", good))
    before = (tmp_path / "out" / "train.jsonl").read_bytes()
    with pytest.raises(InputError):
        prepare.prepare(settings(tmp_path / "out", {"path": str(tmp_path / "missing.jsonl")}))
    assert (tmp_path / "out" / "train.jsonl").read_bytes() == before


def test_the_idea_set_comes_without_its_held_out_topics(tmp_path: Path) -> None:
    from finetune import ideas

    source = {"name": "ideas", "tasks": ["refine"], "take": 300}
    prepare.prepare(settings(tmp_path / "out", source, splits={"train": None, "test": 0.2}, near_duplicates=None))
    prompts = [row["messages"][-2]["content"] for row in read(tmp_path / "out" / "train.jsonl")]
    lines = {line for text in prompts for line in text.splitlines() if line.startswith("Topic: ")}
    topics = {line.removeprefix("Topic: ") for line in lines}
    assert len(topics) > 50 and not any(ideas.is_held_out(topic) for topic in topics)


def test_a_data_set_as_the_hub_has_it(tmp_path: Path) -> None:
    """`load_dataset` takes a folder laid out as a hub repository the way it takes a name."""
    from finetune.rowdata import reading

    (tmp_path / "hub" / "data").mkdir(parents=True)
    write(tmp_path / "hub" / "data" / "train-00000.jsonl", [alpaca(n) for n in range(3)])
    found = list(reading.from_hub(str(tmp_path / "hub"), "train"))
    assert [row for _, row in found] == [alpaca(n) for n in range(3)] and found[2][0].endswith("row 3")
    with pytest.raises(InputError, match="cannot be read from the hub"):
        list(reading.from_hub(str(tmp_path / "hub"), "held_out"))
