"""A judge model's votes: each pair in both orders, a split between them is a tie; kept apart from people's votes."""

from collections.abc import Callable

from workbench.engine.interface import Messages, ScoreRequest
from workbench.errors import EngineError
from workbench.lab.compare.opening import Opened
from workbench.lab.compare.pairs import Pair, in_turn
from workbench.lab.compare.standings import ballot
from workbench.records import Comparison, Contender, Judge, NewVote, Outcome, VoteKind
from workbench.store import Store

TASK = "judge answers"
A_B = ("A", "B")
AskJudge = Callable[[Messages, str, str], Messages]  # the request and two answers -> what the judge is asked


def judge_pairs(
    store: Store, comparison: Comparison, judge: Contender, opened: Opened, ask: AskJudge, check: Callable[[], None],
) -> int:  # fmt: skip
    """Have the judge vote on every real pair that it has not seen, and return how many; each vote is written at once.

    `check` is called before each pair, and may raise to end it. Raises EngineError when the model cannot say.
    """
    found = ballot(store, comparison.id)
    mine = [vote for vote in found.votes if vote.judge is Judge.MODEL and vote.judge_name == judge.name]
    people = [vote for vote in found.votes if vote.judge is Judge.PERSON]
    pairs = in_turn(found.pairs.real, mine, people, comparison.seed)
    for pair in pairs:
        check()
        first, second = _asked(opened, judge, comparison.prompts[pair.prompt].messages, pair, ask)
        store.add_votes([_vote(pair, first, second, judge, opened.engine.status().sha256)])
    return len(pairs)


def _asked(opened: Opened, judge: Contender, messages: Messages, pair: Pair, ask: AskJudge) -> tuple[float, float]:
    """Return the probability that the left answer is better, with it shown first and shown second."""
    left, right = pair.left.answer.text, pair.right.answer.text
    both = (ask(messages, left, right), ask(messages, right, left))
    view = opened.engine.submit(ScoreRequest(TASK, both, A_B, opened.adapters[judge], max_seconds=900)).wait()
    if not view.probabilities or len(view.probabilities) < len(both):
        raise EngineError(view.error or "The judge gave no answer. Try again, or take another model.")
    return view.probabilities[0][0], 1 - view.probabilities[1][0]


def _vote(pair: Pair, first: float, second: float, judge: Contender, sha256: str) -> NewVote:
    outcome = Outcome.LEFT if first > 0.5 and second > 0.5 else Outcome.TIE
    outcome = Outcome.RIGHT if first < 0.5 and second < 0.5 else outcome
    return NewVote(
        kind=VoteKind.ANSWER, left_id=pair.left.answer.id, right_id=pair.right.answer.id, outcome=outcome,
        order_seed=0, judge=Judge.MODEL, judge_name=judge.name, judge_sha256=sha256, p_first=first, p_second=second,
    )  # fmt: skip
