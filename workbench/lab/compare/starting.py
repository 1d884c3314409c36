"""Starting what a comparison needs: a process of its own for its job, at lower priority, that outlives the app."""

import os
import subprocess
import sys

from workbench.errors import InputError
from workbench.lab.compare.planning import order
from workbench.records import Comparison, ComparisonJob, ComparisonKind, Contender, JobKind, NewComparison, Prompt
from workbench.settings import ROOT
from workbench.store import Store

LOG = "comparisons.log"  # beside the database: what such a process has to say goes there


def plan(store: Store, new: NewComparison) -> Comparison:
    """Write a batch down, with its order drawn by its seed. Raises InputError."""
    return store.add_comparison(new, order(new.prompts, new.contenders, new.repeats, new.seed))


def start(store: Store, comparison_id: int) -> ComparisonJob | None:
    """Have the open answers of a comparison asked for, from where it was cut off; None: a process does so already."""
    job = store.add_job(comparison_id, JobKind.ANSWERS)
    if job is not None:
        _spawn(store, job)
    return job


def start_judge(store: Store, comparison_id: int, judge: Contender) -> ComparisonJob:
    """Have a model vote on the pairs of a comparison. Raises InputError while another one does."""
    job = store.add_job(comparison_id, JobKind.JUDGE, judge)
    if job is None:
        raise InputError("A judge is at work on this comparison. Wait for it, or stop it first.")
    _spawn(store, job)
    return job


def ask_live(
    store: Store, comparison: Comparison | None, prompt: Prompt, contender: Contender, new: NewComparison
) -> Comparison:
    """Put one prompt to one model: at the end of a live comparison, or as the first of `new`; return it."""
    assert new.kind is ComparisonKind.LIVE, new.kind
    if comparison is None:
        comparison = store.add_comparison(new, ())
    store.extend_comparison(comparison.id, prompt, contender)
    start(store, comparison.id)
    return store.comparison(comparison.id)


def _spawn(store: Store, job: ComparisonJob) -> None:
    command = [sys.executable, "-m", "workbench", "compare", "work", str(job.id)]
    with store.path.with_name(LOG).open("ab") as log:
        # A session of its own: Ctrl-C on the app's terminal, and the app's end, do not reach it.
        subprocess.Popen(
            command, cwd=ROOT, env=os.environ | {"WORKBENCH_DB": str(store.path.resolve())},
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
