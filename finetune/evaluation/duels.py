"""Blind duels, tuned against base: a judge model is asked in both orders, and a split between them is a tie."""

from collections.abc import Sequence

from finetune.evaluation.answers import asked
from finetune.evaluation.losses import wilson
from finetune.ledger import Ledger
from workbench.assist.prompts.answers import better_answer
from workbench.assist.prompts.duel import A_B
from workbench.engine.interface import Engine, Request, Sampling, ScoreRequest, State, View
from workbench.errors import EngineError, InputError

AT_ONCE = 2  # pairs in a request, each of them two prompts
CONTEXT = 8192  # tokens for these four, of a judge on this machine
WORDS = Sampling(temperature=0.0, max_tokens=8, seed=0)
RESAMPLES = 2000


class Judge:
    """A model that says which of two answers is better, by the probability of A and B, or in words where it must."""

    def __init__(self, engine: Engine) -> None:
        """`engine`: opened by the caller, who closes it."""
        self._engine, self._in_words = engine, False
        self._told: set[str] = set()

    def first_is_better(self, chats: Sequence[list[dict]]) -> list[float | None]:
        """Return for each prompt P(A); 1, 0 or None for an answer in words. Raises EngineError."""
        if not self._in_words:
            view = self._engine.submit(ScoreRequest("evaluate", tuple(chats), A_B, max_seconds=600)).wait()
            if view.state is State.DONE:
                self._tell(view)
                return [row[0] for row in view.probabilities]
            if "logprobs" not in (view.error or ""):
                raise EngineError(view.error or "The judge was stopped before its end.")
            print("The judge gives no probabilities: it is asked in words.", flush=True)
            self._in_words = True
        view = self._engine.submit(Request("evaluate", tuple(chats), WORDS, max_seconds=600)).wait()
        if view.state is not State.DONE:
            raise EngineError(view.error or "The judge was stopped before its end.")
        self._tell(view)
        return [_said(one.text) for one in view.sequences]

    def _tell(self, view: View) -> None:
        """Print what was off, once each: answers that were cut to fit, for one."""
        for note in view.notes:
            if note not in self._told:
                print(f"The judge: {note}", flush=True)
                self._told.add(note)


def _said(text: str) -> float | None:
    """Return 1 for A, 0 for B, None for neither."""
    word = text.strip(" \n*:.\"'()").split(" ")[0].strip("*:.\"'()\n").upper()
    return {"A": 1.0, "B": 0.0}.get(word)


def judge(model: Judge, found: list[dict], answers: Ledger, verdicts: Ledger) -> None:
    """Have every pair of answers judged that was not before."""
    open_ones = [one for one in found if one["id"] not in verdicts]
    for first in range(0, len(open_ones), AT_ONCE):
        batch = open_ones[first : first + AT_ONCE]
        chats = []
        for one in batch:
            tuned, base = (answers.rows[f"{side} {one['id']}"]["text"] for side in ("tuned", "base"))
            question = asked(one["messages"])
            chats += [better_answer(question, tuned, base), better_answer(question, base, tuned)]
        said = model.first_is_better(chats)
        for place, one in enumerate(batch):
            forward, backward = said[2 * place : 2 * place + 2]
            verdicts.add({"key": one["id"], "kind": one["kind"], "tuned_first": forward, "base_first": backward})
        print(f"duels: {first + len(batch)} of {len(open_ones)}", flush=True)


def outcome(row: dict) -> float | None:
    """Return 1 when the tuned answer wins in both orders, 0 when it loses in both, else 0.5; None: no answer."""
    forward, backward = row["tuned_first"], row["base_first"]
    if forward is None or backward is None:
        return None
    if forward > 0.5 and backward < 0.5:
        return 1.0
    return 0.0 if forward < 0.5 and backward > 0.5 else 0.5


def summary(rows: Sequence[dict], seed: int) -> dict:
    """Return wins, ties, losses, the win rate with ties as halves and its interval, and how far places decide."""
    decided = [(row, value) for row in rows if (value := outcome(row)) is not None]
    if not decided:
        raise InputError("The judge answered with neither A nor B. Choose a larger judge.")
    values = [value for _, value in decided]
    firsts = [side for row, _ in decided for side in (row["tuned_first"] > 0.5, row["base_first"] > 0.5)]
    wins, losses = values.count(1.0), values.count(0.0)
    found = {
        "pairs": len(values), "no_answer": len(rows) - len(values), "wins": wins, "ties": values.count(0.5),
        "losses": losses, "win_rate": round(sum(values) / len(values), 4), "interval": bootstrap(values, seed),
        "first_preferred": round(sum(firsts) / len(firsts), 4),
    }  # fmt: skip
    if wins + losses:
        found["wins_of_decided"] = [round(wins / (wins + losses), 4), wilson(wins, wins + losses)]
    return found


def bootstrap(values: Sequence[float], seed: int) -> list[float]:
    """Return the 95 % percentile bootstrap interval of the mean."""
    import numpy as np

    array = np.asarray(values)
    picks = np.random.default_rng(seed).integers(0, len(array), (RESAMPLES, len(array)))
    return [round(float(end), 4) for end in np.quantile(array[picks].mean(1), (0.025, 0.975))]
