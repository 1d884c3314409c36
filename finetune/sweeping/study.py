"""The sweep's Optuna study: who has which trial, and which trial comes next.

Every worker, on this machine or another, runs the same code on the same storage. A worker that dies leaves its trial
running in the study and the next one takes it over: at once on the same machine, whose locks end with the process; from
another machine when its owner has given no sign for `stale_minutes`.
"""

import json
import os
import socket
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import optuna
from optuna.trial import FrozenTrial, TrialState

from finetune import config, record
from finetune.sweeping import stages
from finetune.sweeping.locks import hold, locked
from finetune.sweeping.plan import Plan, Settings, encoded, key_of
from workbench.errors import InputError

HOST = socket.gethostname()


@dataclass
class Claimed:
    """A trial that is this worker's to run until `lock` is let go."""

    trial: optuna.Trial
    settings: Settings
    seed: int
    folder: Path
    lock: ExitStack

    def sign(self) -> None:
        """Show the other machines that the trial is being worked on."""
        self.trial.set_user_attr("owner", {"host": HOST, "pid": os.getpid(), "at": time.time()})


def open_study(plan: Plan) -> optuna.Study:
    """Return the study, made at the first call. Raises InputError if the folder holds another sweep's."""
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    plan.out.mkdir(parents=True, exist_ok=True)
    pruner, tpe = optuna.pruners.NopPruner(), plan.given.strategy == "tpe"
    if tpe:
        pruner = optuna.pruners.MedianPruner(plan.given.startup_trials, plan.given.prune_from_step)
    with locked(plan.out / ".claim"):
        study = optuna.create_study(
            storage=_storage(plan), study_name=plan.out.name, direction="minimize", load_if_exists=True, pruner=pruner
        )
        asked, made = _asked(plan), study.user_attrs.get("sweep")
        if made is None:
            study.set_user_attr("sweep", asked)
            study.set_user_attr("started", record.now())
        elif made != asked:
            changed = ", ".join(sorted(key for key in {*asked, *made} if asked.get(key) != made.get(key)))
            raise InputError(
                f"{plan.out} holds a sweep that differs in {changed}. Name another --out_dir, or remove that folder."
            )
    if tpe:
        # A sampler begun anew with the same seed would draw the first trials once more.
        seed = plan.given.seeds[0] + len(study.trials) * 1000 + (os.getpid() if study.trials else 0)
        study.sampler = optuna.samplers.TPESampler(
            seed=seed, n_startup_trials=plan.given.startup_trials, multivariate=True
        )
    return study


def _asked(plan: Plan) -> dict:
    """Return what makes two sweeps the same. More seeds or trials may be asked of one that has ended."""
    more = ("seeds", "trials", "confirm", "storage", "stale_minutes", "config", "fixed", "out_dir")
    run = config.read(Path(plan.given.config)) | plan.given.fixed
    asked = {key: value for key, value in vars(plan.given).items() if key not in more}
    return json.loads(json.dumps(asked | {f"config.{key}": value for key, value in run.items() if key != "run_dir"}))


def _storage(plan: Plan) -> str | optuna.storages.BaseStorage:
    from optuna.storages.journal import JournalFileBackend

    given = plan.given.storage
    if given and "://" in given:
        return given
    return optuna.storages.JournalStorage(JournalFileBackend(str(given or plan.out / "study.journal")))


def forgive(study: optuna.Study) -> None:
    """Let every trial that has failed be tried again: the disk may have room now, the base be there."""
    failed = [trial.number for trial in study.trials if trial.state == TrialState.FAIL]
    if failed != study.user_attrs.get("forgiven", []):
        study.set_user_attr("forgiven", failed)


def trials(study: optuna.Study) -> list[FrozenTrial]:
    """Return the trials that count, as they are now."""
    return stages.counted(study.get_trials(deepcopy=False), study.user_attrs.get("forgiven", []))


def next_trial(study: optuna.Study, plan: Plan) -> Claimed | bool:
    """Return a trial to run; True when there is none until others have ended theirs, False when the sweep has ended."""
    with locked(plan.out / ".claim"):
        while True:
            known = trials(study)
            for trial in known:
                if trial.state == TrialState.RUNNING and (taken := _take_over(study, plan, trial)):
                    return taken
            progress = stages.advance(plan, known)
            if progress.done:
                return False
            if progress.missing:
                cell, seed = progress.missing[0]
                _enqueue(study, cell, seed, progress.stage)
            elif not (progress.draw or any(trial.state == TrialState.WAITING for trial in known)):
                return True
            if claimed := _claim(study, plan, study.ask(_distributions(plan)), progress.draw):
                return claimed


def _enqueue(study: optuna.Study, cell: Settings, seed: int, stage: int) -> None:
    about = {"settings": cell, "seed": seed, "stage": stage}
    study.enqueue_trial({key: encoded(value) for key, value in cell.items()}, user_attrs=about)


def _claim(study: optuna.Study, plan: Plan, trial: optuna.Trial, draw: bool) -> Claimed | None:
    """Return the trial as this worker's own, or None if another machine has begun the same one."""
    frozen = study.get_trials(deepcopy=False)[trial.number]
    settings, seed = stages.settings_of(frozen), stages.seed_of(frozen, plan)
    key = key_of(settings, seed)
    earlier = [t for t in trials(study) if t.number < trial.number]
    same = [t.number for t in earlier if key_of(stages.settings_of(t), stages.seed_of(t, plan)) == key]
    if stages.drawn(frozen) and not draw:
        return _void(study, trial, "another machine took what was to be run")
    if same and not stages.drawn(frozen):
        return _void(study, trial, f"trial {same[0]} is the same")
    lock = hold(folder_of(plan, trial.number) / ".worker")
    assert lock is not None, f"a new trial's folder is locked: {folder_of(plan, trial.number)}"
    claimed = Claimed(trial, settings, seed, folder_of(plan, trial.number), lock)
    claimed.sign()
    return claimed


def _void(study: optuna.Study, trial: optuna.Trial, reason: str) -> None:
    trial.set_user_attr("void", reason)
    study.tell(trial, state=TrialState.FAIL)


def _take_over(study: optuna.Study, plan: Plan, found: FrozenTrial) -> Claimed | None:
    """Return a trial whose worker has died, as this worker's own."""
    owner = found.user_attrs.get("owner")
    if owner is None:  # between being given out and being signed for
        if found.datetime_start and time.time() - found.datetime_start.timestamp() < 60:
            return None
    elif owner["host"] != HOST and time.time() - owner["at"] < plan.given.stale_minutes * 60:
        return None
    folder = folder_of(plan, found.number)
    lock = hold(folder / ".worker")
    if lock is None:
        return None
    trial = optuna.Trial(study, found._trial_id)
    if stages.drawn(found) and set(found.params) != set(plan.baseline):
        lock.close()
        return _void(study, trial, "its worker died before all its settings were drawn")
    claimed = Claimed(trial, stages.settings_of(found), stages.seed_of(found, plan), folder, lock)
    trial.set_user_attr("taken_over", found.user_attrs.get("taken_over", 0) + 1)
    claimed.sign()
    return claimed


def folder_of(plan: Plan, number: int) -> Path:
    return plan.out / f"trial-{number:03}"


def _distributions(plan: Plan) -> dict:
    """Return what Optuna knows of each setting that varies: a range, or all the values of all stages."""
    from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

    found: dict = {}
    for key, start in plan.baseline.items():
        given = [stage.values[key] for stage in plan.stages if key in stage.values]
        if isinstance(given[0], dict):
            ends = given[0]
            whole = isinstance(ends["low"], int) and isinstance(ends["high"], int)
            kind = IntDistribution if whole else FloatDistribution
            found[key] = kind(ends["low"], ends["high"], log=ends.get("log", False))
        else:
            values = [encoded(value) for values in given for value in values]
            if plan.given.strategy != "tpe" or key in plan.given.baseline:
                values.append(encoded(start))  # where a stage that has not chosen yet leaves it
            found[key] = CategoricalDistribution(list(dict.fromkeys(values)))
    return found
