"""A judge model's votes: each pair in both orders, a split between them is a tie; kept apart from people's votes.

P(A) is read from the logits; a server that gives none is asked to write its letter instead.
"""

from collections.abc import Callable

from workbench.engine.interface import Messages, Request, Sampling, ScoreRequest
from workbench.errors import EngineError
from workbench.lab.compare.opening import Opened
from workbench.lab.compare.pairs import Pair, in_turn
from workbench.lab.compare.standings import ballot
from workbench.records import Comparison, Contender, Judge, NewVote, Outcome, VoteKind
from workbench.store import Store

TASK = "judge answers"
A_B = ("A", "B")
WRITTEN = Sampling(temperature=0, max_tokens=8, seed=1)
Said = tuple[float, float] | None  # P(left is better) with it shown first and shown second; None: neither A nor B
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
    adapter, scores = opened.adapters[judge], True
    for pair in pairs:
        check()
        messages, left, right = comparison.prompts[pair.prompt].messages, pair.left.answer.text, pair.right.answer.text
        both = (ask(messages, left, right), ask(messages, right, left))
        said: Said = None
        if scores:
            said = _scored(opened, both, adapter)
            scores = said is not None
        if not scores:
            said = _written(opened, both, adapter)
        store.add_votes([_vote(pair, said, judge, opened.engine.status().sha256)])
    return len(pairs)


def _scored(opened: Opened, both: tuple[Messages, Messages], adapter: str | None) -> Said:
    """Return the probabilities; None: a server that has no logprobs."""
    view = opened.engine.submit(ScoreRequest(TASK, both, A_B, adapter, max_seconds=900)).wait()
    if len(view.probabilities) == len(both):
        return view.probabilities[0][0], 1 - view.probabilities[1][0]
    if opened.engine.status().server and "logprobs" in (view.error or ""):
        return None
    raise EngineError(view.error or "The judge gave no answer. Try again, or take another model.")


def _written(opened: Opened, both: tuple[Messages, Messages], adapter: str | None) -> Said:
    """Return certainties from the letters that the judge writes; None when one is neither A nor B."""
    view = opened.engine.submit(Request(TASK, both, WRITTEN, adapter, max_seconds=900)).wait()
    if view.error:
        raise EngineError(view.error)
    letters = [sequence.text.strip().lstrip("*\"'( ")[:1].upper() for sequence in view.sequences]
    if not set(letters) <= set(A_B):
        return None
    return float(letters[0] == "A"), float(letters[1] == "B")


def _vote(pair: Pair, said: Said, judge: Contender, sha256: str) -> NewVote:
    first, second = said or (None, None)
    outcome = Outcome.TIE
    if said and min(said) > 0.5:
        outcome = Outcome.LEFT
    elif said and max(said) < 0.5:
        outcome = Outcome.RIGHT
    return NewVote(
        kind=VoteKind.ANSWER, left_id=pair.left.answer.id, right_id=pair.right.answer.id, outcome=outcome,
        order_seed=0, judge=Judge.MODEL, judge_name=judge.name, judge_sha256=sha256, p_first=first, p_second=second,
    )  # fmt: skip
