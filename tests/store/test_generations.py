"""Generations: written down from the moment they are asked for, and found again after a crash."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from workbench.errors import InputError, NotFound
from workbench.records import Board, Generation
from workbench.store import Store
from workbench.store.process import is_alive, start_time, this_process

AT_WORK = """
import sys, pathlib
from workbench.store import Store
store = Store(pathlib.Path(sys.argv[1]))
board = store.create_board("How?")
gid = store.start_generation(job_id="j", task="brainstorm", messages=[], model="m", model_sha256="", adapter=None,
    adapter_sha256=None, sampling={}, seed=0, board_id=board.id)
store.update_generation(gid, text="Night desk — Two librarians", tokens=6)
print(gid, flush=True)
sys.stdin.read()
"""


def test_a_completion_is_a_row_from_the_start_and_keeps_what_it_was_asked(
    store: Store, board: Board, ask: Callable[..., int]
) -> None:
    gid = ask(board_id=board.id, lens="flip", adapter="brainstorm", adapter_sha256="cd")
    started = store.generation(gid)
    assert started == Generation(
        id=gid, job_id="j1", task="brainstorm", messages=[{"role": "user", "content": "Topic: é 🎉"}], model="starter",
        model_sha256="ab" * 32, adapter="brainstorm", adapter_sha256="cd", sampling={"temperature": 0.8}, seed=7,
        board_id=board.id, lens="flip", created=started.created,
    )  # fmt: skip
    store.update_generation(gid, text="Night", tokens=1)
    assert (store.generation(gid).text, store.generation(gid).finish) == ("Night", None)
    store.finish_generation(
        gid, text="Night desk", prompt_tokens=30, tokens=2, first_token_s=0.1, seconds=0.5, finish="stop"
    )
    ended = store.generation(gid)
    assert (ended.text, ended.prompt_tokens, ended.tokens) == ("Night desk", 30, 2)
    assert (ended.first_token_s, ended.seconds, ended.finish, ended.error) == (0.1, 0.5, "stop", None)


def test_completions_are_listed_newest_first_by_what_they_belong_to(
    store: Store, board: Board, ask: Callable[..., int]
) -> None:
    idea = store.add_idea(board.id, "Night desk")
    first, second, third = ask(board_id=board.id), ask(task="refine", idea_id=idea.id), ask(board_id=board.id)
    store.label_generation(third, "dropped")
    assert [each.id for each in store.generations()] == [third, second, first]
    assert [each.id for each in store.generations(board_id=board.id)] == [third, first]
    assert [each.id for each in store.generations(idea_id=idea.id, task="refine")] == [second]
    assert [each.id for each in store.generations(unlabelled=True)] == [second, first]
    assert [each.id for each in store.generations(limit=1)] == [third]
    store.label_generation(third, None)
    assert len(store.generations(unlabelled=True)) == 3


def test_an_unknown_row_or_label_is_refused(store: Store, ask: Callable[..., int]) -> None:
    with pytest.raises(InputError, match="kept or dropped"):
        store.label_generation(ask(), "meh")
    for call in (lambda: store.generation(9), lambda: store.update_generation(9, text="", tokens=0)):
        with pytest.raises(NotFound, match="no model answer with the number 9"):
            call()
    with pytest.raises(NotFound, match="no board"):
        ask(board_id=9)


def test_a_killed_process_leaves_its_partial_text_marked_interrupted(
    path: Path, python: Callable[..., subprocess.Popen[str]]
) -> None:
    worker = python(AT_WORK, path)
    assert worker.stdout is not None
    gid = int(worker.stdout.readline())
    worker.kill()  # SIGKILL: no chance to tidy up
    worker.wait()
    store = Store(path)
    row = store.generation(gid)
    assert (row.finish, row.text, row.tokens) == ("interrupted", "Night desk — Two librarians", 6)
    assert len(store.list_boards()) == 1
    store.close()


def test_a_process_at_work_keeps_its_rows(path: Path, python: Callable[..., subprocess.Popen[str]]) -> None:
    worker = python(AT_WORK, path)
    assert worker.stdout is not None
    gid = int(worker.stdout.readline())
    store = Store(path)
    own = store.start_generation(
        job_id="k", task="refine", messages=[], model="m", model_sha256="", adapter=None, adapter_sha256=None,
        sampling={}, seed=0,
    )  # fmt: skip
    again = Store(path)
    assert (again.generation(gid).finish, again.generation(own).finish) == (None, None)
    worker.kill()
    worker.wait()
    assert Store(path).generation(gid).finish == "interrupted"


def test_a_process_is_known_by_its_start_time_not_by_its_number_alone() -> None:
    pid, started = this_process()
    assert pid == os.getpid()
    assert is_alive(pid, started)
    assert not is_alive(pid, "another time")
    assert start_time(2**22 + 1) is None  # beyond the largest pid


def test_an_ended_child_that_nobody_waited_for_counts_as_dead() -> None:
    child = subprocess.Popen(["sleep", "60"])
    started = start_time(child.pid)
    assert started is not None and is_alive(child.pid, started)
    child.kill()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)  # dead, but still in the process table
    assert not is_alive(child.pid, started)
    child.wait()


def test_discarding_rewrites_is_undone_several_at_once(store: Store, board: Board, ask: Callable[..., int]) -> None:
    idea = store.add_idea(board.id, "Night desk")
    both = [ask(task="refine", board_id=board.id, idea_id=idea.id) for _ in range(2)]
    with store.as_one("discarding of 2 rewrites"):
        for each in both:
            store.label_generation(each, "dropped")
    store.label_generation(both[0], None)
    assert store.undo(board.id) == "Undone: bringing back of a rewrite"
    assert [store.generation(each).label for each in both] == ["dropped"] * 2
    assert store.undo(board.id) == "Undone: discarding of 2 rewrites"
    assert [store.generation(each).label for each in both] == [None] * 2
    assert store.redo(board.id) == "Redone: discarding of 2 rewrites"
    assert [store.generation(each).label for each in both] == ["dropped"] * 2


def test_the_same_mark_again_and_one_on_an_answer_without_a_board_are_no_actions(
    store: Store, board: Board, ask: Callable[..., int]
) -> None:
    store.label_generation(ask(), "dropped")
    cut = ask(board_id=board.id)
    store.label_generation(cut, "dropped")
    store.label_generation(cut, "dropped")
    assert store.undo(board.id) == "Undone: discarding of a text that was cut off"
    assert store.undo(board.id) is None and store.generation(cut).label is None
