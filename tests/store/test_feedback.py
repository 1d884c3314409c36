"""Feedback: one row for each answer and person, undone, edited, and forgotten for good."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from workbench.errors import InputError
from workbench.records import Board, Judge, NewVote, Origin, Outcome, Said, Status, Thumb
from workbench.store import Store
from workbench.store.migrations import MIGRATIONS

UP = Said(Thumb.UP, ("surprising",), "I would go there.")


def test_what_a_person_says_is_kept_with_the_answer_its_idea_and_its_wording(store: Store, board: Board, ask) -> None:
    gid = ask(board_id=board.id, adapter="brainstorm", adapter_sha256="cd" * 32, prompts_version=2)
    idea = store.add_idea(board.id, "Night desk", "A nurse answers.", origin=Origin.MODEL, generation_id=gid)
    store.give_feedback(gid, "Ada", UP)
    (row,) = store.feedback()
    assert row.said == UP == store.said_about(gid, "Ada")
    assert (row.person, row.task, row.model, row.adapter, row.prompts_version) == (
        "Ada", "brainstorm", "starter", "brainstorm", 2)  # fmt: skip
    assert (row.idea_id, row.revision_id, row.question) == (idea.id, idea.revision_id, board.question)
    assert store.idea(idea.id).status is Status.KEPT
    store.give_feedback(gid, "Ada", Said(Thumb.DOWN))
    assert store.idea(idea.id).status is Status.KEPT, "a thumb decides nothing"
    assert store.generation(gid).label == "kept"


def test_two_people_speak_for_themselves_and_no_name_is_me(store: Store, board: Board, ask) -> None:
    gid = ask(board_id=board.id)
    store.give_feedback(gid, "  Ada ", UP)
    store.give_feedback(gid, "", Said(Thumb.DOWN))
    assert {row.person: row.said.thumb for row in store.feedback(gid)} == {"Ada": Thumb.UP, "me": Thumb.DOWN}


def test_undo_takes_back_one_step_and_redo_brings_it_again(store: Store, board: Board, ask) -> None:
    gid = ask(board_id=board.id)
    store.give_feedback(gid, "me", UP)
    store.give_feedback(gid, "me", Said(Thumb.DOWN, ("vague",)))
    store.undo(board.id)
    assert store.said_about(gid, "me") == UP
    assert store.undo(board.id) == "Undone: your feedback on an answer"
    assert store.feedback() == [] and store.said_about(gid, "me") == Said()
    store.redo(board.id)
    store.redo(board.id)
    assert store.said_about(gid, "me") == Said(Thumb.DOWN, ("vague",))


def test_saying_the_same_again_is_no_action_and_saying_nothing_takes_it_away(store: Store, board: Board, ask) -> None:
    gid = ask(board_id=board.id)
    store.give_feedback(gid, "me", Said())
    assert store.undo(board.id) is None
    store.give_feedback(gid, "me", UP)
    store.give_feedback(gid, "me", UP)
    store.change_feedback(store.feedback()[0].id, Said(comment="  "))
    assert store.feedback() == []
    store.undo(board.id)
    assert store.said_about(gid, "me") == UP
    store.undo(board.id)
    assert store.undo(board.id) is None


def test_an_answer_without_a_board_can_be_spoken_about(store: Store, ask) -> None:
    gid = ask()
    store.give_feedback(gid, "me", Said(corrected="Better."))
    assert store.feedback(gid)[0].said.corrected == "Better."


def test_a_rewrites_feedback_is_about_the_idea_that_was_rewritten(store: Store, board: Board, ask) -> None:
    idea = store.add_idea(board.id, "Night desk")
    gid = ask(task="refine", board_id=board.id, idea_id=idea.id)
    store.give_feedback(gid, "me", UP)
    assert store.feedback()[0].idea_id == idea.id


def test_a_text_too_long_for_anyone_to_read_is_refused(store: Store, ask) -> None:
    gid = ask()
    with pytest.raises(InputError, match="20,000 characters"):
        store.give_feedback(gid, "me", Said(comment="x" * 20_001))
    assert store.feedback() == []


def test_boards_are_put_into_groups_of_topics_and_taken_out(store: Store, board: Board, ask) -> None:
    store.set_topic_group(board.id, " Public   places ")
    store.give_feedback(ask(board_id=board.id), "me", UP)
    assert store.topic_groups() == {board.id: "Public places"} and store.feedback()[0].topic_group == "Public places"
    store.set_topic_group(board.id, "")
    assert store.topic_groups() == {}


def test_a_forgotten_person_is_gone_from_the_bytes_of_the_file(store: Store, board: Board, ask, path: Path) -> None:
    gid, other = ask(board_id=board.id), ask(board_id=board.id)
    idea = store.add_idea(board.id, "Night desk", owner="Zenobia")
    second = store.add_idea(board.id, "Soup")
    store.give_feedback(gid, "Zenobia", Said(Thumb.DOWN, comment="quixotically vague", corrected="A zeppelin answers."))
    store.give_feedback(gid, "Zenobia", Said(Thumb.UP, comment="perspicaciously good"))
    store.give_feedback(other, "me", UP)
    vote = {"left_id": idea.id, "right_id": second.id, "outcome": Outcome.LEFT, "board_id": board.id}
    store.add_vote(NewVote(**vote, order_seed=1, judge_name="Zenobia", reason="xylophonic"))
    store.add_vote(NewVote(**vote, order_seed=2))
    words = (b"Zenobia", b"quixotically", b"zeppelin", b"perspicaciously", b"xylophonic")
    assert all(word in everything(path) for word in words)

    assert store.people() == {"Zenobia": (1, 1), "me": (1, 1)}
    gone = store.forget_person("Zenobia")
    assert (gone.feedback, gone.votes, gone.ideas, gone.whole, gone.copies) == (1, 1, 1, True, ())
    assert [word for word in words if word in everything(path)] == []
    assert store.people() == {"me": (1, 1)} and store.said_about(other, "me") == UP
    assert store.idea(idea.id).title == "Night desk" and store.idea(idea.id).owner == ""
    assert [each.judge for each in store.votes(board_id=board.id)] == [Judge.PERSON]
    while store.undo(board.id):  # what is left of the log still fits together
        pass
    while store.redo(board.id):
        pass
    assert store.said_about(other, "me") == UP


def test_forgetting_says_when_another_program_keeps_the_words(store: Store, board: Board, ask, path: Path) -> None:
    store.give_feedback(ask(board_id=board.id), "Zenobia", UP)
    with closing(sqlite3.connect(path, isolation_level=None)) as reader:
        reader.execute("begin")
        reader.execute("select * from feedback").fetchall()  # a read that goes on holds the log back
        store._db.conn.execute("pragma busy_timeout = 100")
        assert not store.forget_person("Zenobia").whole
    assert store.people() == {}
    assert store.forget_person("Zenobia").whole and b"Zenobia" not in everything(path)


def test_copies_from_before_an_update_are_named(store: Store, path: Path) -> None:
    path.with_name("workbench-20260101-000000.before-m014.db").write_bytes(b"")
    assert store.forget_person("Zenobia").copies == ("workbench-20260101-000000.before-m014.db",)


def test_an_earlier_judgement_finds_the_answer_it_came_from(path: Path) -> None:
    from sqlite_utils import Database

    with closing(sqlite3.connect(path)) as conn:
        db = Database(conn)
        MIGRATIONS.apply(db, stop_before="m014_feedback")
        db.execute("insert into boards (id, question, created) values (1, 'How?', '')")
        idea = "insert into ideas (id, board_id, status, origin, created, updated)"
        db.execute(f"{idea} values (1, 1, 'kept', 'person', '', '')")
        for number, text in ((7, '[[0.5]]'), (8, "Strength: Warm soup.\nRisk: Cost.\nNext step: Ask.")):
            db.execute(
                "insert into generations (id, job_id, task, idea_id, messages, model, model_sha256, sampling, seed,"
                " text, pid, process, created) values (?, 'j', 'evaluate', 1, '[]', 'm', '', '{}', 1, ?, 1, '', '')",
                [number, text],
            )  # fmt: skip
        for strength in ("Warm soup.", ""):
            db.execute(
                "insert into evaluations (idea_id, checks, scores, strength, rubric, created)"
                """ values (1, '[]', '{}', ?, '{"name": "", "checks": []}', '')""", [strength],
            )  # fmt: skip
        conn.commit()
    store = Store(path)
    assert [each.generation_id for each in store.evaluations(1)] == [None, 8]
    store.close()


def everything(path: Path) -> bytes:
    """Return the bytes of the database and of its log."""
    return b"".join(file.read_bytes() for file in path.parent.glob(f"{path.name}*"))

