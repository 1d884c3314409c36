"""Refine on the real starter: several rewrites side by side, and one that goes on where it was cut off."""

from dataclasses import replace

import pytest

from workbench.engine.interface import FOCUSED, Finish, State
from workbench.errors import InputError

TOPIC = "How might we bring people into the library on weekday evenings?"
LINE = "Homework supper — Two librarians serve soup at six on Tuesdays."

pytestmark = pytest.mark.model


@pytest.fixture
def idea(desk):
    board = desk.store.create_board(TOPIC)
    return desk.store.add_idea(board.id, *LINE.split(" — "))


def test_several_rewrites_differ_in_seed_and_in_freedom(desk, idea):
    run = desk.refine(TOPIC, LINE, "cheaper", idea_id=idea.id, board_id=idea.board_id, n=3)
    view = run.wait(120)
    assert view.state is State.DONE and len({item.text for item in view.items}) == 3
    rows = [desk.store.generation(item.generation_id) for item in view.items]
    assert len({row.seed for row in rows}) == 3 and [row.seed for row in rows] == [item.seed for item in view.items]
    assert len({row.sampling["temperature"] for row in rows}) == 2, "one careful, two freer"


def test_the_same_seed_gives_the_same_rewrites(desk):
    seven = replace(FOCUSED, seed=7)
    runs = [desk.refine(TOPIC, LINE, "bolder", n=2, sampling=seven).wait(120) for _ in range(3)]
    _, first, again = ([item.text for item in view.items] for view in runs)  # a cold prompt rounds otherwise
    assert first == again and first[0] != first[1]


def test_a_stopped_rewrite_goes_on_after_its_last_word(desk, idea, engine, monkeypatch):
    submit = engine.submit

    def stopped_at_four(request, listener):
        """Stop it on the engine's own thread: no machine is so busy that it ends before."""

        def heard(job):
            if job.view().sequences[0].tokens >= 4:
                job.stop()
            listener(job)

        return submit(request, heard)

    with monkeypatch.context() as patched:
        patched.setattr("workbench.engine.progress.GROWTH_INTERVAL", 0.0)
        patched.setattr(engine, "submit", stopped_at_four)
        (cut,) = desk.refine(TOPIC, LINE, "clearer", idea_id=idea.id, board_id=idea.board_id).wait(120).items
    assert cut.finish is Finish.STOPPED and cut.text.strip()
    (row,) = desk.store.generations(idea_id=idea.id, task="refine")

    (whole,) = desk.resume(row.id).wait(120).items
    assert whole.text.startswith(cut.text) and len(whole.text) > len(cut.text)
    (row,) = desk.store.generations(idea_id=idea.id, task="refine")
    assert (row.text, row.finish, row.error) == (whole.text, "stop", None)
    assert whole.goal == "clearer" and len(row.messages) == 2, "what was asked stays as it was"


def test_only_what_was_cut_off_goes_on(desk, idea):
    view = desk.refine(TOPIC, LINE, "clearer", idea_id=idea.id, board_id=idea.board_id).wait(120)
    assert view.items[0].finish is Finish.STOP
    with pytest.raises(InputError, match="cut off"):
        desk.resume(view.items[0].generation_id)


@pytest.mark.parametrize("n", [0, 17])
def test_too_many_or_too_few_are_refused(desk, n):
    with pytest.raises(InputError, match="1 to 16"):
        desk.refine(TOPIC, LINE, "clearer", n=n)
