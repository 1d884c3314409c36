"""The Evaluate page's ranking: duels by keys and clicks, what they come to, the model's duels, who leads."""

import pytest

from tests.pages.conftest import texts
from workbench.lab import LEAST_N
from workbench.records import Judge, NewVote, Outcome, Status


@pytest.fixture
def board(desk):
    board = desk.store.create_board("How might we waste less bread?")
    for number in range(5):
        desk.store.add_idea(board.id, f"Idea {number}", f"Sentence {number}.")
    return board


def ranking(open_page, board):
    app = open_page("evaluate", board=board.id)
    app.button_group(key="evaluate_part").set_value("Ranking").run()
    assert not app.exception, app.exception
    return app


def answer(app, outcome):
    """Press the key of the duel that is shown; return the numbers of its two ideas."""
    (button,) = [each for each in app.button if (each.key or "").startswith(f"duel_{outcome}_")]
    left, right = map(int, button.key.split("_")[2:])
    button.click().run()
    assert not app.exception, app.exception
    return left, right


def test_an_answer_is_a_vote_with_its_sides_and_the_next_duel_comes(open_page, desk, board):
    app = ranking(open_page, board)
    assert app.main.get("progress")[0].text == "0 duels · the ranking settles at about 10"
    left, right = answer(app, "right")
    (vote,) = desk.store.votes(board_id=board.id)
    assert (vote.left_id, vote.right_id, vote.outcome, vote.judge) == (left, right, Outcome.RIGHT, Judge.PERSON)
    assert app.main.get("progress")[0].text == "1 duel · the ranking settles at about 10"
    assert {left, right} != set(answer(app, "tie"))
    assert [each.outcome for each in desk.store.votes(board_id=board.id)] == [Outcome.RIGHT, Outcome.TIE]


def test_a_skip_is_no_duel_and_its_pair_does_not_come_again(open_page, desk, board):
    app = ranking(open_page, board)
    seen = {frozenset(answer(app, "skip")) for _ in range(10)}
    assert len(seen) == 10
    assert "every pair there is" in app.success[0].value
    assert not app.get("vega_lite_chart")


def test_undo_takes_the_last_answer_back(open_page, desk, board):
    app = ranking(open_page, board)
    pair = answer(app, "left")
    app.button(key="undo").click().run()
    assert desk.store.votes(board_id=board.id) == []
    assert answer(app, "left") == pair


def test_the_ranking_stands_below_with_a_chart_a_table_and_a_name_for_it(open_page, desk, board):
    app = ranking(open_page, board)
    for _ in range(10):
        answer(app, "left")
    (chart,) = app.get("vega_lite_chart")
    assert "Ranking of 5 ideas by you" in chart.proto.alt
    (table,) = app.dataframe
    assert list(table.value["you rank"]) == [1, 2, 3, 4, 5]


def test_groups_that_never_met_are_named(open_page, desk, board):
    app = ranking(open_page, board)
    answer(app, "left")
    answer(app, "left")
    assert "2 groups of ideas that no chain of duels joins" in texts(app)


def test_undecided_ideas_take_part_when_asked(open_page, desk, board):
    desk.store.add_idea(board.id, "Undecided", status=Status.NEW)
    app = ranking(open_page, board)
    assert "settles at about 10" in app.main.get("progress")[0].text
    app.toggle(key="ranking_undecided").set_value(True).run()
    assert "settles at about 15" in app.main.get("progress")[0].text


def test_one_idea_is_no_ranking(open_page, desk):
    board = desk.store.create_board("How?")
    desk.store.add_idea(board.id, "Alone")
    assert "needs two ideas at least" in texts(ranking(open_page, board))


def test_the_models_duels_run_in_the_desk_and_are_folded_until_they_agree(open_page, desk, board):
    app = ranking(open_page, board)
    answer(app, "left")
    app.button(key="duels_go").click().run()
    (run,) = desk.runs(task="duel")
    run.wait(120)
    votes = desk.store.votes(board_id=board.id, judge=Judge.MODEL)
    assert len(votes) == 10 and all(vote.p_first is not None for vote in votes)
    app.run()
    (folded,) = [each for each in app.expander if "model's ranking" in each.label]
    assert "not enough of your answers yet: n = 1" in folded.label
    assert len(app.get("vega_lite_chart")) == 1  # the person's; the folded one is not drawn
    assert app.button(key="duels_go").disabled


def test_a_model_that_agrees_stands_beside_the_person(open_page, desk):
    board = desk.store.create_board("How?")
    ideas = [desk.store.add_idea(board.id, f"Idea {number}").id for number in range(8)]
    status = desk.engine.status()
    pairs = [(left, right) for left in ideas for right in ideas if left < right][: LEAST_N + 4]
    for number, (left, right) in enumerate(pairs):
        outcome = Outcome.LEFT if number % 2 else Outcome.RIGHT
        vote = {"left_id": left, "right_id": right, "outcome": outcome, "order_seed": number, "board_id": board.id}
        desk.store.add_vote(NewVote(**vote))
        desk.store.add_votes([NewVote(**vote, judge=Judge.MODEL, judge_name=status.model, judge_sha256=status.sha256,
                                      p_first=0.6, p_second=0.6)])  # fmt: skip
    app = ranking(open_page, board)
    (chart,) = app.get("vega_lite_chart")
    assert "by you and the model" in chart.proto.alt
    assert f"agrees with you 100 % (n = {len(pairs)})" in texts(app)
