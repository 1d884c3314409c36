"""Scoping and what a brainstorm does beside asking, on the real starter and a real database."""

from dataclasses import replace

import pytest

from workbench.assist.grid import cell_of
from workbench.assist.scoping import plain_rewordings, rewordings
from workbench.assist.stimulus import Stimulus, stimuli
from workbench.engine.interface import BALANCED, Finish, State
from workbench.errors import InputError
from workbench.records import Dimension, Status, Value

TOPIC = "Our library is empty on weekday evenings"
SEEDED = replace(BALANCED, seed=7)


def asked(desk, item):
    return desk.store.generation(item.generation_id).messages[1]["content"]


@pytest.mark.model
def test_five_questions_come_each_from_another_angle_and_change_nothing(desk):
    board = desk.store.create_board(TOPIC, constraints="no money")
    run = desk.reword(TOPIC, board_id=board.id, constraints=board.constraints, audience="pupils", sampling=SEEDED)
    view = run.wait(120)
    assert view.state is State.DONE and len(view.items) == 5
    assert all(item.text.startswith("How might we ") for item in view.items)
    assert len({asked(desk, item).splitlines()[-1] for item in view.items}) == 5
    assert "It is for pupils" in asked(desk, view.items[0]) and "no money" in asked(desk, view.items[0])
    assert desk.store.board(board.id) == board
    assert len(rewordings(TOPIC, [item.text for item in view.items])) <= 5
    assert desk.small, "the starter is"


def test_rewordings_are_questions_that_say_something_else():
    texts = [
        '1. "how might we fill the evenings?" and more', "How might we fill the evenings?", "No question.", "Why?", "",
        "How might we make Tuesday night the best night of all?",
    ]  # fmt: skip
    assert rewordings("How might we bring people in?", texts) == [
        "How might we fill the evenings?", "How might we make Tuesday night the best night of all?"
    ]  # fmt: skip
    assert rewordings("How might we bring people in?", ["How might we bring people in?"]) == []


@pytest.mark.parametrize("topic", [TOPIC, "How might we bring people into the library?", "NASA is late"])
def test_without_a_model_five_questions_are_made_of_the_topic_s_own_words(topic):
    found = plain_rewordings(topic)
    assert len(rewordings(topic, found)) == 5
    assert all(question.startswith("How might we ") and question.count("?") == 1 for question in found)
    assert "weekday evenings" in found[1] or "bring people" in found[1] or "NASA is late" in found[1]


@pytest.mark.model
def test_proposed_dimensions_become_the_board_s_and_can_be_undone(desk):
    board = desk.store.create_board(TOPIC)
    view = desk.propose_dimensions(TOPIC, board_id=board.id, sampling=SEEDED).wait(120)
    assert view.state is State.DONE
    found = desk.store.board(board.id).dimensions
    assert found and all(len(each.values) >= 2 and each.source in ("model", "words") for each in found)
    assert all(value.key for each in found for value in each.values)
    assert desk.store.undo(board.id) == "Undone: dimensions of the board"
    assert desk.store.board(board.id).dimensions == ()


@pytest.mark.model
def test_an_answer_that_cannot_be_read_gives_dimensions_of_the_words(desk):
    run = desk.propose_dimensions(TOPIC, audience="pupils", sampling=replace(SEEDED, max_tokens=1))
    found = desk.proposed(run, run.wait(120))
    assert {each.source for each in found} == {"words"}
    assert found[0].values[0].name == "pupils"


@pytest.mark.model
def test_an_idea_remembers_its_cell_and_its_stimulus(desk):
    board = desk.store.create_board(TOPIC)
    who, when = Dimension("Who", (Value(0, "pupils"), Value(0, "nurses"))), Dimension("When", (Value(0, "at night"),))
    board = desk.store.set_dimensions(board.id, [who, when])
    cells = [cell_of([(board.dimensions[0], value), (board.dimensions[1], board.dimensions[1].values[0])])
             for value in board.dimensions[0].values]  # fmt: skip
    run = desk.brainstorm(TOPIC, cells=cells, board_id=board.id, stimulus=Stimulus.NEAR, sampling=SEEDED)
    view = run.wait(120)
    ideas = [desk.store.idea(item.idea_id) for item in view.items]
    assert [idea.cell for idea in ideas] == [(1, 3), (2, 3)]
    for item, idea in zip(view.items, ideas, strict=True):
        assert f"Idea from elsewhere: {idea.stimulus}\n" in asked(desk, item)
        assert asked(desk, item).endswith(f"Lens: {idea.lens}") and idea.lens.endswith("when: at night")


def test_far_stimuli_come_from_domains_that_nothing_near_is_of(library):
    near = stimuli(library, TOPIC, Stimulus.NEAR, 8, 3)
    far = stimuli(library, TOPIC, Stimulus.FAR, 8, 3)
    assert len(near) == len(far) == 8
    assert not {idea.domain for idea in near} & {idea.domain for idea in far}
    assert far == stimuli(library, TOPIC, Stimulus.FAR, 8, 3) != stimuli(library, TOPIC, Stimulus.FAR, 8, 4)
    assert stimuli(library, TOPIC, Stimulus.NONE, 8, 3) == []
    own = near[0].topic
    assert own not in {idea.topic for idea in stimuli(library, own, Stimulus.NEAR, 24, 3)}
    assert len(stimuli(library, TOPIC, Stimulus.NEAR, 60, 3)) == 60


@pytest.mark.model
@pytest.mark.parametrize("status", [Status.KEPT, Status.DROPPED])
def test_what_comes_again_is_folded_under_what_was_there_whatever_was_decided(desk, status):
    board = desk.store.create_board(TOPIC)
    desk.brainstorm(TOPIC, n=3, lenses=[""], sampling=SEEDED).wait(120)  # a cold prompt rounds differently
    first = desk.brainstorm(TOPIC, n=3, lenses=[""], board_id=board.id, sampling=SEEDED).wait(120)
    for item in first.items:
        desk.store.set_status(item.idea_id, status)
    heads = [desk.store.idea(item.idea_id).folded_into or item.idea_id for item in first.items]
    again = desk.brainstorm(TOPIC, n=3, lenses=[""], board_id=board.id, sampling=SEEDED).wait(120)
    folds = [desk.store.idea(item.idea_id) for item in again.items]
    assert [idea.folded_into for idea in folds] == heads
    assert [(batch.ideas, batch.different) for batch in desk.store.batches(board.id)] == [(3, len(set(heads))), (3, 0)]
    assert desk.store.unfold(folds[0].id).folded_into is None


@pytest.mark.model
def test_a_stopped_brainstorm_goes_on_with_what_is_left_and_keeps_its_partial_texts(desk):
    board = desk.store.create_board(TOPIC)
    run = desk.brainstorm(TOPIC, n=40, lenses=["reverse", "combine"], board_id=board.id, sampling=SEEDED)
    while run.view().done < 4:
        run.wait(0.002)
    run.stop()
    stopped = run.wait(120)
    left = [item.lens for item in stopped.items if item.finish in (None, Finish.STOPPED)]
    assert stopped.state is State.STOPPED and left
    partial = {item.idea_id: item.text for item in stopped.items if item.text}
    view = desk.go_on(run).wait(120)
    assert [item.lens for item in view.items] == left
    assert view.state is State.DONE
    assert set(partial) <= {each.id for each in desk.store.list_ideas(board.id)}
    with pytest.raises(InputError, match="left to do"):
        desk.go_on(desk.runs()[0])
