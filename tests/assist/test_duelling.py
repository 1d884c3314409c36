"""Duels by the model, on the real starter: both orders, votes as they come, Stop, and what it can tell apart."""

from types import SimpleNamespace

import pytest

from workbench.assist.duelling import vote
from workbench.bench.heldout import rows
from workbench.engine.interface import State
from workbench.errors import InputError
from workbench.records import Judge, Outcome
from workbench.settings import Settings

pytestmark = pytest.mark.model
TOPIC = "Our library is empty on weekday evenings"


@pytest.fixture
def ideas(desk):
    board = desk.store.create_board(TOPIC)
    return [desk.store.add_idea(board.id, f"Idea {number}", f"Sentence {number}.") for number in range(30)]


@pytest.mark.parametrize(
    ("p_first", "p_second", "outcome"),
    [(0.9, 0.6, Outcome.LEFT), (0.1, 0.4, Outcome.RIGHT), (0.9, 0.2, Outcome.TIE), (0.2, 0.9, Outcome.TIE),
     (0.5, 0.9, Outcome.TIE)],
)  # fmt: skip
def test_a_split_between_the_orders_is_a_tie(p_first, p_second, outcome):
    pair = (SimpleNamespace(id=1), SimpleNamespace(id=2))
    run = SimpleNamespace(seed=1, board_id=1)
    assert vote(pair, p_first, p_second, run, judge_name="m", judge_sha256="s").outcome is outcome


def test_every_pair_becomes_a_vote_of_the_model_with_both_orders(desk, ideas):
    pairs = list(zip(ideas[:10], ideas[10:20], strict=True))
    run = desk.duel(TOPIC, pairs, board_id=ideas[0].board_id)
    assert run.wait(120).state is State.DONE
    votes = desk.store.votes(board_id=ideas[0].board_id)
    assert [(each.left_id, each.right_id) for each in votes] == [(left.id, right.id) for left, right in pairs]
    assert all(each.judge is Judge.MODEL and 0 < each.p_first < 1 and 0 < each.p_second < 1 for each in votes)
    assert {each.judge_sha256 for each in votes} == {desk.engine.status().sha256}
    assert len(desk.store.generations(task="duel")) == 2  # eight pairs to a job


def test_stop_keeps_what_is_judged_and_asks_no_more(desk, ideas):
    pairs = [(left, right) for left in ideas for right in ideas if left.id < right.id]
    run = desk.duel(TOPIC, pairs, board_id=ideas[0].board_id)
    while not run.judged:
        run.wait(0.01)
    run.stop()
    assert run.wait(120).ended and run.stopped
    assert 0 < run.judged == len(desk.store.votes(board_id=ideas[0].board_id)) < len(pairs)


def test_swapped_sides_swap_the_answer(desk, ideas):
    left, right = ideas[:2]
    desk.duel(TOPIC, [(left, right)], board_id=left.board_id).wait(120)
    desk.duel(TOPIC, [(right, left)], board_id=left.board_id).wait(120)
    one, other = desk.store.votes(board_id=left.board_id)
    assert one.p_first == pytest.approx(1 - other.p_second, abs=0.02)
    assert one.p_second == pytest.approx(1 - other.p_first, abs=0.02)


def test_no_pair_is_refused(desk, ideas):
    with pytest.raises(InputError, match="no pair of ideas"):
        desk.duel(TOPIC, [], board_id=ideas[0].board_id)


def test_the_starter_is_right_where_both_orders_agree_on_a_good_and_a_poor_idea(desk):
    """On these 20 held-out topics; docs/ranking.md has the figure of all."""
    found = rows(Settings().library, "evaluate")
    good = [row for row in found if sum(row["checks"]) >= 7][:20]
    poor = [row for row in found if sum(row["checks"]) <= 4][:20]
    wins = losses = 0
    for one, other in zip(good, poor, strict=True):
        board = desk.store.create_board(one["topic"])
        pair = tuple(desk.store.add_idea(board.id, *row["idea"].split(" — ", 1)) for row in (one, other))
        desk.duel(board.question, [pair], board_id=board.id).wait(120)
        (given,) = desk.store.votes(board_id=board.id)
        wins, losses = wins + (given.outcome is Outcome.LEFT), losses + (given.outcome is Outcome.RIGHT)
    assert wins >= 3 and wins > 2 * losses
