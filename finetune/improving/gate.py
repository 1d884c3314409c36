"""The blind gate: the new adapter against the one in use on held-out prompts, by votes and by what can be counted."""

from dataclasses import asdict
from pathlib import Path

from finetune import record
from finetune.evaluation.losses import wilson
from finetune.improving import figures
from finetune.improving.plan import Improvement
from workbench.assist import prompts
from workbench.assist.prompts.comparing import WARM_UP, which_answer
from workbench.bench import heldout
from workbench.engine.interface import BALANCED
from workbench.errors import WorkbenchError
from workbench.lab import compare
from workbench.lab.compare import Ballot, Verdict, ballot
from workbench.lab.compare.pairs import owners
from workbench.lab.voting import SHARE
from workbench.records import Comparison, ComparisonKind, Contender, JobKind, JobState, NewComparison, Prompt
from workbench.settings import Settings
from workbench.store import Store

OLD, NEW = 0, 1  # places of the contenders
MARGIN = 0.5  # the lower end of the win rate's 95 % interval lies above this
TOKENS = 96


def open_gate(
    store: Store, made: Improvement, model: Path, settings: Settings, prompts_n: int, repeats: int
) -> Comparison:
    """Return the comparison of the two, written down once; its answers are still to be asked for."""
    facts = made.facts
    if "comparison" in facts:
        return store.comparison(facts["comparison"])
    task, base = facts["task"], facts["base"]
    old = facts["adapter"]["path"] if facts["adapter"] else ""
    sampling = {name: value for name, value in asdict(BALANCED).items() if name != "seed"} | {"max_tokens": TOKENS}
    new = NewComparison(
        title=f"Gate: {base['name']}, {task}, round {facts['number']}", kind=ComparisonKind.BATCH,
        prompts=tuple(asked(task, settings.library, prompts_n)), repeats=repeats, seed=facts["number"],
        contenders=(
            Contender(f"{task} in use", base["path"], old),
            Contender(f"{task}, round {facts['number']}", str(model), task),
        ),
        sampling=sampling, warm_up=WARM_UP,
    )  # fmt: skip
    comparison = compare.plan(store, new)
    made.note(comparison=comparison.id)
    return comparison


def asked(task: str, library: Path, n: int) -> list[Prompt]:
    """Return prompts as the app asks them, on topics that no part of the idea set's training has seen."""
    if task == "refine":
        rows = heldout.rows(library, "refine", n)
        chats = [(row["idea"], prompts.refine(row["topic"], row["idea"], row["goal"])) for row in rows]
    else:
        chats = [(topic.topic, prompts.one_idea(topic.topic)) for topic in heldout.topics(library, n)]
    return [Prompt(title[:80], tuple(dict(turn) for turn in chat)) for title, chat in chats]


def answer(store: Store, comparison: Comparison, settings: Settings) -> None:
    """Have both answer every prompt, from where that was cut off. Raises WorkbenchError when one of them cannot."""
    _work(store, comparison, JobKind.ANSWERS, None, settings)
    failed = [trial for trial in store.trials(comparison.id) if trial.error]
    if failed:
        raise WorkbenchError(f"{len(failed)} answers of the gate failed: {failed[0].error}")


def judge(store: Store, comparison: Comparison, words: str, settings: Settings) -> None:
    """Have a model vote on every pair that it has not judged."""
    _work(store, comparison, JobKind.JUDGE, compare.parse(words), settings)


def _work(store: Store, comparison: Comparison, kind: JobKind, judge: Contender | None, settings: Settings) -> None:
    job = store.add_job(comparison.id, kind, judge)
    if job is None:
        raise WorkbenchError(f"Another process is at work on comparison {comparison.id}. Wait for it, or cancel it.")
    job = compare.work(store, job.id, settings, which_answer)
    if job.state is not JobState.DONE:
        raise WorkbenchError(f"The gate was not finished ({job.state}): {job.error or 'it was stopped'}.")


def measure(store: Store, made: Improvement, comparison: Comparison, library: Path) -> list[dict]:
    """Return the figures of both, side by side, with the difference's interval; measured once."""
    facts = made.facts
    if "figures" not in facts:
        facts = made.note(figures=figures.side_by_side(store, comparison, facts["task"], library))
    return facts["figures"]


def verdict(found: Ballot) -> dict:
    """Return votes and win rate of the new one, by people if they voted, else by the judge that voted most."""
    judges = sorted(found.judges, key=lambda each: -len(each.votes))
    by = found.people if found.people.votes or not judges else judges[0]
    rate = win_rate(found, by)
    return {"by": by.judge or "people", "pairs": len(found.pairs.real), **rate}


def win_rate(found: Ballot, by: Verdict) -> dict:
    """Return votes and wins of the new one, a tie counting half, with the 95 % Wilson interval."""
    whose = owners(found.trials)
    shares = [SHARE[vote.outcome] if whose[vote.left_id] == NEW else 1 - SHARE[vote.outcome] for vote in by.votes]
    if not shares:
        return {"votes": 0, "win_rate": None, "interval": None}
    wins, n = sum(shares), len(shares)
    return {"votes": n, "win_rate": round(wins / n, 4), "interval": wilson(wins, n)}


def decide(made: Improvement, votes: dict, measured: list[dict], least: int) -> str:
    """Return promote, reject or wait; the reasons are noted."""
    fell = [each["figure"] for each in measured if each["worse"]]
    reasons = [f"{name} fell" for name in fell]
    interval = votes["interval"]
    if votes["votes"] < least:
        outcome = "wait"
        reasons.append(f"{votes['votes']} votes of at least {least}")
    elif interval[0] > MARGIN and not fell:
        outcome = "promote"
    elif interval[1] < MARGIN or votes["votes"] >= votes["pairs"] or fell:
        outcome = "reject"
    else:
        outcome = "wait"
    made.note(verdict=votes | {"outcome": outcome, "reasons": reasons, "at": record.now()})
    return outcome


def read(store: Store, comparison: Comparison) -> Ballot:
    return ballot(store, comparison.id)
