"""Figures and documents: medians over repeats, one row an answer, nothing that a spreadsheet would run."""

import csv
import io
import json
from dataclasses import replace

from tests.lab.compare.conftest import LIFE, SKY
from workbench.lab import compare
from workbench.lab.compare.figures import spread
from workbench.records import Judge, NewVote, Outcome, VoteKind


def timed(trial, seconds, finish="stop", text="one two three", first=0.5, tokens=11):
    answer = replace(trial.generation, seconds=seconds, first_token_s=first, tokens=tokens, text=text, finish=finish)
    return replace(trial, generation=answer, memory_bytes=44_000_000)


def trials_of(store, made, times):
    """Return the comparison's first trial again and again, as repeats with these times."""
    first = store.trials(made.id)[0]
    return [replace(timed(first, seconds, finish), repeat=at) for at, (seconds, finish) in enumerate(times)]


def test_medians_and_ranges_are_of_the_answers_that_ended(store, answered):
    made = answered({"one": ["a", "b"]})
    times = [(1.5, "stop"), (9.0, "stopped"), (2.5, "length"), (1.0, "stop"), (7.0, "failed")]
    found = compare.results(made, trials_of(store, made, times))
    cell = found.cells[0, 0]
    assert (cell.seconds.median, cell.seconds.low, cell.seconds.high, cell.seconds.n) == (1.5, 1.0, 2.5, 3)
    assert cell.words.median == 3 and cell.finishes == {"stop": 2, "stopped": 1, "length": 1, "failed": 1}
    (row,) = found.rows
    assert (row.answers, row.failed, row.memory_mb) == (3, 2, 44.0)
    assert (row.tokens_per_s.low, row.tokens_per_s.high) == (5.0, 20.0)  # ten tokens after the first
    assert found.cells[1, 0].seconds is None


def test_the_speed_of_a_word_or_two_is_not_given(store, answered):
    made = answered({"one": ["a", "b"]})
    short = timed(store.trials(made.id)[0], 1.0, tokens=3)
    assert compare.results(made, [short]).answers[0].tokens_per_s is None
    assert spread([None, None]) is None


def test_figures_are_said_with_the_digits_that_mean_something():
    told = [compare.number(value) for value in (None, 0.1234, 3, 12.345, 1234.5)]
    assert told == ["-", "0.12", "3", "12.3", "1,234"]
    assert compare.said(spread([1.0, 2.0, 4.0])) == "2 (1 to 4)" and compare.said(spread([2.0])) == "2"


def test_markdown_has_the_published_table_and_the_votes(store, answered):
    made = answered({"one|x": ["a", "b"], "two": ["c", "d"]})
    pair = compare.ballot(store, made.id).pairs.real[0]
    vote = {"kind": VoteKind.ANSWER, "left_id": pair.left.answer.id, "right_id": pair.right.answer.id}
    store.add_vote(NewVote(**vote, outcome=Outcome.LEFT, order_seed=1))
    store.add_votes([NewVote(**vote, outcome=Outcome.TIE, order_seed=1, judge=Judge.MODEL, judge_name="judge",
                             p_first=0.9, p_second=0.3)])  # fmt: skip
    text = compare.document(compare.ballot(store, made.id), "md")
    lines = text.splitlines()
    assert "| prompt | one\\|x: s | one\\|x: words | two: s | two: words |" in lines
    assert "| Sky? | - | 1 | - | 1 |" in lines
    assert "## Blind votes by people: 1" in lines and "## Blind votes by the judge judge: 1" in lines
    assert "Agreement with people: 0%" in text and "n = 1" in text
    tables = [line for line in lines if line.startswith("|")]
    assert all(line.endswith("|") for line in tables)


def test_csv_has_a_row_for_each_answer_and_no_formula(store, answered):
    made = answered({"one": ["=1+1", "b, and\nmore"], "two": ["c", "d"]})
    rows = list(csv.DictReader(io.StringIO(compare.document(compare.ballot(store, made.id), "csv"))))
    assert [(row["prompt"], row["model"]) for row in rows] == [
        ("Sky?", "one"), ("Sky?", "two"), ("Life?", "one"), ("Life?", "two"),
    ]  # fmt: skip
    assert [row["text"] for row in rows] == ["'=1+1", "c", "b, and\nmore", "d"]
    assert set(rows[0]) >= {"seed", "finish", "first_token_s", "tokens_per_s", "seconds", "prompt_tokens", "tokens",
                            "words", "memory_mb", "disturbed", "repeat"}  # fmt: skip


def test_json_has_everything_and_reads_back(store, answered):
    made = answered({"one": ["é 🎉", "b"], "two": ["é 🎉", "d"]}, prompts=(SKY, LIFE))
    record = json.loads(compare.document(compare.ballot(store, made.id), "json"))
    assert record["format"] == "workbench-comparison" and record["version"] == 1
    assert [answer["text"] for answer in record["answers"]] == ["é 🎉", "é 🎉", "b", "d"]
    assert record["pairs"] == {"real": 1, "unfinished": 0, "identical": 1, "same_model": 0}
    assert record["comparison"]["sampling"] == {"max_tokens": 9} and len(record["models"]) == 2


def test_json_names_no_folder_of_this_machine(store, plan, tiny):
    from workbench.records import Contender

    made = plan([Contender("tuned", str(tiny), str(tiny.parent / "loose.gguf"))])
    text = compare.document(compare.ballot(store, made.id), "json")
    assert str(tiny.parent) not in text and '"loose.gguf"' in text


def test_a_comparison_without_an_answer_is_a_document_too(store, plan):
    from workbench.records import Contender

    ballot = compare.ballot(store, plan([Contender("one", "one.gguf")]).id)
    assert "2 answers are still to come." in compare.document(ballot, "md")
    assert compare.document(ballot, "csv").count("\n") == 1
    assert json.loads(compare.document(ballot, "json"))["open"] == 2
