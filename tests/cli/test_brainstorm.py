"""What the brainstorm command takes beside a topic, around the fake engine."""

import json

import pytest

from workbench.store import Store

TOPIC = "How might we waste less bread?"


def record(fake, *words, env=None):
    done = fake("brainstorm", TOPIC, "--seed", "3", "--json", *words, env=env)
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout)


@pytest.fixture
def store(fake):
    store = Store(fake.folder / "workbench.db")
    yield store
    store.close()


def test_lenses_of_one_kind(fake):
    assert [idea["lens"] for idea in record(fake, "--kind", "scamper", "--n", "3")["ideas"]] == [
        "substitute", "combine", "adapt"
    ]  # fmt: skip
    assert record(fake, "--kind", "persona", "--n", "1")["ideas"][0]["lens"] == "persona: baker"
    done = fake("brainstorm", TOPIC, "--kind", "colour")
    assert (done.returncode, done.stderr.count(b"\n")) == (1, 1)
    assert b"no lens of the kind 'colour'" in done.stderr


def test_a_lens_from_a_file_is_used(fake):
    path = fake.folder / "mine.json"
    path.write_text('[{"name": "Quiet", "instruction": "It makes no sound."}]')
    env = {"WORKBENCH_LENSES": str(path)}
    (idea,) = record(fake, "--kind", "own", "--n", "1", env=env)["ideas"]
    assert idea["lens"] == "Quiet: It makes no sound."
    rows = json.loads(fake("lenses", "--json", env=env).stdout)["lenses"]
    assert rows[0]["source"] == "mine.json"


def test_dimensions_make_an_idea_for_each_combination(fake):
    found = record(fake, "--dimension", "Who=pupils, nurses", "--dimension", "When=at night,at noon", "--n", "3")
    assert [idea["lens"] for idea in found["ideas"]] == [
        "who: pupils; when: at night", "who: nurses; when: at noon", "who: pupils; when: at noon"
    ]  # fmt: skip
    (line,) = fake.lines("brainstorm", rows=[{"topic": TOPIC, "dimensions": {"Who": ["a", "b"]}}])
    assert [idea["lens"] for idea in line["ideas"]] == ["who: a", "who: b"]


def test_a_board_s_own_grid_is_filled_cell_by_cell(fake, store):
    board = store.create_board(TOPIC)
    there = ("--board", str(board.id))
    record(fake, *there, "--dimension", "Who=pupils,nurses", "--dimension", "When=at noon,at night", "--n", "3")
    assert [each.name for each in store.board(board.id).dimensions] == ["Who", "When"]
    filled = {idea.cell for idea in store.list_ideas(board.id) if idea.folded_into is None}
    assert filled <= {(1, 3), (2, 4), (1, 4), (2, 3)}
    found = record(fake, *there, "--grid")
    assert len(found["ideas"]) == 4 - len(filled)
    seed = 10
    while len({idea.cell for idea in store.list_ideas(board.id) if idea.folded_into is None}) < 4:
        seed += 10  # another one, or the same ideas come and are folded
        assert seed < 200
        record(fake, *there, "--grid", "--seed", str(seed))
    done = fake("brainstorm", TOPIC, *there, "--grid")
    assert (done.returncode, done.stderr.count(b"\n")) == (1, 1)


def test_audience_and_stimulus_reach_the_prompt(fake, store):
    record(fake, "--audience", "night workers", "--stimulus", "far", "--n", "1")
    (row,) = store.generations()
    assert "It is for night workers" in row.messages[1]["content"]
    assert row.messages[1]["content"].startswith("Idea from elsewhere: ")


def test_ideas_go_to_a_board_and_repeats_are_folded(fake, store):
    board = store.create_board(TOPIC)
    for _ in range(2):
        assert record(fake, "--board", str(board.id), "--n", "2", "--lens", "reverse")["different"] == 2
    assert sum(idea.folded_into is None for idea in store.list_ideas(board.id)) == 2
    assert len(store.list_ideas(board.id)) == 4
    assert fake("brainstorm", TOPIC, "--board", "99").returncode == 1


def test_questions_and_dimensions_are_asked_for(fake):
    found = record(fake, "--ask", "questions")
    assert len(found["patterns"]) == 5 and found["questions"] == []
    dimensions = record(fake, "--ask", "dimensions", "--audience", "pupils")["dimensions"]
    assert dimensions[0] == {
        "name": "For whom", "values": ["pupils", "newcomers", "regulars", "children"], "source": "words"
    }  # fmt: skip
    done = fake("brainstorm", TOPIC, "--ask", "questions")
    assert b"[pattern] How might we" in done.stdout


def test_lenses_lists_kinds_and_what_fits(fake):
    done = fake("lenses", TOPIC)
    assert b"SCAMPER: substitute, combine" in done.stdout and b"Fit for this topic: persona: baker" in done.stdout
