"""Refine, review and versions on the command line; around the model, not of it."""

import json

import pytest

from workbench.store import Store

IDEA = "Homework supper — Two cooks serve 40 bowls at six."


@pytest.fixture
def idea(fake):
    store = Store(fake.folder / "workbench.db")
    board = store.create_board("How might we fill the library?")
    idea = store.add_idea(board.id, *IDEA.split(" — "))
    store.close()
    return idea


def asked(fake, *words):
    done = fake(*map(str, words), "--json")
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout)


def test_several_rewrites_come_with_their_changes_and_what_there_is_to_notice(fake):
    found = asked(fake, "refine", IDEA, "--topic", "Library", "--goal", "shorter", "--n", 2, "--seed", 1)
    one, other = found["rewrites"]
    assert found["refined"] == one["refined"] != other["refined"]
    assert one["changes"].startswith(IDEA.rstrip(".") + "{+, so that ") and one["longer"], "shorter was asked for"
    assert (one["lost"], one["unchanged"], one["drifted"]) == ([], False, False)
    again = asked(fake, "refine", IDEA, "--topic", "Library", "--goal", "shorter", "--n", 2, "--seed", 1)
    assert again["rewrites"] == found["rewrites"]


def test_a_rewrite_of_a_boards_idea_is_reviewed_and_becomes_a_version(fake, idea):
    found = asked(fake, "refine", "--of", idea.id, "--goal", "bolder")
    assert (found["topic"], found["idea"]) == ("How might we fill the library?", IDEA)
    number = found["rewrites"][0]["review"]

    open_ = asked(fake, "review", number)
    assert [each["decision"] for each in open_["decisions"]] == ["undecided"] and open_["result"] == IDEA
    assert asked(fake, "review", number, "--reject", "all")["decisions"][0]["decision"] == "rejected"
    kept = asked(fake, "review", number, "--accept", 1, "--keep")
    assert kept["version"] == 2 and kept["result"] == found["refined"]

    listed = asked(fake, "versions", idea.id, "--compare", 1, 2)
    assert listed["changes"] == found["rewrites"][0]["changes"]
    assert [each["now"] for each in listed["versions"]] == [False, True]
    assert asked(fake, "versions", idea.id, "--restore", 1)["versions"][0]["now"]


def test_a_rewrite_can_be_put_aside(fake, idea):
    number = asked(fake, "refine", "--of", idea.id, "--goal", "bolder")["rewrites"][0]["review"]
    asked(fake, "review", number, "--discard")
    store = Store(fake.folder / "workbench.db")
    assert store.generation(number).label == "dropped" and len(store.revisions(idea.id)) == 1


def test_text_for_people(fake, idea):
    lines = fake("refine", "--of", str(idea.id), "--goal", "bolder").stdout.decode()
    assert "{+, so that" in lines and "workbench review 1" in lines
    assert " 1. undecided" in fake("review", "1").stdout.decode()
    assert fake("versions", str(idea.id)).stdout.decode().startswith(f"1* {IDEA}")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["refine", IDEA, "--of", "1", "--goal", "bolder"], "given twice"),
        (["refine", "--goal", "bolder"], "Nothing was given"),
        (["refine", IDEA, "--topic", "L", "--goal", "bolder", "--n", "17"], "17 rewrites"),
        (["review", "1"], "no model answer with the number 1"),
        (["review", "1", "--accept", "one"], "no model answer"),
        (["versions", "1", "--restore", "9"], "There is no version 9"),
    ],
)
def test_a_wrong_word_gets_one_sentence(fake, idea, words, said):
    done = fake(*words)
    assert done.returncode == 1 and said in done.stderr.decode(), done.stderr.decode()
    assert "Traceback" not in done.stderr.decode()
