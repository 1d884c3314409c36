"""Boards to files and back, as a shell does it."""

import json

import pytest

from workbench.records import Status
from workbench.store import Store


@pytest.fixture
def board(tmp_path):
    store = Store(tmp_path / "workbench.db")
    board = store.create_board("Why is the bread stale?", context="a village")
    parent = store.add_idea(board.id, "Bread bus", "The baker\ndrives round.", tags=["cheap"])
    store.add_idea(board.id, "=Toast", parent_id=parent.id, status=Status.DROPPED)
    store.close()
    return board.id


@pytest.mark.parametrize("kind", ["json", "csv", "opml"])
def test_a_board_goes_out_to_a_file_and_comes_back_as_a_new_one(fake, board, tmp_path, kind):
    file = tmp_path / f"out.{kind}"
    done = fake("export", str(board), "--format", kind, "--out", str(file))
    assert done.returncode == 0, done.stderr.decode()
    assert done.stdout.decode() == f"2 ideas written to {file}.\n"
    done = fake("import", str(file), "--json")
    assert json.loads(done.stdout) == {"board": 2, "imported": 2, "left_out": 0}
    store = Store(tmp_path / "workbench.db")
    toast, bread = store.list_ideas(2, statuses=list(Status))
    assert (bread.title, bread.body, bread.tags) == ("Bread bus", "The baker\ndrives round.", ("cheap",))
    assert (toast.title, toast.status, toast.parent_id) == ("=Toast", Status.DROPPED, bread.id)
    assert store.board(2).question == ("out" if kind == "csv" else "Why is the bread stale?")
    assert store.undo(2) == "Undone: import of 2 ideas"
    assert store.list_ideas(2, statuses=list(Status)) == []
    store.close()


def test_standard_output_holds_the_file_and_nothing_else(fake, board):
    done = fake("export", str(board), "--format", "md")
    assert done.stdout.decode().startswith("# Why is the bread stale?\n\n**Context:** a village\n")


def test_ideas_that_the_board_has_stay_out_unless_asked_for(fake, board, tmp_path):
    (tmp_path / "more.txt").write_text("- Bread bus — The baker drives round.\n- Crumb day — Hens eat the rest.\n")
    again = ["import", str(tmp_path / "more.txt"), "--board", str(board)]
    assert fake(*again).stdout.decode() == "1 idea is now on board 1; 1 that the board already has stayed out.\n"
    assert json.loads(fake(*again, "--with-repeats", "--json").stdout)["imported"] == 2


def test_what_cannot_be_done_gets_one_sentence_and_changes_nothing(fake, board, tmp_path):
    (tmp_path / "bad.csv").write_text("title,status\nA,kept\nB,done\n")
    for words, sentence in {
        ("export", "7"): "There is no board with the number 7. There are: 1 “Why is the bread stale?”.",
        ("import", str(tmp_path / "bad.csv")): "Line 3: status (it says 'done')",
        ("import", str(tmp_path / "none.csv")): "cannot be read",
        ("export", "1", "--out", str(tmp_path / "no" / "x.json")): "cannot be written",
    }.items():
        done = fake(*words)
        assert (done.returncode, done.stdout) == (1, b"")
        assert sentence in done.stderr.decode() and done.stderr.decode().count("\n") == 1
    store = Store(tmp_path / "workbench.db")
    assert [each.id for each in store.list_boards()] == [board]
    store.close()


def test_the_opposite_and_two_combined_are_put_on_the_board_with_their_parents(fake, board, tmp_path):
    opposite = json.loads(fake("opposite", "1", "--n", "2", "--json").stdout)
    combined = json.loads(fake("combine", "1", "2", "--n", "2", "--json").stdout)
    assert (opposite["of"], combined["of"], len(opposite["ideas"]), len(combined["ideas"])) == ([1], [1, 2], 2, 2)
    assert "cannot be combined with itself" in fake("combine", "1", "1").stderr.decode()
    store = Store(tmp_path / "workbench.db")
    made = [store.idea(row["id"]) for row in opposite["ideas"] + combined["ideas"]]
    assert [(idea.parent_id, idea.second_parent_id) for idea in made] == [(1, None)] * 2 + [(1, 2)] * 2
    assert made[0].title == opposite["ideas"][0]["title"]
    store.close()


def test_ideas_are_carried_over_to_another_board_or_a_new_question(fake, board, tmp_path):
    store = Store(tmp_path / "workbench.db")
    other = store.create_board("How do pupils get home?")
    done = fake("carry", "1", "2", "--to", str(other.id), "--n", "2", "--seed", "5", "--json")
    record = json.loads(done.stdout)
    assert (record["of"], record["board"], len(record["ideas"])) == ([1, 2], other.id, 4), done.stderr.decode()
    made = [store.idea(row["id"]) for row in record["ideas"]]
    assert {(idea.board_id, idea.status, idea.parent_id) for idea in made} == {(other.id, Status.NEW, None)}
    assert [idea.lens for idea in made] == ["carried over from: Bread bus"] * 2 + ["carried over from: =Toast"] * 2
    assert made[0].stimulus == "Bread bus — The baker drives round." and made[3].stimulus == "=Toast"
    words = fake("carry", "--idea", "Night bus — It waits at ten.", "--question", "Who feeds the hens?")
    new = store.list_boards()[0]
    (idea,) = store.list_ideas(new.id)
    assert (new.question, idea.lens) == ("Who feeds the hens?", "carried over from: Night bus")
    assert words.stdout.decode().startswith(f"{idea.id:>5}  {idea.title}")
    store.close()


def test_what_cannot_be_carried_over_makes_no_board(fake, board, tmp_path):
    for words, sentence in {
        ("1", "--to", "1"): "“Bread bus” is for this very question",
        ("9", "--question", "Why?"): "no idea with the number 9",
        ("1", "--question", " "): "needs a question",
        ("1", "--question", "Why?", "--n", "0"): "1 to 64",
        ("1", "--question", "Why?", "--idea", "A bus"): "one of the two",
        ("--question", "Why?"): "one of the two",
    }.items():
        done = fake("carry", *words)
        assert (done.returncode, done.stdout) == (1, b"")
        assert sentence in done.stderr.decode() and done.stderr.decode().count("\n") == 1
    store = Store(tmp_path / "workbench.db")
    assert [each.id for each in store.list_boards()] == [board]
    store.close()


def test_the_map_of_a_board_names_its_groups(fake, tmp_path):
    store = Store(tmp_path / "workbench.db")
    board = store.create_board("Why?")
    for number in range(12):
        store.add_idea(board.id, ("Soup supper lentils", "Lamp desk evening")[number % 2], f"{number}")
    store.close()
    found = json.loads(fake("map", "1", "--json").stdout)
    assert sorted(found["idea_ids"]) == list(range(1, 13))
    said = fake("map", "1").stdout.decode()
    assert "soup" in said and "lamp" in said and "Lamp desk evening" in said
    assert "There is no board" in fake("map", "9").stderr.decode()


def test_a_boards_ideas_are_judged_once(fake, board):
    done = fake("judge", str(board), "--json")
    assert done.returncode == 0, done.stderr.decode()
    (idea,) = json.loads(done.stdout)["ideas"]  # the dropped one is left alone
    assert idea["title"] == "Bread bus" and set(idea["scores"]) == set(idea["intervals"]) and len(idea["scores"]) == 4
    again = json.loads(fake("judge", str(board), "--json").stdout)["ideas"]
    assert again == [idea]  # nothing was asked anew
    assert "Bread bus" in fake("judge", str(board)).stdout.decode()
