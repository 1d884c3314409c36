"""Evaluate on the real starter: every way of asking, what is kept of it, going on after Stop, a whole board."""


import pytest

from workbench.assist import idea_line
from workbench.assist.asking import AT_ONCE, Asking, fingerprint
from workbench.assist.prompts import EIGHT
from workbench.engine.interface import ScoreRequest, State
from workbench.errors import EngineBusy, InputError
from workbench.records import Check, Rubric

pytestmark = pytest.mark.model
TOPIC = "Our library is empty on weekday evenings"
OWN = Rubric(None, "School", (Check("Pupils would join.", "relevance"), Check("It costs nothing.", "workability")))


@pytest.fixture
def board(desk):
    return desk.store.create_board(TOPIC)


@pytest.fixture
def idea(desk, board):
    return desk.store.add_idea(board.id, "Homework Supper", "Two librarians serve soup at six on Tuesdays.")


def evaluate(desk, idea, **more):
    line = idea_line(idea.title, idea.body)
    return desk.evaluate(TOPIC, line, idea_id=idea.id, board_id=idea.board_id, **more)


def scored(run):
    return [job for job in run.jobs if isinstance(job.request, ScoreRequest)]


def test_the_first_wording_comes_first_and_every_way_is_asked_once():
    asking = Asking.begin(EIGHT, TOPIC, "Soup — Hot.")
    sizes, seen = [], []
    while asking.todo:
        chats = asking.next()
        sizes.append(len(chats))
        seen += [(chat[1]["content"]) for chat in chats]
        asking.answer([0.5] * len(chats))
    assert sizes[:4] == [8, AT_ONCE, AT_ONCE, 8] and max(sizes) == AT_ONCE
    assert [text.splitlines()[-1] for text in seen[:8]] == [f"Yes or no: check {n}" for n in range(1, 9)]
    assert len(seen) == len(set(seen)) == 8 * 6 * 4  # the idea, and three that say nothing
    assert [sum(p is None for wordings in asking.yes for orders in wordings for p in orders)] == [0]
    assert fingerprint(EIGHT, TOPIC) != fingerprint(EIGHT, "Another") != fingerprint(OWN, "Another")


def test_everything_that_was_measured_is_kept(desk, idea):
    for _ in range(6):  # a small model leaves a sentence out now and then
        view = evaluate(desk, idea, rubric=OWN).wait(120)
        if view.next_step:
            break
    assert view.state is State.DONE and view.asked == 1.0
    kept = desk.store.evaluations(idea.id)[0]
    assert kept.rubric == OWN and kept.revision_id == idea.revision_id and kept.next_step == view.next_step != ""
    assert [len(wordings) for wordings in kept.yes] == [3, 3] and [len(wordings) for wordings in kept.free] == [3, 3]
    assert all(0 < p < 1 for table in (kept.yes, kept.free) for check in table for orders in check for p in orders)
    assert kept.checks == pytest.approx(view.checks) and set(kept.scores) == {"relevance", "workability"}
    low, high = kept.intervals["relevance"]
    assert 1 <= low < kept.scores["relevance"] < high <= 5


def test_what_the_model_says_to_nothing_is_asked_once_for_a_topic_and_rubric(desk, idea):
    first, second = (evaluate(desk, idea, rubric=OWN, words=False) for _ in range(2))
    first.wait(120), second.wait(120)
    third = evaluate(desk, idea, rubric=OWN, words=False)
    assert third.wait(120).state is State.DONE
    assert len(scored(third)) == 2 < len(scored(first))  # the first wording, then the rest
    assert desk.store.evaluations(idea.id)[0].free == desk.store.evaluations(idea.id)[-1].free


def test_a_stopped_judgement_keeps_its_answers_and_goes_on_where_it_was(desk, idea):
    run = evaluate(desk, idea)
    while not run.view().measured:
        run.wait(0.002)
    run.stop()
    assert run.wait(120).state is State.STOPPED
    (kept,) = desk.store.evaluations(idea.id)
    assert len(kept.checks) == 8 and desk.lacks(kept, TOPIC)
    whole = kept
    for _ in range(6):  # a small model leaves a sentence out now and then
        if whole.next_step:
            break
        view = evaluate(desk, idea, going_on=whole).wait(120)
        assert view.state is State.DONE and view.evaluation_id == kept.id
        (whole,) = desk.store.evaluations(idea.id)
    assert not desk.lacks(whole, TOPIC) and whole.next_step
    first = [wordings[0][0] for wordings in kept.yes]
    assert [wordings[0][0] for wordings in whole.yes] == first
    with pytest.raises(InputError, match="Nothing is missing"):
        evaluate(desk, idea, going_on=whole)


def test_a_full_queue_half_way_leaves_the_answers_and_says_so(desk, idea, engine, monkeypatch):
    submit, asked = engine.submit, []

    def full_at_the_third(request, listener=None):
        asked.append(request)
        if len(asked) == 3:
            raise EngineBusy("The queue is full; try again in a minute.")
        return submit(request, listener)

    monkeypatch.setattr(engine, "submit", full_at_the_third)
    view = evaluate(desk, idea, words=False).wait(120)
    assert view.state is State.FAILED and "queue is full" in view.error
    (kept,) = desk.store.evaluations(idea.id)
    assert kept.checks and desk.lacks(kept, TOPIC)


def test_a_judgement_is_of_the_wording_it_was_started_on(desk, idea):
    run = evaluate(desk, idea, words=False)
    desk.store.revise(idea.id, "Homework Supper", "Something else entirely.")
    run.wait(120)
    assert desk.store.evaluations(idea.id)[0].revision_id == idea.revision_id


def test_a_rubric_without_a_check_is_refused(desk, idea):
    with pytest.raises(InputError, match="has no check"):
        evaluate(desk, idea, rubric=Rubric(None, "Empty", ()))


def test_a_board_is_judged_idea_by_idea_and_only_what_is_missing(desk, board, idea):
    others = [desk.store.add_idea(board.id, f"Idea {number}", "A sentence.") for number in range(2)]
    evaluate(desk, others[0], words=False).wait(120)
    batch = desk.evaluate_board(board)
    assert desk.batch(board.id) is batch and batch.settled.wait(500)
    view = batch.view()
    assert (view.done, view.total, view.failed, view.error) == (2, 2, 0, None)
    assert set(desk.store.newest_evaluations(board.id)) == {idea.id, *(each.id for each in others)}
    assert desk.unjudged(board) == []
    desk.store.revise(idea.id, "New", "Wording.")
    assert [each.id for each in desk.unjudged(board)] == [idea.id]
    desk.store.use_rubric(board.id, desk.store.save_rubric(OWN).id)
    assert len(desk.unjudged(board)) == 3


def test_stop_ends_a_batch_and_the_next_one_goes_on(desk, board):
    for number in range(12):
        desk.store.add_idea(board.id, f"Idea {number}", "A sentence.")
    batch = desk.evaluate_board(board)
    assert desk.evaluate_board(board) is batch  # a second click
    while batch.view().done < 2:
        batch.settled.wait(0.01)
    batch.stop()
    assert batch.settled.wait(500) and batch.view().stopped
    done = len(desk.store.newest_evaluations(board.id))
    assert 2 <= done < 12
    assert desk.evaluate_board(board).settled.wait(500)
    assert len(desk.store.newest_evaluations(board.id)) == 12
