"""A worker: takes the next trial of the study, runs it, tells how it ended, until none is left."""

import math
import time
from multiprocessing.context import BaseContext
from pathlib import Path

import optuna
from optuna.trial import TrialState

from finetune import config, record, train
from finetune.sweeping import results, study, trial
from finetune.sweeping.plan import Plan, arguments, words
from finetune.sweeping.study import Claimed

POLL_SECONDS = 0.5
SIGN_SECONDS = 30


def work(plan: Plan, found: optuna.Study) -> None:
    """Run trials until the sweep has ended."""
    run = config.read(train.DEFAULTS) | config.read(Path(plan.given.config)) | plan.given.fixed
    begin = trial.context(run["backend"])
    while claimed := study.next_trial(found, plan):
        if claimed is True:
            time.sleep(POLL_SECONDS)
            continue
        with claimed.lock:
            results.write(plan, found)
            print(f"{claimed.folder.name}: {words(claimed.settings)}, seed {claimed.seed}", flush=True)
            state, reason = _run(plan, claimed, begin)
            _tell(plan, found, claimed, state, reason)
        results.write(plan, found)


def _run(plan: Plan, claimed: Claimed, begin: BaseContext) -> tuple[TrialState, str]:
    """Run a trial to its end, or until it is pruned; return how it ended and why."""
    given = arguments(plan, claimed.settings, claimed.seed, claimed.folder)
    process = begin.Process(target=trial.run, args=(given, str(claimed.folder)))  # type: ignore[attr-defined]
    process.start()
    signed, drawn = time.monotonic(), "settings" not in claimed.trial.user_attrs
    try:
        while process.is_alive():
            process.join(POLL_SECONDS)
            if time.monotonic() - signed > SIGN_SECONDS:
                claimed.sign()
                signed = time.monotonic()
            if plan.given.strategy == "tpe" and _report(plan, claimed) and drawn and claimed.trial.should_prune():
                return TrialState.PRUNED, "its loss was above the median of the others at that step"
    finally:
        process.terminate()
        process.join()
    if plan.given.strategy == "tpe":  # what came after the last look is what later trials are pruned by
        _report(plan, claimed)
    if process.exitcode:
        return TrialState.FAIL, _reason(claimed.folder, process.exitcode)
    return TrialState.COMPLETE, ""


def _report(plan: Plan, claimed: Claimed) -> bool:
    """Tell the study what a running trial has come to; say whether there is anything new to judge it by."""
    known = claimed.trial.study.get_trials(deepcopy=False)[claimed.trial.number].intermediate_values
    losses = results.curves(claimed.folder).get(plan.given.judge_by, [])
    new = [(step, loss) for step, loss in losses if step not in known and math.isfinite(loss)]
    for step, loss in new:
        claimed.trial.report(loss, int(step))
    return bool(new)


def _reason(folder: Path, code: int) -> str:
    if code < 0:
        return f"killed by signal {-code}"
    lines = (folder / trial.LOG).read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return lines[-1][:300] if lines else f"ended with code {code}"


def _tell(plan: Plan, found: optuna.Study, claimed: Claimed, state: TrialState, reason: str) -> None:
    """Tell the study how a trial ended, once: the storage refuses a second teller."""
    result = results.read(claimed.folder)
    loss = result["losses"].get(plan.given.judge_by)
    if state == TrialState.COMPLETE and (loss is None or not math.isfinite(loss)):
        kinds = ", ".join(result["losses"]) or "no held-out loss"
        state, reason = TrialState.FAIL, f"it has no finite loss on {plan.given.judge_by!r}; it has {kinds}"
    try:
        claimed.trial.set_user_attr("result", result | {"reason": reason})
        found.tell(claimed.trial, loss if state == TrialState.COMPLETE else None, state=state)
    except optuna.exceptions.UpdateFinishedTrialError:
        print(f"{claimed.folder.name}: another machine had taken it over and ended it", flush=True)
        return
    if state != TrialState.COMPLETE:
        record.fail(claimed.folder, f"{state.name.lower()}: {reason}")
    if state != TrialState.FAIL:
        results.drop_checkpoints(claimed.folder)
    print(f"{claimed.folder.name}: {state.name.lower()} {reason or f'{plan.given.judge_by} {loss:.4f}'}", flush=True)
