"""`python -m workbench rank`: duels on the terminal, the ranking as text and as JSON, the model's on the starter.

    python -m pytest tests/cli/test_rank.py
"""

import json

import pytest

from workbench.records import Judge, Outcome
from workbench.store import Store

QUESTION = "How might we waste less bread?"


@pytest.fixture
def fill(tmp_path):
    """Write a board with four ideas; return the store, to look at afterwards."""
    store = Store(tmp_path / "workbench.db")
    board = store.create_board(QUESTION)
    for title in ("Bread bus", "Crumb club", "Toast hour", "Crust coin"):
        store.add_idea(board.id, title, "A sentence.")
    yield store
    store.close()


def test_duels_are_asked_on_the_terminal_and_undone_there(fake, fill):
    done = fake("rank", "bread", "--duel", "--json", stdin=b"a\nz\nt\ns\nb\nq\n")
    assert done.returncode == 0, done.stderr.decode()
    assert [vote.outcome for vote in fill.votes()] == [Outcome.TIE, Outcome.SKIP, Outcome.RIGHT]
    assert "Undone: " in done.stderr.decode()
    record = json.loads(done.stdout)
    assert (record["board"], record["by"], record["duels"], record["ties"]) == (1, "person", 2, 1)
    assert [row["rank"] for row in record["ranking"]] == list(range(1, len(record["ranking"]) + 1))
    assert all(row["low"] <= row["score"] <= row["high"] for row in record["ranking"])


def test_the_end_of_a_pipe_ends_the_asking(fake, fill):
    assert fake("rank", "1", "--duel", stdin=b"a\n").returncode == 0
    assert len(fill.votes()) == 1


def test_people_get_lines(fake, fill):
    assert "No duels yet" in fake("rank", "1").stdout.decode()
    said = fake("rank", "1", "--duel", stdin=b"a\na\na\na\na\na\n").stdout.decode()
    assert "  1. " in said and "90 % intervals" in said


@pytest.mark.parametrize(("wanted", "said"), [("7", "no board with the number 7"), ("zebra", "0 boards have 'zebra'")])
def test_a_board_that_is_not_there_gets_one_sentence(fake, fill, wanted, said):
    done = fake("rank", wanted)
    assert (done.returncode, done.stdout) == (1, b"")
    assert said in done.stderr.decode()


@pytest.mark.model
def test_the_model_judges_every_pair_once(shell, fill):
    first, again = (json.loads(shell("rank", "1", "--by", "model", "--json").stdout) for _ in "ab")
    assert (first["by"], first["duels"], first["groups"]) == ("model", 6, 1)
    assert first == again
    assert len(fill.votes(judge=Judge.MODEL)) == 6
    assert first["position_bias"]["n"] == 12
