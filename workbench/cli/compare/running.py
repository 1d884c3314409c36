"""Running a comparison: here with its progress, or in a process of its own that goes on; resume and cancel."""

import argparse
import os
import signal
import sys
import time
from contextlib import closing
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, TextIO

from workbench.errors import InputError

if TYPE_CHECKING:  # --help need not wait for the store
    from collections.abc import Callable

    from workbench.records import Comparison, PromptSet
    from workbench.store import Store

NICER = 10  # how much lower the priority of a job is
LOOK_S = 0.5
SAMPLING = ("temperature", "top_p", "top_k", "min_p", "max_tokens")


def words(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the verbs."""
    run = verbs.add_parser("run", help="put prompts to models and keep every answer with its figures")
    run.add_argument(
        "models", nargs="+", metavar="MODEL",
        help="a GGUF file or a model's folder; +ADAPTER behind it, by name or GGUF file; or NAME@http://host:8080/v1. "
        "LABEL= in front is what the tables call it",
    )  # fmt: skip
    run.add_argument("--prompts", default="original-study", metavar="SET",
                     help="a built-in set (see `compare sets`), or a file: JSON, or text with one prompt a line")
    run.add_argument("--prompt", action="append", default=[], help="a prompt (again for a second one), instead")
    run.add_argument("--board", type=int, action="append", default=[], help="a board's question, instead (again ...)")
    run.add_argument("--title", default="", help="what the comparison is called")
    run.add_argument("--repeats", type=int, default=3, help="answers of each model to each prompt (3)")
    run.add_argument("--seed", type=int, default=1, help="of the sampling, the same for all, and of the order (1)")
    run.add_argument("--max-tokens", type=int, default=512, help="of an answer (512); one cut there gets no votes")
    run.add_argument("--temperature", type=float, default=0.7, help="0 takes the likeliest token each time (0.7)")
    run.add_argument("--background", action="store_true", help="do not wait for it: print its number and return")
    run.set_defaults(run=run_one)
    resume = verbs.add_parser("resume", help="go on with a comparison that was cut off, cancelled, or had failures")
    resume.add_argument("comparison", type=int)
    resume.add_argument("--background", action="store_true", help="do not wait for it")
    resume.set_defaults(run=resume_one)
    cancel = verbs.add_parser("cancel", help="stop a comparison's job, or its judge; what was written stays")
    cancel.add_argument("comparison", type=int)
    cancel.set_defaults(run=cancel_one)
    job = verbs.add_parser("work", help="do a job of the database; what the app and the verbs above start")
    job.add_argument("job", type=int)
    job.set_defaults(run=work_on)


def run_one(arguments: argparse.Namespace, out: TextIO) -> int:
    """Plan the comparison, start its job, and follow it unless told not to."""
    from workbench.assist.prompts.comparing import WARM_UP
    from workbench.bench.machine import describe
    from workbench.lab import compare
    from workbench.records import ComparisonKind, NewComparison
    from workbench.settings import settings
    from workbench.store import Store

    contenders = compare.distinct(compare.parse(each) for each in arguments.models)
    with closing(Store(settings().db)) as store:
        asked = _prompts(store, arguments)
        made = compare.plan(store, NewComparison(
            title=arguments.title or f"{asked.name}: {', '.join(each.name for each in contenders)}",
            kind=ComparisonKind.BATCH, prompts=asked.prompts, contenders=tuple(contenders), repeats=arguments.repeats,
            sampling={"temperature": arguments.temperature, "max_tokens": arguments.max_tokens}, seed=arguments.seed,
            warm_up=WARM_UP, machine=describe(),
        ))  # fmt: skip
        print(f"Comparison {made.id}: {made.title}", file=sys.stderr)
        return _go(store, made, out, arguments.background)


def resume_one(arguments: argparse.Namespace, out: TextIO) -> int:
    """Go on where a comparison was cut off."""
    from workbench.settings import settings
    from workbench.store import Store

    with closing(Store(settings().db)) as store:
        return _go(store, store.comparison(arguments.comparison), out, arguments.background)


def cancel_one(arguments: argparse.Namespace, out: TextIO) -> int:
    """Stop whatever is at work on a comparison."""
    from workbench.records import JobKind, JobState
    from workbench.settings import settings
    from workbench.store import Store

    with closing(Store(settings().db)) as store:
        jobs = [job for kind in JobKind for job in store.jobs(store.comparison(arguments.comparison).id, kind)]
        stopped = [job for job in jobs if job.live or job.state is JobState.INTERRUPTED]
        for job in stopped:
            store.cancel_job(job.id)
    print(f"{len(stopped)} jobs were asked to stop." if stopped else "Nothing is at work on it.", file=out)
    return 0


def work_on(arguments: argparse.Namespace, out: TextIO) -> int:
    """Do a job in this process, at lower priority unless a person waits for its answer."""
    from workbench.assist.prompts.comparing import which_answer
    from workbench.lab import compare
    from workbench.records import ComparisonKind
    from workbench.settings import settings
    from workbench.store import Store

    # The app's stop is not this one's: it ends by itself, by Cancel, or by SIGTERM.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _end)
    with closing(Store(settings().db)) as store:
        if store.comparison(store.job(arguments.job).comparison_id).kind is not ComparisonKind.LIVE:
            os.nice(NICER)
        job = compare.work(store, arguments.job, settings(), which_answer)
    print(f"Job {job.id} of comparison {job.comparison_id}: {job.state}. {job.error}", file=sys.stderr)
    return 0


def follow(store: "Store", job_id: int, done_of: "Callable[[], str]") -> int:
    """Print how far a job is, in the words of `done_of`, until it ends; Ctrl-C stops it. Return the exit status."""
    from workbench.records import JobState

    try:
        while (job := store.job(job_id)).live:
            print(f"\r{done_of()}, {job.state}   ", end="", file=sys.stderr, flush=True)
            time.sleep(LOOK_S)
    except KeyboardInterrupt:
        store.cancel_job(job_id)
        print("\nStopping; what was written stays.", file=sys.stderr)
        return 130
    print(f"\rThe job is {job.state}. {job.error}            ", file=sys.stderr)
    return 0 if job.state is JobState.DONE else 1


def _go(store: "Store", made: "Comparison", out: TextIO, background: bool) -> int:
    from workbench.lab import compare

    job = compare.start(store, made.id)
    if job is None:
        raise InputError(f"Comparison {made.id} is at work already. `compare show {made.id}` tells how far it is.")
    if background:
        print(made.id, file=out)
        return 0
    status = follow(store, job.id, lambda: "{} answers, {} of them failed, of {}".format(*store.trial_counts(made.id)))
    print(compare.document(compare.ballot(store, made.id), "md"), file=out, end="")
    return status


def _prompts(store: "Store", arguments: argparse.Namespace) -> "PromptSet":
    """Return what is asked: the prompts or boards given, a built-in or own set by name, or a file."""
    from workbench.assist import prompt_sets

    if arguments.prompt:
        from workbench.records import PromptSet

        return PromptSet("Own prompts", prompt_sets.from_lines("\n".join(arguments.prompt)))
    if arguments.board:
        return prompt_sets.of_boards([store.board(number) for number in arguments.board])
    wanted: str = arguments.prompts
    known = dict(zip(prompt_sets.BUILT_IN, prompt_sets.built_in(), strict=True))
    known |= {each.name: each for each in store.prompt_sets()}
    if wanted in known:
        return known[wanted]
    path = Path(wanted)
    if not path.is_file():
        raise InputError(f"{wanted} is neither a file nor one of the prompt sets {', '.join(known)}.")
    return prompt_sets.read_set(path)


def _end(signum: int, frame: FrameType | None) -> None:
    raise SystemExit(128 + signum)
