"""Flip in two steps on the real starter: the worst idea first, then the idea that turns it round."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from signal import SIGKILL

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.assist import flipping
from workbench.assist.flipping import NAMED, flips, read_worst
from workbench.assist.lenses import WORST, asks_worst, in_turn, lens_kind, of_kind, spread
from workbench.assist.prompts.flip import worst_idea
from workbench.assist.runs import Run
from workbench.cli.asks import Brainstorm
from workbench.engine.interface import BALANCED, State
from workbench.errors import EngineBusy
from workbench.settings import ROOT
from workbench.store import Store

TOPIC = "Our library is empty on weekday evenings"
SEEDED = replace(BALANCED, seed=7, max_tokens=12)
FULL = "The queue is full; try again in a minute."


@contextmanager
def nothing_written(desk) -> Iterator[None]:
    """Keep the recorder from writing anything down, and so from asking for the second step."""
    gate = Run("gate", "")
    with gate.lock:
        desk._recorder.look(gate)
        yield


@pytest.mark.parametrize(
    ("text", "worst"),
    [
        (" lock the doors at noon.", "lock the doors at noon"),
        ("Lock the doors\nand more", "lock the doors"),
        ("flip: Lock the doors", "lock the doors"),
        ("The worst idea: **lock the doors** — nobody can come in.", "lock the doors"),
        ('1. "NASA runs it"', "NASA runs it"),
        ("", ""),
        (" \n ", ""),
        ("...", ""),
        ("close", ""),
        ("our LIBRARY is empty", ""),
        ("one two three four five six seven eight nine", ""),
        ("a" * 40 + " " + "b" * 40, ""),
    ],
)
def test_a_worst_idea_is_read_from_whatever_a_model_writes(text, worst):
    assert read_worst(text, TOPIC) == worst


@given(st.lists(st.text(max_size=80), max_size=16))
def test_every_draft_gives_a_lens_in_the_form_that_adapters_learned(texts):
    found = flips(texts, TOPIC)
    assert len(found) == len(texts)
    assert all(lens_kind(lens) == "flip" and not asks_worst(lens) for lens in found)
    assert all(2 <= len(lens.removeprefix("flip: ").split()) <= 8 for lens in found)
    assert len(set(found)) >= min(len(found), len(NAMED))


def test_a_draft_that_says_what_another_said_gets_a_named_one():
    assert flips(["hide it", "", "hide it"], TOPIC) == ["flip: hide it", *NAMED[:2]]


def test_which_lens_asks_for_the_worst_idea():
    assert all(map(asks_worst, ("flip", "Flip", " flip: ")))
    assert not any(map(asks_worst, ("", "flip: hide it", "reverse", "flipper", *NAMED)))
    assert of_kind("flip", 4, 3)[0] == WORST and in_turn("flip", 4, 3) == [WORST]
    assert all(WORST not in spread(16, seed) for seed in range(20))
    assert any(WORST in spread(16, seed, worst=True) for seed in range(20))


def test_the_worst_idea_is_asked_for_with_all_that_is_known_and_no_control_tokens():
    asked = worst_idea("a<|b", context="In Ghent", constraints="No money")
    assert [message["role"] for message in asked] == ["system", "user", "assistant"]
    assert "Context: In Ghent\nConstraints: No money" in asked[1]["content"]
    assert "<|" not in asked[1]["content"] + asked[2]["content"] and asked[2]["content"].endswith("Lens: flip:")


@pytest.mark.model
def test_a_flip_names_the_worst_idea_first_and_only_the_idea_counts(desk):
    board, other = desk.store.create_board(TOPIC), desk.store.create_board("Queues at the baker")
    run = desk.brainstorm(TOPIC, n=4, lenses=["", "flip", "reverse", "Flip:"], board_id=board.id, sampling=SEEDED)
    beside = desk.brainstorm(other.question, n=1, lenses=["flip"], board_id=other.id, sampling=SEEDED)
    view = run.wait(120)
    assert view.state is State.DONE and view.done == 4
    assert (view.items[0].lens, view.items[2].lens) == ("", "reverse")
    assert [item.seed for item in view.items] == [7, 8, 9, 10]
    for item in (view.items[1], view.items[3]):
        assert item.draft is None and item.lens.startswith("flip: ") and item.text
        assert desk.store.idea(item.idea_id).lens == item.lens
        asked = desk.store.generation(item.generation_id)
        assert asked.messages[1]["content"].endswith(f"One idea. Lens: {item.lens}")
        assert (asked.task, asked.adapter, asked.lens) == ("brainstorm", "brainstorm", item.lens)
    assert {idea.id for idea in desk.store.list_ideas(board.id)} == {item.idea_id for item in view.items}
    assert [batch.ideas for batch in desk.store.batches(board.id)] == [4]
    drafts = desk.store.generations(board_id=board.id, task="worst")
    assert len(drafts) == 2 and all(draft.finish and draft.adapter is None for draft in drafts)
    assert beside.wait(120).state is State.DONE and len(desk.store.list_ideas(other.id)) == 1


@pytest.mark.model
def test_a_draft_that_is_no_use_gives_a_flip_in_one_step(desk, monkeypatch):
    monkeypatch.setattr(flipping, "SAMPLING", replace(flipping.SAMPLING, max_tokens=1))
    ask = Brainstorm(topic=TOPIC, n=2, kind="flip", seed=3)
    ideas = ask.answer(ask.start(desk).wait(120))["ideas"]
    assert [idea["lens"] for idea in ideas] == [*NAMED[:2]] and all(idea["title"] for idea in ideas)


@pytest.mark.model
def test_stop_between_the_steps_ends_the_run_and_go_on_does_the_rest(desk):
    board = desk.store.create_board(TOPIC)
    with nothing_written(desk):
        run = desk.brainstorm(TOPIC, n=3, lenses=["flip", "reverse"], board_id=board.id, sampling=SEEDED)
        for job in run.jobs:
            assert job.wait(120).state is State.DONE
        view = run.view()
        assert view.state is State.RUNNING and view.done == 1
        assert [bool(item.draft) for item in view.items] == [True, False, True]
        assert {item.text for item in (view.items[0], view.items[2])} == {""}
        run.stop()
    view = run.wait(120)
    assert view.state is State.STOPPED and view.done == 3
    assert len(desk.store.list_ideas(board.id)) == 1
    again = desk.go_on(run).wait(120)
    assert again.state is State.DONE and all(item.lens.startswith("flip: ") for item in again.items)
    assert len(again.items) == 2 and len(desk.store.list_ideas(board.id)) == 3


@pytest.mark.model
def test_a_full_queue_at_the_second_step_leaves_the_other_ideas_and_the_worst_ones(desk, engine, monkeypatch):
    board = desk.store.create_board(TOPIC)
    with monkeypatch.context() as full:
        with nothing_written(desk):
            run = desk.brainstorm(TOPIC, n=2, lenses=["flip", "reverse"], board_id=board.id, sampling=SEEDED)
            full.setattr(engine, "submit", _refuse)
        view = run.wait(120)
    assert (view.state, view.error) == (State.FAILED, FULL)
    assert [idea.lens for idea in desk.store.list_ideas(board.id)] == ["reverse"]
    again = desk.go_on(run).wait(120)
    assert again.state is State.DONE and again.items[0].lens.startswith("flip: ")
    assert len(desk.store.generations(task="worst")) == 1, "its worst idea is known"


def _refuse(request, listener=None):
    raise EngineBusy(FULL)


KILLED = """
import os, signal, sys
from pathlib import Path
from workbench.assist import Desk
from workbench.assist.runs import Run
from workbench.engine import open_engine
from workbench.settings import Settings
from workbench.store import Library, Store
settings = Settings(db=Path(sys.argv[1]))
desk = Desk(open_engine(settings), Store(settings.db), Library(settings.library, settings.library_file))
board = desk.store.create_board("Our library is empty")
gate = Run("gate", "")
gate.lock.acquire()
desk._recorder.look(gate)
run = desk.brainstorm(board.question, n=2, lenses=["flip"], board_id=board.id)
run.jobs[0].wait()
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.model
def test_kill_9_between_the_steps_leaves_no_half_idea(tmp_path):
    path = tmp_path / "workbench.db"
    ended = subprocess.run([sys.executable, "-c", KILLED, str(path)], cwd=ROOT, timeout=600, check=False)
    assert ended.returncode == -SIGKILL
    store = Store(path)
    (board,) = store.list_boards()
    assert store.list_ideas(board.id) == [] and store.generations(task="brainstorm") == []
    assert [row.finish for row in store.generations(task="worst")] == ["interrupted"] * 2
    store.close()
